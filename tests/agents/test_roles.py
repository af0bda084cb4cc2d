"""What the roles do without a model: each brings what its card says, from the project and the ledger alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from agents.brains.classical import ClassicalBrain
from agents.messages import AgentMessage
from agents.ports import Found, Gathered, Nothing, Outcome, Proposal, Workbench
from agents.registry import Unregistered, allowed, build_agents, called, card_of, find_roles, lacking
from agents.roles.base import BaseAgent
from agents.roles.coordinator import CHAIN
from agents.techniques.accessible import flaws
from agents.techniques.sarif import sarif
from agents.techniques.trend import Series, series_of, trend_of, weakest_first
from agents.techniques.watch import notices
from agents.techniques.workflow import rehearse
from ledger.blobs import MemoryBlobs
from ledger.events import (
    AnyEvent,
    AttemptFailed,
    AttemptId,
    BaselineMeasured,
    Budget,
    Finding,
    GateSpec,
    IterationEnded,
    IterationStarted,
    MessageSent,
    NoticeRaised,
    Reading,
    RunId,
    RunStarted,
    Task,
    TaskId,
)
from ledger.events.recorded import Recorded
from tests.local_target import Bench, bench_for, write_tree

COVERAGE = GateSpec(name="coverage", better="higher", target=80, tolerance=0, unit=" %")
LINT = GateSpec(name="lint", better="lower", target=0, tolerance=0)
RUN = RunId("r1")


def task(role: str, kind: str = "asked", title: str = "look") -> Task:
    return Task(id=TaskId("t"), kind=kind, gate="", role=role, title=title)  # type: ignore[arg-type]


def recorded(events: Sequence[tuple[float, AnyEvent]]) -> list[Recorded]:
    return [Recorded(n, "director", n, at, "director", 0, event, "") for n, (at, event) in enumerate(events, 1)]


async def worked(role: str, bench: Workbench, **more: str) -> Outcome:
    agents = build_agents(find_roles(), lambda _: ClassicalBrain(()))
    return await agents[role].work(task(role, **more), bench)


# --- the matrix


def test_every_role_of_the_matrix_is_found_with_its_other_names() -> None:
    cards = [card_of(role, lacking(model=True)) for role in find_roles().values()]

    names = {
        "analyzer", "architect", "coder", "coordinator", "debugger", "deployer", "monitor", "planner", "researcher",
        "security", "tester", "ui_refiner",
    }  # fmt: skip
    assert {card.name for card in cards} == names
    assert all(card.charge and card.inputs and card.outputs and card.available for card in cards)
    for alias, name in {"validator": "tester", "analyst": "analyzer", "designer": "ui_refiner"}.items():
        found = called(cards, alias)
        assert found is not None and found.name == name


def test_no_two_roles_differ_in_name_alone() -> None:
    cards = [card_of(role, lacking(model=True)) for role in find_roles().values()]

    assert len({(card.inputs, card.outputs) for card in cards}) == len(cards)


def test_a_missing_need_makes_a_role_unavailable_with_its_reason() -> None:
    planner = card_of(find_roles()["planner"], lacking(model=False))

    assert not planner.available and "no model is connected" in planner.why_not
    assert lacking(model=True)("no_such_program_anywhere") == "no_such_program_anywhere is not installed"


def test_a_third_party_agent_needs_a_name_and_work_and_nothing_else() -> None:
    class Translator(BaseAgent):
        """Translates."""

        name = "translator"

        async def work(self, task: Task, bench: Workbench) -> Outcome:
            return Nothing("not today")

    with pytest.raises(TypeError, match="abstract"):
        BaseAgent(None)  # type: ignore[abstract]
    assert card_of(Translator(None), lacking(model=False)).charge == "Translates."


def test_roles_may_use_the_tools_of_their_card_and_no_others() -> None:
    offered = ("read_file", "write_file", "run_tests", "git_push", "search_text")

    assert allowed(find_roles()["coder"].tools, offered) == ("read_file", "write_file", "run_tests", "search_text")  # type: ignore[attr-defined]
    assert "write_file" not in allowed(find_roles()["researcher"].tools, offered)  # type: ignore[attr-defined]


# --- the researcher


async def test_two_projects_give_different_facts_and_each_says_where_the_goal_touches_it(tmp_path: Path) -> None:
    shop = write_tree(
        tmp_path / "shop", {"shop/cart.py": "def total(prices):\n    return 0\n", "requirements.txt": "flask==3\n"}
    )
    blog = write_tree(
        tmp_path / "blog", {"post.js": "function render() {}\n", "package.json": '{"scripts": {"test": "x"}}'}
    )

    first = await worked("researcher", bench_for(shop).bench, kind="research", title="the total of a cart")
    second = await worked("researcher", bench_for(blog).bench, kind="research", title="the total of a cart")

    assert isinstance(first, Gathered) and isinstance(second, Gathered)
    assert "shop/cart.py:1: def total(prices):" in first.facts and "flask==3" in first.facts
    assert "npm run test" in second.facts and "total" not in second.facts.split("nowhere")[0]


async def test_files_that_change_most_come_from_the_history(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    bench = bench_for(root, touched=lambda: {"b.py": 7, "gone.py": 9, "a.py": 1}).bench

    found = await worked("researcher", bench, kind="research")

    assert isinstance(found, Gathered) and "- b.py: 7 commits\n- a.py: 1 commits" in found.facts
    assert "gone.py" not in found.facts


# --- the analyzer


def test_the_slope_of_a_series_is_that_of_the_least_squares_line() -> None:
    trend = trend_of(Series(COVERAGE, (50.0, 52.0, 51.0, 55.0)))

    assert trend.slope == pytest.approx(1.4)
    assert trend.error == pytest.approx(0.6481, abs=1e-3)
    assert trend.steps == 18 and trend.soonest == 6 and trend.latest is None


def test_a_straight_line_has_no_margin_and_a_met_gate_needs_no_steps() -> None:
    straight = trend_of(Series(LINT, (9.0, 6.0, 3.0)))

    assert (straight.steps, straight.soonest, straight.latest) == (1, 1, 1)
    assert trend_of(Series(LINT, (4.0, 0.0))).steps == 0


async def test_the_analyzer_ranks_the_weakest_gate_first(tmp_path: Path) -> None:
    begun = RunStarted(
        run=RUN, at=0.0, commit="c", tree="t", branch="kaizen/run-1", gates=(COVERAGE, LINT), budget=Budget(), seed=1,
        parallel=1,
    )  # fmt: skip
    both = (Reading(gate="coverage", value=76.0), Reading(gate="lint", value=9.0))
    ledger = recorded([(0.0, begun), (1.0, BaselineMeasured(run=RUN, tree="t", readings=both, score=1.0))])

    found = await worked("analyzer", bench_for(tmp_path, ledger=lambda: ledger).bench)

    assert isinstance(found, Found)
    assert [(f.rule, f.symbol) for f in found.findings] == [("weakest", "lint"), ("trend", "coverage")]
    weak = weakest_first([trend_of(series) for series in series_of(entry.event for entry in ledger)])
    assert weak[0].spec.name == "lint"


# --- the monitor


def iterations(*lengths: float) -> list[tuple[float, AnyEvent]]:
    at, events = 0.0, list[tuple[float, AnyEvent]]()
    for n, length in enumerate(lengths, 1):
        events.append((at, IterationStarted(run=RUN, iteration=n, tasks=(), why="")))
        at += length
        events.append((at, IterationEnded(run=RUN, iteration=n, landed=0, rejected=0, score=0.0)))
    return events


def test_a_slow_loop_raises_one_alert_and_clears_it_once() -> None:
    slow = iterations(30, 30, 30, 400)
    first = notices(recorded(slow), 490.0)
    told = [*slow, (490.0, first[0])]

    assert [(n.code, n.level) for n in first] == [("loop-slow", "warning")]
    assert notices(recorded(told), 491.0) == ()

    over = [*told, *iterations(30, 30, 30, 30)]
    cleared = notices(recorded(over), 900.0)
    assert [(n.code, n.level) for n in cleared] == [("loop-slow", "info")]
    assert notices(recorded([*over, (901.0, cleared[0])]), 902.0) == ()


async def test_attempts_that_fail_in_a_row_are_told_and_recorded(tmp_path: Path) -> None:
    failing = [(float(n), AttemptFailed(attempt=AttemptId(f"a{n}"), why="no disk")) for n in range(3)]
    bench = bench_for(tmp_path, ledger=lambda: recorded(failing))

    found = await worked("monitor", bench.bench)

    assert isinstance(found, Found) and found.findings[0].rule == "loop-failing"
    assert [type(e) for e in bench.events] == [NoticeRaised] and "no disk" in str(bench.events[0])


# --- the UI refiner


PAGE = '<html>\n<body>\n<img src="/img/red-chair.png">\n<img src="x.png" alt="">\n<input name="email">\n' \
    '<label for="q">Q</label><input id="q">\n<label>Name <input name="n"></label>\n<button><i></i></button>\n' \
    '<a href="/">home</a>\n<input type="hidden" name="t">\n</body>\n</html>\n'  # fmt: skip
VIEW = 'export const V = () => <div onClick={() => a > b}>\n  <img src="/logo.svg" />\n  <img {...rest} />\n' \
    '  <input placeholder="Your name" onChange={e => set(e)} />\n  <button>{label}</button>\n</div>;\n'  # fmt: skip


def test_what_a_page_lacks_is_found_and_what_it_has_is_not() -> None:
    assert [flaw.rule for flaw in flaws(PAGE)] == ["html-has-lang", "image-alt", "label", "button-name"]
    assert [flaw.rule for flaw in flaws(VIEW)] == ["image-alt", "label"]


async def test_texts_that_stand_there_are_given_and_nothing_else_changes(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.html": PAGE, "v.tsx": VIEW})

    found = await worked("ui_refiner", bench_for(tmp_path).bench)

    assert isinstance(found, Proposal)
    page, view = (tmp_path / "a.html").read_text(), (tmp_path / "v.tsx").read_text()
    assert page == PAGE.replace('red-chair.png">', 'red-chair.png" alt="red chair">').replace(
        '"email">', '"email" aria-label="email">'
    )
    assert '<img src="/logo.svg" alt="logo" />' in view and 'set(e)} aria-label="Your name" />' in view


# --- the deployer


@pytest.mark.slow
async def test_the_workflow_parses_and_runs_the_projects_own_commands(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "p"\nversion = "1.2"\nrequires-python = ">=3.12"\n[tool.ruff]\n',
        "p.py": "x = 1\n",
        "tests/test_p.py": "def test_p():\n    pass\n",
        "package.json": '{"scripts": {"build": "x", "test: \\n evil": "y"}}',
    }
    write_tree(tmp_path / "tree", files)

    found = await worked("deployer", bench_for(tmp_path / "tree", scratch=tmp_path / "scratch").bench)

    assert isinstance(found, Proposal) and "release v1.2 and its rollback were rehearsed" in found.notes
    flow = yaml.safe_load((tmp_path / "tree" / ".github" / "workflows" / "ci.yml").read_text())
    steps = flow["jobs"]["checks"]["steps"]
    runs = [step["run"] for step in steps if "run" in step]
    assert runs == [
        "python -m pip install .", "python -m pip install ruff && ruff check .",
        "python -m pip install pytest && python -m pytest", "npm install", "npm run build",
    ]  # fmt: skip
    assert {"python-version": "3.12"} in [step.get("with") for step in steps]
    assert isinstance(await worked("deployer", bench_for(tmp_path / "tree", scratch=tmp_path).bench), Nothing)


@pytest.mark.slow
def test_a_rollback_gives_the_remote_the_tree_it_had_before(tmp_path: Path) -> None:
    write_tree(tmp_path / "tree", {"a.py": "x = 1\n"})

    done = rehearse(tmp_path / "tree", tmp_path / "release", "v1")

    assert done.went_well and done.released != done.rolled_back == done.before


# --- findings as SARIF


def test_findings_become_sarif() -> None:
    log = json.loads(sarif([Finding(rule="B307", message="eval", path="a.py", line=3)], "bandit"))

    (result,) = log["runs"][0]["results"]
    assert log["version"] == "2.1.0" and result["ruleId"] == "B307"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}


# --- messages and the chain


@pytest.mark.parametrize(
    "wrong", [{"priority": 0}, {"priority": 11}, {"type": "gossip"}, {"payload": "x"}, {"sender": ""}]
)
def test_a_message_that_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    fields = {"type": "task", "sender": "a", "recipient": "b", "payload": "0" * 64, **wrong}

    with pytest.raises(ValidationError):
        AgentMessage.model_validate(fields)


def test_a_message_survives_json() -> None:
    message = AgentMessage(type="result", sender="a", recipient="b", payload="0" * 64, priority=10)

    assert AgentMessage.model_validate_json(message.model_dump_json()) == message
    assert message.sent(AttemptId("x")).priority == 10


@pytest.mark.slow
async def test_in_the_chain_each_stage_gets_exactly_what_the_one_before_brought(tmp_path: Path) -> None:
    blobs = MemoryBlobs()
    files = {"p.py": "x = 1\n", "tests/test_p.py": "def test_p():\n    pass\n"}
    tree = write_tree(tmp_path / "tree", files)
    bench: Bench = bench_for(tree, blobs=blobs, scratch=tmp_path / "scratch")

    outcome = await worked("coordinator", bench.bench, title="add a discount")

    sent = [e for e in bench.events if isinstance(e, MessageSent)]
    assert [m.recipient for m in sent] == [*CHAIN, "user"] and [m.sender for m in sent] == ["user", *CHAIN]
    assert blobs.get(sent[0].payload) == b"add a discount"
    assert b"2 .py" in blobs.get(sent[1].payload) and isinstance(outcome, Proposal)


def test_two_roles_called_alike_are_refused() -> None:
    from importlib.metadata import EntryPoint

    plugin = EntryPoint("coder", "agents.roles.coder:Coder", "kaizen.agents")

    with pytest.raises(Unregistered, match="two roles are called coder"):
        find_roles([plugin])
