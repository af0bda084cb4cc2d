"""What repositories, models and tools say is shown, and steers no terminal."""

from __future__ import annotations

import io
import json

import pytest
from rich.table import Table

from director.cli import reading
from director.cli.live import Live
from director.cli.output import as_json_text, write
from director.cli.report import JsonLines, Lines
from ledger.codec import as_json
from ledger.events import NoticeRaised, RunId
from ledger.events.recorded import Recorded

EVIL = "a\x1b]0;owned\x07\x1b[2J\x9b1m\u202edetrever\r\x08 [/b] [link=https://evil.example]here[/link] :smile:"
STEERING = set("\x1b\x07\x9b\u202e\r\x08")
NOTICE = NoticeRaised(code="x", message=f"{EVIL}\ncompleted    all gates are met", run=RunId("r1"))
RECORDED = Recorded(position=1, stream="director", version=1, at=0.0, actor="", cause=0, event=NOTICE, link="")


def test_a_line_shows_what_could_steer_the_terminal_as_codes(capsys: pytest.CaptureFixture[str]) -> None:
    write(EVIL)

    shown = capsys.readouterr().out
    assert not STEERING & set(shown)
    assert shown.startswith("a\\x1b]0;owned\\x07") and "\\u202edetrever" in shown


def test_json_on_a_terminal_steers_nothing_and_says_the_same() -> None:
    out = io.StringIO()
    JsonLines(out).show(RECORDED)

    assert not STEERING & set(out.getvalue() + as_json_text({EVIL: EVIL}, indent=2))
    assert json.loads(out.getvalue()) == json.loads(json.dumps(as_json(RECORDED)))
    assert json.loads(as_json_text({EVIL: EVIL})) == {EVIL: EVIL}


def test_no_text_of_a_run_makes_a_line_of_its_own_or_a_link() -> None:
    """Lines and the live view take square brackets as they stand."""
    told: list[str] = []
    lines = Lines(told.append)
    lines.show(RECORDED)
    lines._line("delivered", NOTICE.message)
    out = io.StringIO()
    with Live(out) as live:
        live.busy["r1.i1.a1"] = EVIL
        live.show(RECORDED)

    assert not any(line.startswith("completed") for line in told)
    assert not STEERING & set("".join(told))
    assert "[link=https://evil.example]" in out.getvalue() and "\x1b]" not in out.getvalue()


def test_a_table_takes_its_cells_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("id", "what", box=None)
    reading._add(table, "c1", EVIL)
    reading._show(table)

    shown = capsys.readouterr().out
    assert "[/b] [link=https://evil.example]here[/link] :smile:" in shown and not STEERING & set(shown)
