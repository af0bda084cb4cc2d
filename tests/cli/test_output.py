"""What commands write: nothing in it steers the terminal, and what goes wrong is one line."""

from __future__ import annotations

import errno
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from director.cli.errors import INTERNAL, say_fault
from director.cli.live import Live
from director.cli.output import as_json_text, write, write_table
from director.cli.report import JsonLines, Lines
from ledger.codec import as_json
from ledger.events import FlakyTestQuarantined, NoticeRaised, RunId
from ledger.events.recorded import Recorded

EVIL = "a\x1b]0;owned\x07\x1b[2J\x9b1m\u202edetrever\r\x08 [/b] [link=https://evil.example]here[/link] :smile:"
STEERING = set("\x1b\x07\x9b\u202e\r\x08")
NOTICE = NoticeRaised(code="x", message=f"{EVIL}\ncompleted    all gates are met", run=RunId("r1"))
RECORDED = Recorded(position=1, stream="director", version=1, at=0.0, actor="", cause=0, event=NOTICE, link="")


def test_a_line_shows_what_could_steer_the_terminal_as_codes(capsys: pytest.CaptureFixture[str]) -> None:
    write(EVIL)
    write("caf\udce9.py")

    shown = capsys.readouterr().out
    assert not STEERING & set(shown)
    assert shown.startswith("a\\x1b]0;owned\\x07") and "\\u202edetrever" in shown
    assert shown.endswith("caf\\udce9.py\n")


def test_json_on_a_terminal_steers_nothing_and_says_the_same() -> None:
    out = io.StringIO()
    JsonLines(out).show(RECORDED)

    assert not STEERING & set(out.getvalue() + as_json_text({EVIL: EVIL}))
    assert json.loads(out.getvalue()) == json.loads(json.dumps(as_json(RECORDED)))
    assert json.loads(as_json_text({EVIL: EVIL})) == {EVIL: EVIL}


def test_no_text_of_a_run_makes_a_line_of_its_own_or_a_link() -> None:
    """Lines and the live view take square brackets as they stand."""
    told: list[str] = []
    lines = Lines(told.append)
    lines.show(RECORDED)
    lines.show(replace(RECORDED, event=FlakyTestQuarantined(run=RunId("r1"), test=NOTICE.message, said="now and then")))
    out = io.StringIO()
    with Live(out) as live:
        live.busy["r1.i1.a1"] = EVIL
        live.show(RECORDED)

    assert not any(line.startswith("completed") for line in told)
    assert not STEERING & set("".join(told))
    assert "[link=https://evil.example]" in out.getvalue() and "\x1b]" not in out.getvalue()


def test_a_table_takes_its_cells_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    write_table(("id", "what"), [("c1", EVIL)])

    shown = capsys.readouterr().out
    assert "[/b] [link=https://evil.example]here[/link] :smile:" in shown and not STEERING & set(shown)


def test_a_fault_of_ours_is_one_line_and_what_a_report_of_it_needs_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAIZEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GROQ_API_KEY", "gsk-very-secret-key")

    status = say_fault(_fault("gsk-very-secret-key\nis no number"))

    said, kept = capsys.readouterr().err, (tmp_path / "home" / "logs" / "faults.log").read_text()
    assert status == INTERNAL and said.count("\n") == 1
    assert "ValueError" in said and "faults.log" in said
    assert "Traceback" in kept and "is no number" in kept
    assert "very-secret" not in said + kept


def test_where_nothing_can_be_kept_a_fault_is_said_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KAIZEN_HOME", str(tmp_path / "file"))

    say_fault(_fault("no number"))

    assert "cannot be kept" in capsys.readouterr().err


def test_what_the_machine_refuses_is_no_fault_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    status = say_fault(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/worktrees"))

    said = capsys.readouterr().err
    assert status == INTERNAL
    assert "/somewhere/worktrees: No space left" in said and "a fault of Kaizen" not in said


def _fault(message: str) -> Exception:
    try:
        raise ValueError(message)
    except ValueError as fault:
        return fault
