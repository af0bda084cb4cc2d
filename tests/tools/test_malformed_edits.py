"""Answers as models really write them: what has one reading is applied, the rest is refused with what to do."""

from __future__ import annotations

import json
from pathlib import Path

from agents.tools.edits import apply, read_edits, told
from tests.tool_bench import contents

CALC = (
    "import math\n\n\ndef add(a, b):\n    return a - b\n\n\ndef sub(a, b):\n    return a - b\n\n\n"
    "def half(n):\n    if n:\n        return n / 2\n    return 0\n"
)
FILES = {"src/calc.py": CALC, "tests/test_calc.py": "def test_add():\n    pass\n", "README.md": "# Calc\n\nAdds.\n"}
ADD = "def add(a, b):\n    return a - b\n"
ADDED = "def add(a, b):\n    return a + b\n"
MENDED = CALC.replace(ADD, ADDED)
BLOCK = f"<<<<<<< SEARCH\n{ADD}=======\n{ADDED}>>>>>>> REPLACE\n"


def project(root: Path, files: dict[str, str] | None = None) -> Path:
    for name, text in (files or FILES).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    return root


def after(root: Path) -> dict[str, str]:
    return {name: content.decode("utf-8", "surrogateescape") for name, content in contents(root).items()}


def block(old: str, new: str, path: str = "src/calc.py") -> str:
    return f"{path}\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"


HEAD = "--- a/src/calc.py\n+++ b/src/calc.py\n"
MINUS_PLUS = "-    return a - b\n+    return a + b\n"
INDENTED = "".join(f"   {line}\n" for line in BLOCK.splitlines())
QUOTED = "".join(f"> {line}\n" for line in BLOCK.splitlines())
WRONG = BLOCK.replace("a + b", "a * b")

APPLIED = {
    "the one file whose path ends so": f"calc.py\n{BLOCK}",
    "a path of another machine": f"/workspace/repo/src/calc.py\n```\n{BLOCK}```\n",
    "a path with backslashes": f"src\\calc.py\n{BLOCK}",
    "indented less than the file": block("if n:\n    return n / 2\n", "if n:\n    n += 0\n    return n / 2\n"),
    "blanks at line ends": f"src/calc.py\n{BLOCK.replace('a - b', 'a - b  ')}",
    "line numbers of the reading tool": block("     4\tdef add(a, b):\n     5\t    return a - b\n", ADDED),
    "blank lines at the block's edges": block(f"\n\n\n{ADD}\n\n\n\n", ADDED),
    "fences within the block": block(f"```python\n{ADD}```\n", f"```python\n{ADDED}```\n"),
    "in a numbered list": f"1. Mend `add`:\n\n   **src/calc.py**\n   ```python\n{INDENTED}   ```\n",
    "a diff whose context lost its blank": f"```diff\n{HEAD}@@ -4,2 +4,2 @@\ndef add(a, b):\n{MINUS_PLUS}```\n",
    "a diff with a section": f"```diff\n{HEAD}@@ -900,2 +900,2 @@ def add(a, b):\n{MINUS_PLUS}```\n",
    "a diff of one line that its number tells apart": f"{HEAD}@@ -5 +5 @@\n{MINUS_PLUS}",
    "a patch with an anchor": "*** Begin Patch\n*** Update File: src/calc.py\n@@ def add(a, b):\n"
    f"{MINUS_PLUS}*** End Patch\n",
    "a block, and a file shown for reference": f"README.md\n```\n# Calc\n\nAdds.\n```\n\nsrc/calc.py\n{BLOCK}",
    "the same block twice": f"src/calc.py\n{BLOCK}\nAgain, in full:\n\nsrc/calc.py\n{BLOCK}",
    "a draft and then the answer": f"<think>\nsrc/calc.py\n{WRONG}</think>\nsrc/calc.py\n{BLOCK}",
    "an example and then the answer": f"An edit looks like this:\n\n```\nsrc/calc.py\n{WRONG}```\n\n"
    f"Here is mine.\n\nsrc/calc.py\n{BLOCK}",
    "a quotation": f"You wrote:\n\n> src/calc.py\n{QUOTED}\nsrc/calc.py\n{BLOCK}",
    "CDATA": f'<edit path="src/calc.py"><old><![CDATA[{ADD}]]></old><new><![CDATA[{ADDED}]]></new></edit>',
    "JSON with line breaks in its texts": '```json\n{"path": "src/calc.py", "old": "def add(a, b):\n    return a - b", '
    '"new": "def add(a, b):\n    return a + b",}\n```',
    "blocks within tags within tags": "<apply_diff>\n<args>\n<file>\n<path>src/calc.py</path>\n<diff>\n<content>\n"
    f"{BLOCK}</content>\n<start_line>4</start_line>\n</diff>\n</file>\n</args>\n</apply_diff>",
    "a patch handed to a command": "```bash\napply_patch <<'EOF'\n*** Begin Patch\n*** Update File: src/calc.py\n"
    f"@@ def add(a, b):\n{MINUS_PLUS}*** End Patch\nEOF\n```\n",
    "a name behind both marks": f"```\n{BLOCK}```\n".replace("SEARCH", "SEARCH src/calc.py").replace(
        "REPLACE", "REPLACE src/calc.py"
    ),
    "words that only sound so": f"The function should look like this, rather than before:\n\nsrc/calc.py\n{BLOCK}",
    "files by name": json.dumps({"src/calc.py": MENDED}),
}


