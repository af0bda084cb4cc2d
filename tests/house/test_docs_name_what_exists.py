"""What people read is true: quoted code stands in its file; every file, link, target, command and setting exists."""

from __future__ import annotations

import re
import runpy
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main

from director.cli import app
from director.settings import UserFile
from ledger.events import AnyEvent

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for folder in (".", "docs", "docs/decisions", "examples", "benchmarks", "benchmarks/ledger")
    for path in (ROOT / folder).glob("*.md")
)
OTHERS = ROOT / "benchmarks/real_projects.md"
"""Names files of packages that are not ours."""
QUOTED = re.compile(r"<!-- quoted: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
PLACE = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|md|toml|yml|lock|ts|tsx|sh)")
TOPS = frozenset(path.name for path in ROOT.iterdir())
ALONE = frozenset({"TOKEN", "HOME", "PROJECTS", "API_KEY"})
"""`KAIZEN_…` that is no field of the user's file: of the page alone, of the data home, of compose, a key."""
ELSEWHERE = frozenset({"kaizen.toml", "daemon.json"})
"""Names of files that stand in a data home or a project."""


class Quote(NamedTuple):
    """Code on a page, and where it says it is from."""

    page: str
    file: str
    code: str


def quotes() -> Iterator[Quote]:
    """Yield every quotation of every page."""
    for page in PAGES:
        for file, code in QUOTED.findall(page.read_text("utf-8")):
            yield Quote(page.relative_to(ROOT).as_posix(), file, code)


def stands_in(code: str, text: str) -> bool:
    """Return whether the lines of a quotation stand one after the other in a file, however far they are indented."""
    wanted = textwrap.dedent(code).rstrip("\n").split("\n")
    lines = text.split("\n")
    windows = ("\n".join(lines[at : at + len(wanted)]) for at in range(len(lines) - len(wanted) + 1))
    return any(textwrap.dedent(window) == "\n".join(wanted) for window in windows)


@cache
def commands() -> dict[str, Any]:
    """Return the commands of `kaizen` by name."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def said_in_code(page: Path) -> Iterator[str]:
    """Yield what a page sets in code: spans, and the lines of consoles without their comments."""
    text = page.read_text("utf-8")
    for language, body in FENCE.findall(text):
        if language == "console":
            yield from (line[2:].split("  #")[0] for line in body.splitlines() if line.startswith("$ "))
    yield from CODE.findall(FENCE.sub("", text))


@pytest.mark.parametrize("quote", list(quotes()), ids=lambda quote: f"{quote.page}:{quote.file}")
def test_quoted_code_stands_in_its_file(quote: Quote) -> None:
    """A page that shows old code teaches what is no longer so."""
    assert stands_in(quote.code, (ROOT / quote.file).read_text("utf-8")), f"{quote.page} quotes what is gone"


def test_a_changed_line_is_noticed() -> None:
    """The comparison can fail."""
    assert stands_in("a\n    b\n", "x\n  a\n      b\ny\n")
    assert not stands_in("a\n    c\n", "x\n  a\n      b\ny\n")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of ours leads to one."""
    links = [link for link in LINK.findall(page.read_text("utf-8")) if not link.startswith(("http", "#"))]

    assert [link for link in links if not (page.parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page != OTHERS], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_files_that_are_named_exist(page: Path) -> None:
    """A path in code that begins with a folder of ours, or is a file's name, is one of ours."""
    named = {place for code in said_in_code(page) for place in PLACE.findall(code)} - ELSEWHERE
    ours = {place for place in named if place.split("/")[0] in TOPS or "/" not in place}

    assert sorted(place for place in ours if not is_there(place, page)) == []


def is_there(place: str, page: Path) -> bool:
    """Return whether a name is a path from the root or beside the page, or a file somewhere below a top folder."""
    if (ROOT / place).exists() or (page.parent / place).exists():
        return True
    return "/" not in place and any(
        next((ROOT / top).rglob(place), None) for top in ("director", "agents", "ledger", "examples", "tests", "docs")
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_and_their_options_exist(page: Path) -> None:
    """What a page tells people to type can be typed."""
    wrong = []
    for code in said_in_code(page):
        for name, rest in re.findall(r"(?:^|/|\s)kaizen (?!kaizen )([a-z][a-z-]*)(.*)", code):
            known = commands().get(name)
            options = {
                option for each in (known.params if known else []) for option in (*each.opts, *each.secondary_opts)
            }
            if known is None or set(re.findall(r"\s(--[a-z-]+)", rest)) - options - {"--help"}:
                wrong.append(code)

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_make_targets_exist(page: Path) -> None:
    """`make X` names a target of the Makefile."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {name for code in said_in_code(page) for name in re.findall(r"^make ([a-z][a-z-]*)", code)}

    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_settings_that_are_named_exist(page: Path) -> None:
    """Every `KAIZEN_…` is read by something."""
    named = set(re.findall(r"\bKAIZEN_([A-Z_]+)\b", page.read_text("utf-8")))

    assert named - {field.upper() for field in UserFile.model_fields} - ALONE == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_events_that_are_named_exist(page: Path) -> None:
    """A word in code that ends as events do is an event."""
    kinds = {kind.__name__ for kind in AnyEvent.__args__}
    ends = "Requested|Honoured|Scheduled|Proposed|Landed|Rejected|Measured|Decided|Started|Ended"
    named = {word for code in said_in_code(page) for word in re.findall(rf"\b[A-Z]\w+(?:{ends})\b", code)}

    assert named - kinds == set()


def test_the_page_of_settings_is_fresh() -> None:
    """`docs/settings.md` says what `director/settings` says; write it with the script."""
    script = runpy.run_path(str(ROOT / "docs" / "write_settings.py"), run_name="read")

    assert script["page"]() == (ROOT / "docs" / "settings.md").read_text("utf-8")
