"""What the documents say is what the code does."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from typer.testing import CliRunner

from dashboard.server import settings as of_the_page
from director.cli import app
from director.settings import UserFile
from docs.write import HERE, pages
from ledger.events import AnyEvent
from tests.house.sources import ROOT

PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_fresh(name: str) -> None:
    assert (HERE / name).read_text("utf-8") == PAGES[name], "run: python -P docs/write.py"


def test_each_command_of_the_help_is_documented_and_the_other_way_round() -> None:
    help_ = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}).output
    listed = set(re.findall(r"^[│|\s]\s*([a-z][a-z-]+) {2,}\S", help_.split("Commands", 1)[1], re.MULTILINE))

    documented = set(re.findall(r"^## kaizen ([a-z-]+)$", (HERE / "cli.md").read_text("utf-8"), re.MULTILINE))

    assert documented == listed
    assert {"run", "up", "rollback", "doctor"} <= listed


def test_each_command_says_what_it_does_and_what_each_option_means() -> None:
    pages = PAGES["cli.md"].split("\n## kaizen ")[1:]

    assert [page for page in pages if len(page.strip().splitlines()) < 4] == []
    assert re.findall(r"^\| `.*` \|  \|$", PAGES["cli.md"], re.MULTILINE) == []


def test_each_event_is_documented() -> None:
    documented = set(re.findall(r"^### (\w+)$", (HERE / "events.md").read_text("utf-8"), re.MULTILINE))

    assert documented == {kind.__name__ for kind in get_args(AnyEvent)}
    assert all((kind.__doc__ or "").strip() for kind in get_args(AnyEvent))


def test_every_setting_stands_in_the_example_and_the_other_way_round() -> None:
    ours = {f"KAIZEN_{name.upper()}" for name in UserFile.model_fields} | {"KAIZEN_HOME"}
    assert of_the_page.__file__ is not None
    pages_own = set(re.findall(r'"(KAIZEN_[A-Z_]+)"', (ROOT / "dashboard/server/settings.py").read_text("utf-8")))

    shown = set(re.findall(r"^#? ?(KAIZEN_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))

    assert shown == ours | pages_own


def test_the_defaults_in_the_example_are_those_of_the_code() -> None:
    default = {f"KAIZEN_{name.upper()}": field.default for name, field in UserFile.model_fields.items()}
    text = (ROOT / ".env.example").read_text("utf-8")

    for name, shown in re.findall(r"^#? ?(KAIZEN_[A-Z_]+)=(.*)$", text, re.MULTILINE):
        if name in default:
            value = default[name]
            plain = "" if value is None or value == () else f"{value:g}" if isinstance(value, float) else str(value)
            assert shown.lower() == plain.lower(), name