OTHERWISE = {
    "indented less than the file": CALC.replace("        return n / 2\n", "        n += 0\n        return n / 2\n")
}  # fmt: skip


def test_what_has_one_reading_is_applied(tmp_path: Path) -> None:
    found: dict[str, object] = {}

    for number, (case, text) in enumerate(APPLIED.items()):
        root = project(tmp_path / str(number))
        applied = apply(read_edits(text), root)
        found[case] = told(applied) if applied.refused else after(root)

    expected = {case: {**FILES, "src/calc.py": OTHERWISE.get(case, MENDED)} for case in APPLIED}
    assert {case: held for case, held in found.items() if held != expected[case]} == {} and len(found) == len(APPLIED)


REFUSED = {
    "no such file": (f"src/calk.py\n{BLOCK}", "the nearest are: src/calc.py"),
    "no file at all": (BLOCK, "no file is named"),
    "outside": (f"../other/calc2.py\n{BLOCK}", "outside the project"),
    "an absolute path": ("/etc/passwd\n<<<<<<< SEARCH\n=======\nx\n>>>>>>> REPLACE\n", "outside the project"),
    "two places": (block("    return a - b\n", "    return a + b\n"), "2 places"),
    "not there": (f"src/calc.py\n{BLOCK.replace('a - b', 'a // b', 1)}", "the file has 'return a - b'"),
    "done already": (
        "src/calc.py\n<<<<<<< SEARCH\n    return zero\n=======\n    return 0\n>>>>>>> REPLACE\n",
        "the replacement stands there already from line 15",
    ),
    "one of two": (f"src/calc.py\n{BLOCK}\nsrc/calc.py\n{BLOCK.replace('add', 'mul')}", "is not in the file"),
    "elision in the new text": (
        f"src/calc.py\n<<<<<<< SEARCH\n{ADD}=======\n{ADDED}    # ... rest of the function ...\n>>>>>>> REPLACE\n",
        "stands for lines that are left out",
    ),
    "elision in a whole file": (f"src/calc.py\n```python\n{ADDED}\n# ... existing code ...\n```\n", "left out"),
    "a piece of a file as the whole": (f"src/calc.py\n```python\n{ADDED}```\n", "looks like a piece of the file"),
    "a whole file that does not parse": ("src/calc.py\n```python\ndef add(a, b:\n```\n", "it is broken"),
    "an unclosed whole file": (f"src/calc.py\n```python\n{MENDED}", "never ends"),
    "half a block": (f"src/calc.py\n<<<<<<< SEARCH\n{ADD}=======\n{ADDED}", "has no `>>>>>>> REPLACE`"),
    "a block without a divider": (f"src/calc.py\n<<<<<<< SEARCH\n{ADD}>>>>>>> REPLACE\n", "no line `=======`"),
    "half a JSON": ('{"edits": [{"path": "src/calc.py", "old": "return a - b", "new": "retu', "cannot be read"),
    "half a patch": ("*** Begin Patch\n*** Update File: src/calc.py\n@@\n-import math\n+import os\n", "may be cut"),
    "half a tag": ('<edit path="src/calc.py">\n<old>\nimport math\n</old>\n<new>\nimport', "never closed"),
    "the lines of another file": (
        block("def test_add():\n    pass\n", "def test_add():\n    assert add(1, 2) == 3\n"),
        "These lines stand in tests/test_calc.py, from line 1",
    ),
    "near lines among common ones": (
        block("def half(n):\n    if n > 0:\n        return n / 2\n    return 0\n", "x\n"), "    12\tdef half(n):",
    ),
    "no line to the letter": (block("def halve(n):\n    if n is not None:\n", "x\n"), "    12\tdef half(n):"),
    "a hunk without a place": (
        "```diff\n--- a/src/calc.py\n+++ b/src/calc.py\n@@ -3,0 +4,1 @@\n+x = 1\n```\n", "nobody knows its place",
    ),
    "a diff without a file": ("```diff\n-import math\n+import os\n```\n", "no file is named"),
    "whole and in parts": (f"src/calc.py\n```python\n{MENDED}```\n\nsrc/calc.py\n{BLOCK}", "in one way"),
    "two edits of one line": (
        f"src/calc.py\n{BLOCK}\nsrc/calc.py\n{BLOCK.replace('a + b', 'b + a')}", "another edit changes too",
    ),
    "only an example": (f"For example:\n\nsrc/calc.py\n```\n{BLOCK}```\n", "no edit was found"),
    "only a draft": (f"<think>\nsrc/calc.py\n{BLOCK}", "no edit was found"),
    "a fence within a fence": (f"````markdown\nsrc/calc.py\n```\n{BLOCK}```\n````\n", "no edit was found"),
    "a file's text with marks in it": (
        json.dumps({"path": "src/calc.py", "content": BLOCK}), "marks of other edits",
    ),
    "a name that may be the first line": (
        f"```python\n# src/new.py\n{ADDED}```\n", "src/new.py is named within the fence",
    ),
    "another thing that looks like a file": ("### Node.js\n```js\nlet a = 1;\n```\n", "no edit was found"),
    "words with a slash": ("Before/After:\n```\nx\n```\n", "no edit was found"),
    "prose alone": ("I would change `src/calc.py` so that it adds.", "no edit was found"),
    "a file that is there": ("*** Begin Patch\n*** Add File: src/calc.py\n+x = 1\n*** End Patch\n", "there already"),
    "a new file in place of one elsewhere": ("calc.py\n```python\nx = 1\n```\n", "is there as src/calc.py"),
    "tolerance that would break the file": (
        "src/calc.py\n<<<<<<< SEARCH\nif n:\n  return n / 2\n=======\nif n:\n  return (n / 2\n>>>>>>> REPLACE\n",
        "breaks the file",
    ),
}  # fmt: skip


def test_the_rest_is_refused_with_a_reason_and_every_byte_stays(tmp_path: Path) -> None:
    root = project(tmp_path)
    wrong = {}

    for case, (text, why) in REFUSED.items():
        applied = apply(read_edits(text), root)
        if applied.changed or why not in told(applied) or after(root) != FILES:
            wrong[case] = told(applied)

    assert wrong == {}
