"""Whole answers made from edits that are known: what was meant is on record before a word of it is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from hypothesis import strategies as st

from tests.tools.edit_shapes import SHAPES, Change, fenced

FILES = {
    "src/app/store.py": '"""Keeps things."""\n\nimport json\n\nLIMIT = 10\n\n\ndef load(path):\n'
    "    with open(path) as file:\n        return json.load(file)\n\n\ndef save(path, rows):\n"
    "    text = json.dumps(rows)\n    path.write_text(text)\n",
    "src/app/view.js": "import { rows } from './store.js';\n\nexport function view(count) {\n  if (count > 3) {\n"
    "    return rows.slice(0, count);\n  }\n  return rows;\n}\n",
    "README.md": "# App\n\nKeeps things.\n\n```bash\npip install app\n```\n\n## Use\n\n- load\n- save\n",
    "notes/plan.txt": "first\nsecond\nthird\n\nlast\n",
    "conf/app.toml": '[app]\nname = "app"\nlimit = 10\n\n[log]\nlevel = "info"\n',
    "src/app/other.py": "OTHER = 1\n",
}
"""What the project holds; the last is never meant."""
LINES = {
    "py": ["COUNT = 1", "    rows = []", "    return rows", "# kept", "", "import os", 'NOTE = """', "    # ..."],
    "js": ["  const all = rows;", "}", "// kept", "", "export const one = 1;", "  return [];"],
    "md": ["More.", "", "```bash", "```", "app load", "## More", "- one", "```python", "import app", "Before:",
           "After:", "`src/app/other.py`:", "=======", "src/app/other.py", "<old>",
           "+ one",
           "    app --all"],
    "txt": ["more", "", "```", "a.py", "src/app/other.py", "~~~", "-- x", "=======", "@@ -1 +1 @@", "Before:",
            "After:", "new.txt", "- one", "+ one", " x", "### new.txt", "```text", "<new>", "Replace this:",
            "*** End Patch"],
    "toml": ["size = 1", "", "# kept", "[more]", "name = 'x'"],
}  # fmt: skip
"""What new lines are drawn from; documents hold what answers are made of."""
WRONG = "WRONG = True"
"""The line that no file may ever have."""
NEW = ("src/app/fresh.py", "docs/fresh.md", "notes/fresh.txt")
Writer = Callable[[str, str], str]
ADDED: dict[str, Writer] = {
    "name above": lambda path, text: f"{path}\n{fenced(text)}",
    "heading": lambda path, text: f"### `{path}`\n\n{fenced(text)}",
    "create": lambda path, text: f"Create `{path}`:\n\n{fenced(text)}",
    "title": lambda path, text: fenced(text, f'python title="{path}"'),
    "four backticks": lambda path, text: f"**{path}**\n{fenced(text, ticks=4)}",
    "bare fence": lambda path, text: f"{path}\n{fenced(text, '')}",
    "diff": lambda path, text: fenced(
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1,{text.count(chr(10))} @@\n{_plus(text)}", "diff"
    ),
    "patch": lambda path, text: f"*** Begin Patch\n*** Add File: {path}\n{_plus(text)}*** End Patch\n",
    "JSON": lambda path, text: fenced(json.dumps({"path": path, "content": text}) + "\n", "json"),
    "block": lambda path, text: f"{path}\n<<<<<<< SEARCH\n=======\n{text}>>>>>>> REPLACE\n",
}
GONE: dict[str, Writer] = {
    "diff": lambda path, text: fenced(
        f"--- a/{path}\n+++ /dev/null\n@@ -1,{text.count(chr(10))} +0,0 @@\n{_minus(text)}", "diff"
    ),
    "patch": lambda path, text: f"*** Begin Patch\n*** Delete File: {path}\n*** End Patch\n",
}
BEFORE: dict[str, Callable[[str, str], str]] = {
    "nothing": lambda wrong, old: "",
    "a sentence": lambda wrong, old: "The cause is in the loop, so I change it there.\n\n",
    "a draft": lambda wrong, old: f"<think>\nMaybe so:\n\n{wrong}\nNo.\n</think>\n\n",
    "an example": lambda wrong, old: f"For example, an edit looks like this:\n\n{wrong}\n\nMine is this one.\n\n",
    "a quotation": lambda wrong, old: "You wrote:\n\n" + "".join(f"> {line}\n" for line in wrong.split("\n")) + "\n",
    "what is not to be done": lambda wrong, old: f"Do not do this:\n\n{wrong}\n\nBut rather:\n\n",
    "the code as it is": lambda wrong, old: f"The current code is:\n\n{fenced(old)}\n",
    "a log": lambda wrong, old: "It fails:\n\n```\nFAILED tests/test_store.py - KeyError: 'a'\n```\n\n",
    "a list": lambda wrong, old: "1. Look at `src/app/other.py`.\n2. Change this:\n\n",
    "a command": lambda wrong, old: "I ran:\n\n```bash\ncat src/app/other.py\n```\n\n",
}
_ENDED = {"an example", "what is not to be done"}
"""What is said before edits that only the one behind them shows not to be meant."""
AFTER = {
    "nothing": "",
    "a sentence": "\nThat is all.\n",
    "a command": "\nThen run:\n\n```bash\npytest -q\n```\n",
    "its use": "\nUse it like this:\n\n```python\nfrom app import store\nstore.load('x')\n```\n",
    "its output": "\nIt then prints:\n\n```\nok\n```\n",
    "a list of files": "\n- `src/app/other.py`: as it was\n- `src/app/store.py`: mended\n",
}
CORRECTED = (
    "Actually, use this instead:",
    "Wait, that is wrong. The right edit is:",
    "Correction:",
    "Scratch that. Here is what I mean:",
    "Sorry, I meant:",
    "On second thought, this is better:",
    "No, that would break the tests. Instead:",
    "Ignore the edit above; this one is final:",
    "Let me fix that:",
    "Hmm, the line above should have been:",
)


