"""Bodies are swapped in a living program, ticks end endless loops, and a polluted batch is found out."""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from agents.inside.cases import Case
from agents.inside.editspace import Edit
from agents.inside.evaluate import Evaluator
from agents.inside.forks import in_fork, limit_memory
from agents.inside.reexec import StatementRegion, apply
from agents.inside.regions import Region, Unfit, living_functions, outermost
from agents.inside.source import Source
from agents.inside.ticks import Counter
from agents.inside.trial import Base, Trial

CODE = """
class Base:
    def name(self):
        return "base"


class Own(Base):
    limit = 1

    def name(self):
        return "own " + super().name()

    def __hidden(self):
        return 1

    def shown(self):
        return self.__hidden()


def outer(step):
    def inner(number):
        return number + step
    return inner


def endless(n):
    while n != 10:
        n += 3
    return n


TABLE = {"a": 1}
DOUBLED = {key: 2 * value for key, value in TABLE.items()}
KEPT = outer(2)
SEEN = []


def remember(x):
    SEEN.append(x)
    return len(SEEN)
"""


@pytest.fixture
def living(tmp_path: Path) -> Iterator[tuple[ModuleType, Source, dict[str, Region]]]:
    """A module that was imported, with the regions of its functions attached."""
    path = tmp_path / "living_module.py"
    path.write_text(CODE)
    spec = importlib.util.spec_from_file_location("living_module", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["living_module"] = module
    spec.loader.exec_module(module)
    source = Source(str(path), path.read_bytes())
    functions = living_functions(str(path))
    Counter()
    regions = {}
    for node in outermost(source):
        region = Region(source, node, str(path))
        assert region.attach(functions)
        regions[region.name] = region
    yield module, source, regions
    del sys.modules["living_module"]


def spliced(source: Source, old: str, new: str) -> tuple[tuple[int, int, bytes], ...]:
    """Return the splice that replaces the only place of a text."""
    assert source.data.count(old.encode()) == 1
    start = source.data.index(old.encode())
    return ((start, start + len(old.encode()), new.encode()),)


def statement_of(source: Source, start: str) -> Any:
    """Return the first statement of the module whose text begins so."""
    return next(node for node in source.tree.body if source.text(node).startswith(start))


def test_a_method_with_super_takes_another_body_and_gives_it_back(living: Any) -> None:
    """Closures over the class stay as they were."""
    module, source, regions = living
    region = regions["Own.name"]

    region.install(region.compile(spliced(source, '"own "', '"my "')))
    changed = module.Own().name()
    region.restore()

    assert (changed, module.Own().name()) == ("my base", "own base")


def test_a_private_name_keeps_its_class(living: Any) -> None:
    """Names with two underscores are compiled inside their class."""
    module, source, regions = living
    region = regions["Own.shown"]

    region.install(region.compile(spliced(source, "return self.__hidden()", "return self.__hidden() + 1")))

    assert module.Own().shown() == 2


def test_a_closure_that_already_lives_takes_the_new_inner_body(living: Any) -> None:
    """What a decorator or a factory made at import is mended too."""
    module, source, regions = living
    region = regions["outer"]

    region.install(region.compile(spliced(source, "number + step", "number * step")))

    assert module.KEPT(5) == 10


def test_a_body_that_closes_over_other_names_does_not_fit(living: Any) -> None:
    """It is said, not installed half."""
    _, source, regions = living
    region = regions["Own.name"]

    with pytest.raises(Unfit):
        region.install(region.compile(spliced(source, '"own " + super().name()', '"own"')))


def test_an_endless_loop_ends_after_the_same_number_of_ticks(living: Any) -> None:
    """Whatever the clock says."""
    module, _, _ = living
    counter = Counter()
    case = Called("endless", lambda: module.endless(2))

    runs = [case.run(counter, budget=500) for _ in range(2)]

    assert [(run.status, run.ticks) for run in runs] == [("t", 501), ("t", 501)]


def test_module_level_code_is_run_again_with_what_follows_from_it(living: Any) -> None:
    """A table and what was computed from it change together."""
    module, source, _ = living

    apply(StatementRegion(source, statement_of(source, "TABLE"), module), spliced(source, '"a": 1', '"a": 5'))

    assert (module.TABLE, module.DOUBLED) == ({"a": 5}, {"a": 10})


def test_a_class_attribute_changes_for_objects_that_live(living: Any) -> None:
    """The class stays the same object, and `super()` still means it."""
    module, source, _ = living
    one, kind = module.Own(), module.Own

    apply(StatementRegion(source, statement_of(source, "class Own"), module), spliced(source, "limit = 1", "limit = 7"))

    assert (one.limit, module.Own is kind, one.name()) == (7, True, "own base")


def test_a_value_of_a_module_is_given_back(living: Any) -> None:
    """What followed from it too, also where the edit does not run."""
    module, source, _ = living
    module.alias = module.TABLE
    values = module.TABLE, module.DOUBLED, module.alias
    region = StatementRegion(source, statement_of(source, "TABLE"), module)

    changed = apply(region, spliced(source, '"a": 1', '"b": 5'))
    during = module.TABLE, module.DOUBLED, module.alias
    changed.restore()
    with pytest.raises(Unfit):
        apply(region, spliced(source, '"a": 1', "**{1: 1 // 0}"))

    assert during == ({"b": 5}, {"b": 10}, {"b": 5})
    assert all(now is was for now, was in zip((module.TABLE, module.DOUBLED, module.alias), values, strict=True))


def test_only_what_gives_names_values_is_undone(living: Any) -> None:
    """A class and a function are changed in place: who holds them sees the change."""
    module, source, _ = living

    undone = [StatementRegion(source, one, module).is_undone for one in source.tree.body]

    words = [source.text(one).split()[0] for one, is_so in zip(source.tree.body, undone, strict=True) if is_so]
    assert words == ["TABLE", "DOUBLED", "SEEN"]


@pytest.mark.slow
def test_edits_of_a_value_are_judged_in_one_fork(living: Any) -> None:
    """A fork for each took half the time where a table or a pattern held the mistake."""
    module, source, _ = living
    cases = [
        Called("red", lambda: _same(module.DOUBLED, {"a": 6})),
        Called("new", lambda: _same(module.remember(1), 1)),
    ]
    trial = Trial(cases, Counter(), {0: Base("f", 1, 0.0), 1: Base("p", 1, 0.0)}, [0], [0])
    trial.covering = {0: []}
    region = StatementRegion(source, statement_of(source, "TABLE"), module)
    evaluator = Evaluator(trial, {0: region}, 1, [], True)
    edits = [Edit(1.0, "test", 1, 0, spliced(source, '"a": 1', f'"a": {new}')) for new in (2, 3, "1 // 0", 4)]

    evaluator.run(iter([(edit,) for edit in edits]), lambda: False, lambda one: None)

    assert (evaluator.tally.forks, evaluator.tally.unfit) == (1, 1)
    assert [one.edits[0] for one in evaluator.plausible] == edits[1:2]


@pytest.mark.slow
def test_a_polluted_batch_is_judged_again_one_by_one(living: Any) -> None:
    """The canary notices that candidates left traces, and no verdict of the batch is kept."""
    module, source, regions = living
    counter = Counter()
    cases = [Called("new", lambda: _same(module.remember(1), 1)), Called("red", lambda: _same(module.KEPT(2), 99))]
    bases = {0: Base("p", 1, 0.0), 1: Base("f", 1, 0.0)}
    trial = Trial(cases, counter, bases, [1], [1])
    trial.covering = {0: [0]}
    evaluator = Evaluator(trial, {0: regions["outer"]}, 1, [0], True)
    changes = ["number + step + 95", "number - step", "number * step"]
    edits = [Edit(1.0, "test", 1, 0, spliced(source, "number + step", new)) for new in changes]

    evaluator.run(iter([(edit,) for edit in edits]), lambda: False, lambda one: None)

    assert evaluator.tally.void == 3
    assert [one.edits[0] for one in evaluator.plausible] == edits[:1]


def test_a_fork_that_hangs_or_dies_gives_nothing() -> None:
    """The one who waits goes on."""
    assert in_fork(lambda: 1 // 0, 5.0) is None
    assert in_fork(_sleep, 0.2) is None
    assert in_fork(lambda: [1, 2], 5.0) == [1, 2]


class Called(Case):
    """A test that is a plain call."""

    def __init__(self, name: str, function: Callable[[], object]) -> None:
        super().__init__(name, "")
        self.function = function

    def call(self) -> tuple[str, BaseException | None]:
        self.function()
        return "p", None


def _same(value: object, wanted: object) -> None:
    assert value == wanted


def _sleep() -> None:
    import time

    time.sleep(10)


def test_what_eats_without_end_is_ended_long_before_it_takes_what_the_whole_search_has() -> None:
    """Threads are none of that: each reserves much and uses little."""

    def eaten() -> str:
        limit_memory(512 << 20)
        many = [threading.Thread(target=time.sleep, args=(0.1,)) for _ in range(30)]
        for thread in many:
            thread.start()
        try:
            bytearray(1 << 30)
        except MemoryError:
            return "refused"
        return "taken"

    assert in_fork(eaten, 10.0) == "refused"
