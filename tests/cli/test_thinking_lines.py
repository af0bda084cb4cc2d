"""What the lines of a run say of attempts that think: what matters, what it cost, and what a person can do."""

from __future__ import annotations

import io
from collections.abc import Iterable

from director.cli.live import Live
from director.cli.report import Lines
from ledger.events import AnyEvent, CallFailed, CallStarted, ToolFinished
from ledger.events.recorded import Recorded
from tests import story, story_thinking
from tests.story_thinking_parts import CODER, scheduled


def recorded(events: Iterable[AnyEvent]) -> list[Recorded]:
    return [
        Recorded(position=n, stream="s", version=n, at=100.0, actor="a", cause=0, event=event, link="")
        for n, event in enumerate(events, 1)
    ]


def lines(events: Iterable[AnyEvent], *, verbose: bool = False) -> list[str]:
    written: list[str] = []
    shows = Lines(written.append, verbose=verbose)
    for one in recorded(events):
        shows.show(one)
    return written


def whole() -> list[AnyEvent]:
    return [told.event for told in (*story_thinking.whole(lambda _: "blob"), *story.ending())]


def test_a_call_that_waits_comes_with_the_command_that_answers_it() -> None:
    written = lines(whole())

    at = written.index("waits        for you (network): run pip download hypothesis")
    assert written[at + 1].strip() == "kaizen approve ap1 --yes, or kaizen deny ap1 --yes --why '…'"
    assert "approved     by you for the rest of the run: run pip download hypothesis" in written
    assert "denied       nobody answered in time: delete setup.cfg" in written


def test_an_attempt_says_once_which_model_it_asks_and_at_its_end_what_that_cost() -> None:
    of_the_coder = [line for line in lines(whole()) if line.startswith(f"  {CODER}")]

    assert of_the_coder[0].endswith("thinks with groq/llama-3.3-70b-versatile")
    assert of_the_coder[-1].endswith("(5 calls, 27.8k tokens, at least 0.0078 USD)")
    assert not any("read_file" in line for line in of_the_coder)


def test_each_call_and_each_tool_is_a_line_for_who_asks_for_them() -> None:
    written = "\n".join(lines(whole(), verbose=True))

    assert "groq/llama-3.3-70b-versatile answered: 3400 tokens in (3100 cached), 90 out, 0.0009 USD, 2.5 s" in written
    assert "edit_file refused by schema: `old_text` and `new_text` are missing" in written


def test_a_short_wait_for_a_provider_is_no_line_and_a_long_one_is() -> None:
    def failed(retry_at: float) -> CallFailed:
        return CallFailed(attempt=CODER, key="k", model="m", nth=1, fault="rate_limited", why="429", retry_at=retry_at)

    assert lines([failed(102.0)]) == []
    assert lines([failed(140.0)])[0].endswith("(40 s), then asks again")


def test_what_a_model_or_a_tool_wrote_cannot_steer_the_terminal() -> None:
    told = ToolFinished(attempt=CODER, key="t", tool="x", success=True, summary="a\x1b[2Jb\r\nc")

    assert lines([told], verbose=True)[0].endswith("x: a [2Jb c")


def test_below_the_lines_a_terminal_shows_what_a_model_is_just_saying() -> None:
    with Live(io.StringIO()) as live:
        for one in recorded([scheduled(CODER, 1, "t", "coder", "m"), CallStarted(attempt=CODER, key="k", model="m")]):
            live.show(one)
        asking = live.busy[CODER]
        live.doing({"attempt": CODER, "said": "I take "})
        live.doing({"attempt": CODER, "said": "it apart"})

        assert (asking, live.busy[CODER]) == ("coder  asks m", "coder  …I take it apart")
