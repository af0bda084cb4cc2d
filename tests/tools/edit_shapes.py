"""One edit, written as models write it, with the noise they put around it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from typing import NamedTuple


class Change(NamedTuple):
    """Whole lines of a file that become other lines; the file's text before and after, with line feeds."""

    path: str
    before: str
    after: str
    old: str
    new: str
    line: int
    """Where the old lines begin, from 1."""


def block(change: Change, width: int = 7) -> str:
    return f"{'<' * width} SEARCH\n{change.old}{'=' * width}\n{change.new}{'>' * width} REPLACE\n"


def fenced(text: str, language: str = "python", ticks: int = 3) -> str:
    return f"{'`' * ticks}{language}\n{text}{'`' * ticks}\n"


def unified(change: Change, numbers: str = "right") -> str:
    rows = list(
        difflib.unified_diff(
            _lines(change.before), _lines(change.after),
            f"a/{change.path}", f"b/{change.path}",
        )
    )  # fmt: skip
    rows = [row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows]
    if numbers == "wrong":
        rows = ["@@ -999,7 +999,9 @@\n" if row.startswith("@@") else row for row in rows]
    if numbers == "none":
        rows = ["@@ ... @@\n" if row.startswith("@@") else row for row in rows]
    return "".join(rows)


def hunks(change: Change) -> str:
    return "".join(_lines(unified(change, "none"))[2:])


def stale(text: str) -> str:
    """Return a diff of which the outermost lines around its change are others by now."""
    rows = _lines(text)
    kept = [nth for nth, row in enumerate(rows) if row[0] == " " and len(row) > 2]
    for nth in {kept[0], kept[-1]} if len(kept) > 3 else ():
        rows[nth] = f" was {rows[nth][1:]}"
    return "".join(rows)


def commented(path: str, text: str) -> str:
    """Return a whole file below a comment with its name; blank lines at its top would belong to that comment."""
    return f"{path}\n{fenced(text)}" if text.startswith("\n") else fenced(f"# {path}\n{text}")


def _lines(text: str) -> list[str]:
    """Only a line feed ends a line here, as in a diff."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


SHAPES: dict[str, Callable[[Change], str]] = {
    "block, name above the fence": lambda c: f"{c.path}\n{fenced(block(c))}",
    "block, name in the fence": lambda c: fenced(f"{c.path}\n{block(c)}"),
    "block without a fence": lambda c: f"{c.path}\n{block(c)}",
    "block, three brackets": lambda c: f"{c.path}\n{fenced(block(c, 3))}",
    "block, twelve brackets": lambda c: f"{c.path}\n{fenced(block(c, 12))}",
    "block, bold name": lambda c: f"**{c.path}**\n\n{fenced(block(c))}",
    "block, heading": lambda c: f"### `{c.path}`\n\n{fenced(block(c))}",
    "block, labelled name": lambda c: f"File: {c.path}\n{fenced(block(c))}",
    "block, quoted name and colon": lambda c: f'"{c.path}":\n{fenced(block(c))}',
    "block, name as a comment": lambda c: fenced(f"# {c.path}\n{block(c)}"),
    "block, name said in prose": lambda c: f"I change `{c.path}` so that it works:\n\n{fenced(block(c))}",
    "block, name in the mark": lambda c: block(c).replace("SEARCH", f"SEARCH {c.path}"),
    "block, four backticks": lambda c: f"{c.path}\n{fenced(block(c), ticks=4)}",
    "block, tildes": lambda c: f"{c.path}\n~~~\n{block(c)}~~~\n",
    "block, unclosed fence": lambda c: f"{c.path}\n```python\n{block(c)}",
    "block, ORIGINAL and UPDATED": lambda c: f"{c.path}\n"
    + block(c).replace("SEARCH", "ORIGINAL").replace("REPLACE", "UPDATED"),
    "block in tags": lambda c: "<replace_in_file>\n<path>{}</path>\n<diff>\n{}</diff>\n</replace_in_file>\n".format(
        c.path, block(c).replace("<<<<<<<", "-------").replace(">>>>>>>", "+++++++")
    ),
    "block with a start line": lambda c: f"{c.path}\n"
    + block(c).replace("SEARCH\n", f"SEARCH\n:start_line:{c.line}\n-------\n"),
    "diff": lambda c: fenced(unified(c), "diff"),
    "diff, wrong numbers": lambda c: fenced(unified(c, "wrong"), "diff"),
    "diff, no numbers": lambda c: fenced(unified(c, "none"), "diff"),
    "diff without a fence": unified,
    "diff without a/ and b/": lambda c: fenced(unified(c).replace("--- a/", "--- ").replace("+++ b/", "+++ "), "diff"),
    "diff with git's head": lambda c: fenced(
        f"diff --git a/{c.path} b/{c.path}\nindex 83db48f..bf269f4 100644\n{unified(c)}", "diff"
    ),
    "diff, name above": lambda c: f"{c.path}\n{fenced(hunks(c), 'diff')}",
    "diff, lines around it out of date": lambda c: fenced(stale(unified(c)), "diff"),
    "diff, absolute names": lambda c: fenced(
        unified(c).replace("--- a/", "--- /testbed/").replace("+++ b/", "+++ /testbed/"), "diff"
    ),
    "patch": lambda c: f"*** Begin Patch\n*** Update File: {c.path}\n"
    + hunks(c).replace("@@ ... @@", "@@") + "*** End Patch\n",
    "patch in a fence, no end": lambda c: fenced(f"*** Begin Patch\n*** Update File: {c.path}\n{hunks(c)}", ""),
    "whole file": lambda c: f"{c.path}\n{fenced(c.after if c.after.endswith(chr(10)) else c.after + chr(10))}",
    "whole file, name in the fence's line": lambda c: fenced(
        c.after if c.after.endswith("\n") else f"{c.after}\n", f"python title=\"{c.path}\""
    ),
    "whole file, name as a comment": lambda c: commented(
        c.path, c.after if c.after.endswith("\n") else f"{c.after}\n"
    ),
    "two texts, replace and with": lambda c: (
        f"In `{c.path}`, replace this:\n\n{fenced(c.old)}\nwith this:\n\n{fenced(c.new)}"
    ),
    "two texts, before and after": lambda c: f"### {c.path}\n\nBefore:\n{fenced(c.old)}\nAfter:\n{fenced(c.new)}",
    "JSON": lambda c: json.dumps({"edits": [{"path": c.path, "old": c.old, "new": c.new}]}),
    "JSON in a fence": lambda c: fenced(
        json.dumps([{"file": c.path, "search": c.old, "replace": c.new}], indent=1) + "\n", "json"
    ),
    "tags": lambda c: f'<edit path="{c.path}">\n<old>\n{c.old}</old>\n<new>\n{c.new}</new>\n</edit>\n',
    "tags with a path of their own": lambda c: f"<edit_file>\n<path>{c.path}</path>\n"
    f"<old_string>\n{c.old}</old_string>\n"
    f"<new_string>\n{c.new}</new_string>\n</edit_file>\n",
}  # fmt: skip

NOISE: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "prose around it": lambda text: f"I looked at the code and found it.\n\n{text}\nThat mends the test.\n",
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "thinking before it": lambda text: f"<think>\nMaybe\n```python\nx = 1\n```\nno, so:\n</think>\n\n{text}",
    "another fence before it": lambda text: f"The failure was:\n\n```\nAssertionError: 1 != 2\n```\n\n{text}",
    "a command after it": lambda text: f"{text}\nThen run:\n\n```bash\npytest -q\n```\n",
    "said twice": lambda text: f"{text}\n\n{text}",
}