class Answer(NamedTuple):
    """An answer, and what every file is to be after it, if it is to be anything else than before."""

    text: str
    meant: dict[str, str | None]
    """Per file its text afterwards; None for one that is gone."""
    told: str
    """How it was made, for who reads a failure."""


@st.composite
def answers(draw: st.DrawFn, *, cut: bool = False) -> Answer:
    """Draw an answer that means one to three changes of files."""
    meant: dict[str, str | None] = {}
    text, made = "", []
    for path in draw(st.lists(st.sampled_from([*list(FILES)[:-1], *NEW]), min_size=1, max_size=3, unique=True)):
        text += draw(st.sampled_from(["", "", "\n", f"Now `{path}`:\n\n"])) if text else ""
        kind = (
            "new"
            if path not in FILES
            else draw(st.sampled_from(["part"] * 8 + ["parts"] * (0 if cut else 2) + ["gone"]))
        )
        piece, meant[path], how = draw(_pieces(path, kind, sure=not cut))
        text += piece
        made.append(f"{kind} {how}")
    ended = draw(st.sampled_from(sorted(AFTER)))
    said = draw(st.sampled_from(["once"] * 6 + ["twice", "twice"]))
    text += f"\nHere is all of it again:\n\n{text}" if said == "twice" else ""
    text += AFTER[ended]
    if cut:
        text = text[: draw(st.integers(1, len(text)))]
    return Answer(text, meant, f"{'; '.join(made)}; said {said}, behind it {ended}")


@st.composite
def _pieces(draw: st.DrawFn, path: str, kind: str, *, sure: bool) -> tuple[str, str | None, str]:
    """Draw what an answer says of one file; return it, the file afterwards, and how it was written.

    Only one that is `sure` to reach its end may take back what it said.
    """
    if kind == "gone":
        shape = draw(st.sampled_from(sorted(GONE)))
        return GONE[shape](path, FILES[path]) + "\n", None, shape
    if kind == "new":
        rows = draw(_rows(path, sure=sure))
        shape = draw(st.sampled_from(sorted(ADDED)))
        return (
            ADDED[shape](path, "".join(f"{row}\n" for row in rows)) + "\n",
            "".join(f"{row}\n" for row in rows),
            shape,
        )
    lines = FILES[path].splitlines()
    start = draw(st.integers(0, len(lines) - 1))
    stop = draw(st.integers(start + 1, min(len(lines), start + 5)))
    changes = [_change(path, start, stop, draw(_rows(path, sure=sure)))]
    after = changes[0].after
    if kind == "parts" and stop + 1 < len(lines):
        again = draw(st.integers(stop + 1, len(lines) - 1))
        changes.append(_change(path, again, again + 1, draw(_rows(path, sure=sure))))
        after = _joined([*lines[:start], *changes[0].new.splitlines(), *lines[stop:again],
                         *changes[1].new.splitlines(), *lines[again + 1 :]])  # fmt: skip
    wrong = _change(path, start, stop, [WRONG])
    shapes = sorted(SHAPES) if sure else sorted(SHAPES.keys() - {"diff without a fence"})  # any line may be its last
    shapes = [each for each in shapes if len(changes) == 1 or not each.startswith("whole")]
    shape = draw(st.sampled_from(shapes))
    before = draw(st.sampled_from(sorted(BEFORE if sure else BEFORE.keys() - _ENDED)))
    text = BEFORE[before](SHAPES[draw(st.sampled_from(sorted(SHAPES)))](wrong), wrong.old)
    if sure and draw(st.integers(0, 5)) == 0:
        keeps = draw(st.booleans())
        first = _change(path, start, stop, [*lines[start:stop], WRONG]) if keeps else wrong
        before += ", corrected"
        text += SHAPES[draw(st.sampled_from(sorted(SHAPES)))](first) + f"\n{draw(st.sampled_from(CORRECTED))}\n\n"
    text += "\n".join(SHAPES[shape](change) for change in changes)
    return text + "\n", after, f"{shape} behind {before}"


def _rows(path: str, *, sure: bool = True) -> st.SearchStrategy[list[str]]:
    """Lines of an answer that may be cut neither begin nor end a fence: nobody could tell that from its end."""
    lines = LINES[path.rpartition(".")[2]]
    known = lines if sure else [line for line in lines if not line.startswith(("```", "~~~", "***"))]
    return st.lists(st.sampled_from(known), min_size=1, max_size=6)


def _change(path: str, start: int, stop: int, new: list[str]) -> Change:
    lines = FILES[path].splitlines()
    after = _joined([*lines[:start], *new, *lines[stop:]])
    return Change(path, FILES[path], after, _joined(lines[start:stop]), _joined(new), start + 1)


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _plus(text: str) -> str:
    return "".join(f"+{line}\n" for line in text.splitlines())


def _minus(text: str) -> str:
    return "".join(f"-{line}\n" for line in text.splitlines())
