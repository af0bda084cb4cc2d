"""What commands write: one line, nothing in it an order to the terminal, and no traceback."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from director.cli.errors import INTERNAL, say_fault
from director.cli.output import visible, write

SHOWN = {
    "plain, ü ☃ ✓ 日本": "plain, ü ☃ ✓ 日本",
    "two\nlines": "two\nlines",
    "\x1b[2J\x1b]0;title\x07": "\\x1b[2J\\x1b]0;title\\x07",
    "over\rwritten\x08\x9b31m": "over\\rwritten\\x08\\x9b31m",
    "gpj.\u202eexe": "gpj.\\u202eexe",
    "caf\udce9.py": "caf\\udce9.py",
}


def test_names_and_messages_of_anybody_give_no_orders_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for text in SHOWN:
        write(text)

    assert capsys.readouterr().out == "".join(f"{shown}\n" for shown in SHOWN.values())
    assert all(visible(shown) == shown for shown in SHOWN.values())


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
