"""The classical brain asks its techniques in order and keeps the worktree clean behind those that say no."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from agents.brains.classical import ClassicalBrain
from agents.ports import AgentError, Found, Nothing, Outcome, Proposal, Workbench
from agents.registry import Unregistered, build_agents, find_roles
from agents.roles.coder import Coder
from ledger.events import Finding, Task, TaskId, TechniqueTried
from tests.local_target import bench_for, write_tree

TASK = Task(id=TaskId("t1"), kind="lint", gate="lint", role="coder", title="make it better")
PLACE = Finding(rule="KeyError", message="most likely here", path="a.py", line=1)


@dataclass
class Scripted:
    """A technique that writes what it is told and answers what it is told."""

    name: str
    answer: Outcome
    writes: str = ""
    asked: list[str] = field(default_factory=list)

    async def try_on(self, task: Task, bench: Workbench) -> Outcome:
        self.asked.append((bench.target.project / "a.py").read_text())
        if self.writes:
            (bench.target.project / "a.py").write_text(self.writes)
            (bench.target.project / "left.py").write_text("")
        return self.answer


def no(name: str, why: str = "not mine") -> Scripted:
    return Scripted(name, Nothing(why, localised=(PLACE,)), writes="spoiled\n")


def yes(name: str) -> Scripted:
    return Scripted(name, Proposal(name, "done"), writes="a = 2\n")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path, {"a.py": "a = 1\n"})


async def test_the_first_technique_with_an_answer_ends_the_search(root: Path) -> None:
    first, second, third = no("first"), yes("second"), yes("third")
    bench = bench_for(root)

    outcome = await ClassicalBrain([first, second, third]).work(TASK, bench.bench)

    assert outcome == Proposal("second", "done")
    assert third.asked == []
    answers = [(each.technique, each.answer, each.why) for each in bench.events if isinstance(each, TechniqueTried)]
    assert answers == [("first", "no", "not mine"), ("second", "patch", "")]
    assert bench.lines == ["first: make it better", "second: make it better"]


async def test_a_no_leaves_the_worktree_as_it_was_for_the_next(root: Path) -> None:
    second = yes("second")

    await ClassicalBrain([no("first"), second]).work(TASK, bench_for(root).bench)

    assert second.asked == ["a = 1\n"]


async def test_refusals_and_places_are_collected_and_the_worktree_is_clean(root: Path) -> None:
    outcome = await ClassicalBrain([no("first"), no("second", "too hard")]).work(TASK, bench_for(root).bench)

    assert outcome == Nothing("first: not mine; second: too hard", ("first", "second"), (PLACE,))
    assert sorted(path.name for path in root.iterdir()) == ["a.py"]


async def test_a_patient_technique_has_an_attempt_of_its_own(root: Path) -> None:
    quick, patient = no("quick"), yes("patient")
    brain = ClassicalBrain([quick], [patient])

    first = await brain.work(TASK, bench_for(root).bench)
    second = await brain.work(TASK, bench_for(root, skip=frozenset({"quick"})).bench)
    last = await brain.work(TASK, bench_for(root, skip=frozenset({"quick", "patient"})).bench)

    assert first == Nothing("quick: not mine", ("quick",), (PLACE,), more=True)
    assert second == Proposal("patient", "done")
    assert isinstance(last, Nothing) and not last.more
    assert len(patient.asked) == 1


async def test_a_technique_that_said_no_before_is_not_asked_again(root: Path) -> None:
    first, second = yes("first"), yes("second")

    outcome = await ClassicalBrain([first, second]).work(TASK, bench_for(root, skip=frozenset({"first"})).bench)

    assert (outcome, first.asked) == (Proposal("second", "done"), [])


async def test_when_all_said_no_before_nothing_is_tried(root: Path) -> None:
    bench = bench_for(root, skip=frozenset({"first"}))

    outcome = await ClassicalBrain([yes("first")]).work(TASK, bench.bench)

    assert (outcome, bench.events) == (Nothing("every technique answered no before"), [])


async def test_a_proposal_that_changes_nothing_is_a_no(root: Path) -> None:
    idle = Scripted("idle", Proposal("idle", "nothing done"))

    outcome = await ClassicalBrain([idle, yes("second")]).work(TASK, bench_for(root).bench)

    assert outcome == Proposal("second", "done")


async def test_a_worktree_that_cannot_be_put_back_is_given_up(root: Path) -> None:
    (root / "a.py").write_bytes(bytes(2 * 1024 * 1024))

    with pytest.raises(AgentError, match=r"a\.py was changed"):
        await ClassicalBrain([no("first")]).work(TASK, bench_for(root).bench)


async def test_findings_are_an_answer(root: Path) -> None:
    outcome = await ClassicalBrain([Scripted("look", Found((PLACE,)))]).work(TASK, bench_for(root).bench)

    assert outcome == Found((PLACE,))


async def test_what_there_was_no_time_for_is_not_refused(root: Path) -> None:
    late = yes("late")

    outcome = await ClassicalBrain([late]).work(TASK, bench_for(root, seconds=0.0).bench)

    assert (outcome, late.asked) == (Nothing("no time left for late"), [])


async def test_a_role_hands_its_task_to_its_brain(root: Path) -> None:
    coder = Coder(ClassicalBrain([yes("second")]))

    assert coder.charge == (
        "Mends what the linter finds, removes code that nothing uses, and with a model builds what a plan asks for."
    )
    assert await coder.work(TASK, bench_for(root).bench) == Proposal("second", "done")


def test_the_roles_are_found_by_walking_their_folder() -> None:
    roles = find_roles(plugins=())

    assert {"architect", "coder"} <= set(roles)
    assert list(roles) == sorted(roles)


def test_each_role_is_made_with_the_brain_for_its_name() -> None:
    agents = build_agents({"coder": find_roles(())["coder"]}, lambda name: ClassicalBrain([yes(f"{name}'s")]))

    assert agents["coder"].name == "coder"
    assert agents["coder"].brain.techniques[0].name == "coder's"  # type: ignore[attr-defined]


def test_roles_of_other_packages_are_found_by_their_entry_points() -> None:
    plugin = EntryPoint("translator", f"{__name__}:Translator", "kaizen.agents")

    assert find_roles([plugin])["translator"] is Translator


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("agents.roles.coder:Coder", "two roles are called coder"),
        ("agents.roles.coder:Nobody", "does not load"),
        ("agents.brains.classical:ClassicalBrain", "is no role"),
    ],
)
def test_a_role_that_cannot_be_taken_in_is_named(value: str, why: str) -> None:
    with pytest.raises(Unregistered, match=why):
        find_roles([EntryPoint("x", value, "kaizen.agents")])


class Translator:
    """Translates."""

    name = "translator"

    def __init__(self, brain: ClassicalBrain) -> None:
        self.charge = "Translates."

    async def work(self, task: Task, bench: Workbench) -> Outcome:
        return Nothing("nothing to translate")
