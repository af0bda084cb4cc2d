"""What people read is true: quoted code stands in its file; every file, link, target, command and setting exists."""

from __future__ import annotations

import re
import runpy
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

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
OTHERS = (ROOT / "benchmarks/real_projects.md", ROOT / "benchmarks/real_projects_by_hand.md")
"""They name files of packages that are not ours."""
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


@cache
def said_in_code(page: Path) -> tuple[str, ...]:
    """Return what a page sets in code: spans, and the lines of consoles without their comments."""
    text = page.read_text("utf-8")
    consoles = [body.splitlines() for language, body in FENCE.findall(text) if language == "console"]
    typed = [line[2:].split("  #")[0] for lines in consoles for line in lines if line.startswith("$ ")]
    return (*typed, *CODE.findall(FENCE.sub("", text)))


def test_quoted_code_stands_in_its_file() -> None:
    """A page that shows old code teaches what is no longer so."""
    gone = [quote for quote in quotes() if not stands_in(quote.code, (ROOT / quote.file).read_text("utf-8"))]

    assert gone == []


def test_a_changed_line_is_noticed() -> None:
    """The comparison can fail."""
    assert stands_in("a\n    b\n", "x\n  a\n      b\ny\n")
    assert not stands_in("a\n    c\n", "x\n  a\n      b\ny\n")


def test_links_lead_somewhere() -> None:
    """Every link to a file of ours leads to one; what stands in code, an expression perhaps, is no link."""
    links = [(page, link) for page in PAGES for link in LINK.findall(CODE.sub("", page.read_text("utf-8")))]
    ours = [(page, link) for page, link in links if not link.startswith(("http", "#"))]

    assert [(page.name, link) for page, link in ours if not (page.parent / link.split("#")[0]).exists()] == []


def test_files_that_are_named_exist() -> None:
    """A path in code that begins with a folder of ours, or is a file's name, is one of ours."""
    named = {
        (place, page) for page in PAGES if page not in OTHERS
        for code in said_in_code(page) for place in PLACE.findall(code) if place not in ELSEWHERE
    }  # fmt: skip
    ours = [(place, page) for place, page in named if place.split("/")[0] in TOPS or "/" not in place]

    assert sorted((page.name, place) for place, page in ours if not is_there(place, page)) == []


def is_there(place: str, page: Path) -> bool:
    """Return whether a name is a path from the root or beside the page, or a file somewhere below a top folder."""
    if (ROOT / place).exists() or (page.parent / place).exists():
        return True
    return "/" not in place and place in names_below()


@cache
def names_below() -> frozenset[str]:
    """Return the names of everything below the folders of code and of pages."""
    tops = ("director", "agents", "ledger", "examples", "tests", "docs")
    return frozenset(path.name for top in tops for path in (ROOT / top).rglob("*"))


def test_commands_and_their_options_exist() -> None:
    """What a page tells people to type can be typed."""
    wrong = []
    for place, code in [(page.name, code) for page in PAGES for code in said_in_code(page)]:
        for name, rest in re.findall(r"(?:^|/|\s)kaizen (?!kaizen )([a-z][a-z-]*)(.*)", code):
            known = commands().get(name)
            options = {
                option for each in (known.params if known else []) for option in (*each.opts, *each.secondary_opts)
            }
            if known is None or set(re.findall(r"\s(--[a-z-]+)", rest)) - options - {"--help"}:
                wrong.append((place, code))

    assert wrong == []


def test_make_targets_exist() -> None:
    """`make X` names a target of the Makefile."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        (page.name, name) for page in PAGES
        for code in said_in_code(page) for name in re.findall(r"^make ([a-z][a-z-]*)", code)
    }  # fmt: skip

    assert [(page, name) for page, name in sorted(named) if name not in targets] == []


def test_settings_that_are_named_exist() -> None:
    """Every `KAIZEN_…` is read by something."""
    known = {field.upper() for field in UserFile.model_fields} | ALONE
    named = {
        (page.name, name) for page in PAGES for name in re.findall(r"\bKAIZEN_([A-Z_]+)\b", page.read_text("utf-8"))
    }

    assert [(page, name) for page, name in sorted(named) if name not in known] == []


def test_events_that_are_named_exist() -> None:
    """A word in code that ends as events do is an event."""
    kinds = {kind.__name__ for kind in AnyEvent.__args__}
    ends = "Requested|Honoured|Scheduled|Proposed|Landed|Rejected|Measured|Decided|Started|Ended"
    word = re.compile(rf"\b[A-Z]\w+(?:{ends})\b")
    named = {(page.name, kind) for page in PAGES for code in said_in_code(page) for kind in word.findall(code)}

    assert [(page, kind) for page, kind in sorted(named) if kind not in kinds] == []


def test_the_page_of_settings_is_fresh() -> None:
    """`docs/settings.md` says what `director/settings` says; write it with the script."""
    script = runpy.run_path(str(ROOT / "docs" / "write_settings.py"), run_name="read")

    assert script["page"]() == (ROOT / "docs" / "settings.md").read_text("utf-8")
