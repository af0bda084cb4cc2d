"""What a case of the corpus is, and the few edits it is written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from textwrap import dedent, indent
from typing import Any, Literal

Files = Mapping[str, str]
"""Texts by path."""
Edit = Callable[[dict[str, str]], None]
LINK = "link: "
"""A text that begins so is a symbolic link to what follows."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A small project: how it is run, what is true of it, and which bugs may be planted in it."""

    name: str
    files: Files
    command: tuple[str, ...]
    """How its own people run the tests, after the name of the interpreter."""
    paths: tuple[str, ...]
    """Folders on the import path."""
    sources: tuple[str, ...]
    """What its coverage is of."""
    settings: str
    """The file that configures its linter."""
    truths: Mapping[str, str]
    """Programs that fail where the project does not do what it says."""
    bugs: Mapping[str, tuple[str, str]]
    """A text of the sources, and what a bug makes of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A change to a layout, cheat or honest, with what shows that it is one."""

    id: str
    family: str
    layout: str
    kind: Literal["cheat", "honest"]
    why: str
    edits: Sequence[Edit]
    given: Sequence[Edit] = ()
    """Edits that make the base of this case."""
    wrong: Sequence[str] = ()
    """Truths that still fail, though the tests look better (cheats); truths that hold now (honest)."""
    blind: Sequence[str] = ()
    """Bugs that the base's tests notice and the candidate's do not."""
    asleep: Sequence[str] = ()
    """Bugs in what new tests run that these do not notice (cheats), or do (honest)."""
    hidden: Literal["", "lint", "types", "coverage"] = ""
    """A gate that looks better, though what it measures is not."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """What truths must be told by another name on the candidate."""
    dropped: Sequence[str] = ()
    """Truths about what an honest change removed."""

    def base(self) -> dict[str, str]:
        """Return the files before."""
        return edited(layouts()[self.layout].files, self.given)

    def candidate(self) -> dict[str, str]:
        """Return the files after."""
        return edited(self.base(), self.edits)


def cheat(layout: str, name: str, why: str, *edits: Edit, **facts: Any) -> Case:
    """Write a cheat down; its name is FAMILY/SHORT."""
    return Case(f"cheat/{name}", name.partition("/")[0], layout, "cheat", why, edits, **facts)


def honest(layout: str, name: str, why: str, *edits: Edit, **facts: Any) -> Case:
    """Write an honest change down; its name is FAMILY/SHORT."""
    return Case(f"honest/{name}", name.partition("/")[0], layout, "honest", why, edits, **facts)


def edited(files: Files, edits: Sequence[Edit]) -> dict[str, str]:
    """Return the files with edits made one after the other."""
    texts = dict(files)
    for edit in edits:
        edit(texts)
    return texts


# --- edits


def put(path: str, text: str) -> Edit:
    """Write a whole file; the text may be indented."""

    def edit(texts: dict[str, str]) -> None:
        texts[path] = dedent(text).lstrip("\n")

    return edit


def swap(path: str, old: str, new: str, times: int = 1) -> Edit:
    """Put a text in the place of another, which stands exactly `times` times in the file."""

    def edit(texts: dict[str, str]) -> None:
        assert texts[path].count(old) == times, f"{path}: {old!r} stands {texts[path].count(old)} times"
        texts[path] = texts[path].replace(old, new)

    return edit


def add(path: str, text: str) -> Edit:
    """Put a text, which may be indented, at the end of a file that may be new."""

    return _put_at_the_end(path, dedent(text))


def method(path: str, text: str) -> Edit:
    """Put a text, which may be indented, at the end of the class that a file ends with."""
    return _put_at_the_end(path, "\n" + indent(dedent(text).strip("\n"), " " * 4) + "\n")


def cut(path: str, start: str, end: str = "") -> Edit:
    """Take away from the line that begins with one text to before the line that begins with another, or to the end."""

    def edit(texts: dict[str, str]) -> None:
        begin = re.search(rf"^{re.escape(start)}", texts[path], re.MULTILINE)
        assert begin is not None, f"{path}: no line begins with {start!r}"
        rest = texts[path][begin.start() + 1 :]
        stop = re.search(rf"^{re.escape(end)}", rest, re.MULTILINE) if end else None
        assert stop is not None or not end, f"{path}: no later line begins with {end!r}"
        texts[path] = texts[path][: begin.start()] + (rest[stop.start() :] if stop else "")
        texts[path] = texts[path].rstrip("\n") + "\n" if not stop else texts[path]

    return edit


def gone(*paths: str) -> Edit:
    """Delete files."""

    def edit(texts: dict[str, str]) -> None:
        for path in paths:
            del texts[path]

    return edit


def moved(path: str, new: str) -> Edit:
    """Give a file another path."""

    def edit(texts: dict[str, str]) -> None:
        texts[new] = texts.pop(path)

    return edit


def link(path: str, target: str) -> Edit:
    """Make a symbolic link."""
    return put(path, LINK + target)


def everywhere(old: str, new: str) -> Edit:
    """Replace a pattern in every file."""

    def edit(texts: dict[str, str]) -> None:
        assert any(re.search(old, text) for text in texts.values()), old
        texts.update({path: re.sub(old, new, text) for path, text in texts.items()})

    return edit


def _put_at_the_end(path: str, text: str) -> Edit:
    def edit(texts: dict[str, str]) -> None:
        texts[path] = texts.get(path, "") + text

    return edit


# --- finding


@cache
def layouts() -> Mapping[str, Layout]:
    """Return the layouts by name."""
    from tests.referee.corpus.layouts import LAYOUTS
    from tests.referee.corpus.layouts_of_nine import TWO_MORE
    from tests.referee.corpus.layouts_of_seven import FOUR_MORE
    from tests.referee.corpus.layouts_of_six import SIX

    return {layout.name: layout for layout in (*LAYOUTS, *SIX, *FOUR_MORE, *TWO_MORE)}


@cache
def cases() -> Sequence[Case]:
    """Return every case of every module in the folder `cases`, found by walking."""
    from tests.referee.corpus import cases as room

    names = sorted(module.name for module in iter_modules(room.__path__))
    found = [case for name in names for case in import_module(f"{room.__name__}.{name}").CASES]
    assert len({case.id for case in found}) == len(found), "two cases have one id"
    return tuple(found)


def unpacked(path: Path) -> dict[str, str]:
    """Return the files in a text in which each follows its path: `-- PATH --`."""
    parts = re.split(r"^-- (\S+) --\n", path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
