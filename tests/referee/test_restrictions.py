"""The conditions that a change brings, and what is tried in the place of each."""

from __future__ import annotations

from director.referee.restrictions import brought, loosened

BASE = """def parse(pair):
    parts = pair.split("=")
    if not parts:
        return None
    return parts[0], parts[-1]
"""
USUAL = "    return parts[0], parts[-1]\n"
TRIED = {
    # what stands before the usual way: what is tried instead of which condition
    "    if len(parts) == 3:\n        return pair\n": {"len(parts) == 3": ["len(parts) >= 3", "len(parts) <= 3"]},
    "    if a and b:\n        return pair\n": {"a and b": ["b", "a"]},
    "    if a and b and c:\n        return pair\n": {"a and b and c": ["a", "b", "c", "b and c", "a and c", "a and b"]},
    "    if not (a or b):\n        return pair\n": {"not (a or b)": ["not b", "not a"]},
    "    if 1 < n < 9:\n        return pair\n": {"1 < n < 9": ["1 < n", "n < 9"]},
    "    if kind == 'x':\n        return pair\n": {"kind == 'x'": []},
    "    pair = old if narrow else new\n": {"narrow": []},
    "    pair = [each for each in parts if each.isdigit()]\n": {"each.isdigit()": []},
    "    match parts:\n        case [a, b] if a:\n            return pair\n": {"a": []},
    "    wide = n > 3\n": {"n > 3": []},
    "    def inner(n):\n        return 1 if n else 2\n": {"n": []},
    "    while pair:\n        pair = pair[1:]\n    assert parts\n": {},
    "    if not parts:\n        return 1\n": {},
    "    if not parts and n:\n        return 1\n": {"not parts and n": ["not parts"]},
    "    pair = f'{1 if n else 2}'\n": None,
}  # fmt: skip


def test_each_new_condition_is_tried_always_never_and_with_less_in_it() -> None:
    """What was asked before stays; inside of texts nothing is tried unless it surely stands there."""
    wrong = {}
    for lines, wanted in TRIED.items():
        found: dict[str, list[str]] = {}
        for one in loosened("query.py", BASE, BASE.replace(USUAL, lines + USUAL)):
            found.setdefault(one.condition, []).append(one.text)
        if wanted is not None and found != {what: ["True", "False", *others] for what, others in wanted.items()}:
            wrong[lines] = found

    assert wrong == {}


def test_what_is_tried_stands_where_the_condition_stood() -> None:
    after = BASE.replace("parts = pair", "größe = 1; parts = pair").replace(USUAL, "    return 1 if größe > 3 else 2\n")

    (one, *_) = loosened("query.py", BASE, after)
    text = after.encode()[: one.start] + one.text.encode() + after.encode()[one.end :]

    assert (one.function, one.first, one.line) == ("parse", 1, 5)
    assert text.decode() == after.replace("größe > 3", "True")


def test_a_function_that_was_written_anew_has_no_old_way() -> None:
    anew = (
        'def parse(pair):\n    key, _, value = pair.partition("=")\n    return (key, value) if value else (key, "")\n'
    )

    assert loosened("query.py", BASE, anew) == []
    assert loosened("query.py", BASE, anew.replace("parse", "split")) != []


def test_only_conditions_of_functions_in_changed_code_count() -> None:
    texts = {"lib/query.py": (BASE, BASE + "LONG = len(BASE) > 3\n"), "lib/notes.txt": ("", "if a: pass")}

    assert brought(texts, "lib") == []
    assert [one.path for one in brought({"lib/new.py": ("", "def f(a):\n    return a > 3\n")}, "lib")] == ["new.py"] * 2
