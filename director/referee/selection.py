"""PURE: which tests can tell a changed tree from the one they were mapped on; in doubt, all of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from agents.workspace.layout import is_test_file
from director.referee.blocks import Blocks, blocks_of

MOST = 0.5
"""Share of the tests above which choosing saves nothing worth the doubt."""
FOR_ALL = re.compile(
    r"(^|/)(conftest\.py|\.?pytest\.(ini|toml)|tox\.ini|setup\.(cfg|py)|pyproject\.toml|sitecustomize\.py|usercustomize\.py"
    r"|\.coveragerc|[^/]*\.(so|pyd|pyc|pth|egg-link))$"
)
"""Files that change how every test is run, or that no record could be kept of."""
PROSE = re.compile(r"(^|/)(LICEN[CS]E|NOTICE|AUTHORS|\.git[^/]*|\.github/.*|[^/]*\.(md|rst))[^/]*$")
"""Files that nobody reads but people, unless somebody was seen to."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What one test, or the collection of one file, depended on; paths are relative to the tree."""

    bodies: frozenset[tuple[str, str]] = frozenset()
    """File and name of each function body that was entered."""
    imported: frozenset[str] = frozenset()
    """Files of the tree whose import-time block ran."""
    read: frozenset[str] = frozenset()
    """Files that were opened or asked about, whether they were there or not."""
    listed: frozenset[str] = frozenset()
    """Folders whose entries were asked for."""
    scanned: frozenset[str] = frozenset()
    """Those of them whose entries told of their files, sizes and times among it, without another question."""
    tried: frozenset[str] = frozenset()
    """Parts of the names of modules that were looked for, found or not."""
    opaque: str = ""
    """What makes the record incomplete, e.g. another process; empty when it is whole."""

    def __or__(self, other: Trail) -> Trail:
        return Trail(
            self.bodies | other.bodies,
            self.imported | other.imported,
            self.read | other.read,
            self.listed | other.listed,
            self.scanned | other.scanned,
            self.tried | other.tried,
            self.opaque or other.opaque,
        )


@dataclass(frozen=True, slots=True)
class FileMap:
    """What the tests of one file depend on."""

    collected: Trail
    """What all of them depend on: the file's collection."""
    tests: Mapping[str, Trail]
    unit: bool = False
    """Whether they depend on each other, so that they are chosen and run together."""


@dataclass(frozen=True, slots=True)
class Map:
    """What each test of one tree depends on."""

    tree: str
    prefix: str
    """Where the project lies in the tree."""
    paths: frozenset[str]
    """Every file of the tree."""
    loaded: frozenset[str]
    """Modules that are there before anything of the project is imported."""
    files: Mapping[str, FileMap]
    """By the path of the test file, as test ids name it."""
    outcomes: Mapping[str, str]
    """What became of each test in the whole run of the tree."""
    void: str = ""
    """Why nothing can be chosen with this map; empty when it can."""
    coarse: bool = False
    """Whether a changed file counts as changed in every part, after a finer choice has missed something."""

    @property
    def size(self) -> int:
        """Return how many tests are mapped."""
        return sum(len(file.tests) for file in self.files.values())


@dataclass(frozen=True, slots=True)
class Change:
    """One path that differs between two trees; None where there is no file."""

    path: str
    before: bytes | None
    after: bytes | None
    plain: bool = True
    """Whether it is an ordinary file with the same mode on both sides."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The tests to run: all of them, or whole files and single tests."""

    everything: str = ""
    """Why all are run; empty when they need not be."""
    files: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()
    """Ids, those of tests in `files` left out."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """Return files and ids in one sorted list, as the runner is told."""
        return tuple(sorted(self.files | self.tests))


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change touches."""

    everything: str = ""
    bodies: frozenset[tuple[str, str]] = frozenset()
    imported: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    """Links and what was or became a folder: paths below them are touched too."""
    listings: frozenset[str] = frozenset()
    contents: frozenset[str] = frozenset()
    """Folders in which a file is another one now."""
    names: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()
    """Test files that are new."""

    def __or__(self, other: Touched) -> Touched:
        return Touched(
            self.everything or other.everything,
            self.bodies | other.bodies,
            self.imported | other.imported,
            self.paths | other.paths,
            self.folders | other.folders,
            self.listings | other.listings,
            self.contents | other.contents,
            self.names | other.names,
            self.tests | other.tests,
        )

    def reaches(self, trail: Trail) -> bool:
        """Return whether what left this trail may end otherwise now."""
        return bool(
            trail.opaque
            or trail.bodies & self.bodies
            or trail.imported & self.imported
            or trail.read & self.paths
            or trail.listed & self.listings
            or trail.scanned & self.contents
            or trail.tried & self.names
            or any(path.startswith(f"{folder}/") for folder in self.folders for path in trail.read | trail.listed)
        )


def expected(map_: Map, selection: Selection) -> frozenset[str]:
    """Return the ids of the mapped tests that a selection stands for."""
    whole = {test for path in selection.files if path in map_.files for test in map_.files[path].tests}
    return frozenset(whole | selection.tests)


def select(map_: Map, changes: Sequence[Change]) -> Selection:
    """Return the tests of the mapped tree, and the new ones, that the changed tree is to be judged by first."""
    if map_.void or not map_.size:
        return Selection(map_.void or "no test is mapped")
    touched = reduce(Touched.__or__, (touched_by(change, map_) for change in changes), Touched())
    if touched.everything:
        return Selection(touched.everything)
    files = set(touched.tests)
    tests: set[str] = set()
    chosen = 0
    for path, file in map_.files.items():
        reached = {test for test, trail in file.tests.items() if touched.reaches(trail)}
        if not reached and not touched.reaches(file.collected):
            continue
        if touched.reaches(file.collected) or file.unit:
            files.add(path)
            chosen += len(file.tests)
        else:
            tests |= reached
            chosen += len(reached)
    if chosen > MOST * map_.size:
        return Selection(f"the change reaches {chosen} of {map_.size} tests")
    return Selection("", frozenset(files), frozenset(tests))


def touched_by(change: Change, map_: Map) -> Touched:
    """Return what one changed path touches."""
    path = change.path
    if FOR_ALL.search(path):
        return Touched(everything=f"{path} concerns every test")
    touched = _entries(change, map_)
    if path.endswith(".py"):
        return touched | _code(change, map_)
    inside = path.removeprefix(f"{map_.prefix}/") if map_.prefix else path
    if inside in map_.files:
        return touched | Touched(tests=frozenset({inside}))
    if change.before is not None and not PROSE.search(path) and not _is_known(path, map_):
        return Touched(everything=f"nobody was seen to read {path}")
    return touched


def _is_known(path: str, map_: Map) -> bool:
    trails = (trail for file in map_.files.values() for trail in (file.collected, *file.tests.values()))
    return any(path in trail.read for trail in trails)


def _entries(change: Change, map_: Map) -> Touched:
    """What is touched whatever the file holds: the path itself, and the folders that have another entry now."""
    path = change.path
    paths, listings = {path}, set()
    if change.before is None or change.after is None:
        above = posixpath.dirname(path)
        listings.add(above)
        # A folder that came or went with the file is an entry of the one above it.
        while above and (change.before is not None or not _is_folder(above, map_)):
            paths.add(above)
            above = posixpath.dirname(above)
            listings.add(above)
    return Touched(
        paths=frozenset(paths),
        listings=frozenset(listings),
        contents=frozenset({posixpath.dirname(path)}),
        folders=frozenset() if change.plain else frozenset({path}),
        imported=frozenset() if change.plain else frozenset({path}),
    )


def _code(change: Change, map_: Map) -> Touched:
    path = change.path
    if change.before is None:
        return _new_module(path, map_)
    old = blocks_of(change.before)
    new = None if change.after is None else blocks_of(change.after)
    if old is None or new is None or map_.coarse:
        whole = frozenset({path})
        return Touched(imported=whole, bodies=frozenset((path, name) for name in _names(old)))
    bodies = {name for name in old.bodies if new.bodies.get(name) != old.bodies[name]}
    return Touched(
        bodies=frozenset((path, name) for name in bodies),
        imported=frozenset() if old.imported == new.imported else frozenset({path}),
    )


def _new_module(path: str, map_: Map) -> Touched:
    inside = path.removeprefix(f"{map_.prefix}/") if map_.prefix else path
    folder = posixpath.dirname(path)
    if is_test_file(path):
        return Touched(tests=frozenset({inside}), names=frozenset({posixpath.basename(path)[:-3]}))
    where = f"{map_.prefix}/" if map_.prefix else ""
    if any(posixpath.dirname(where + test) == folder for test in map_.files):
        return Touched(everything=f"{path} is new among the tests")
    names = {posixpath.basename(path)[:-3]}
    while folder and not _is_folder(folder, map_):
        names.add(posixpath.basename(folder))
        folder = posixpath.dirname(folder)
    if "__init__" in names:
        names.add(posixpath.basename(posixpath.dirname(path)))
    if names & map_.loaded:
        return Touched(everything=f"{path} has the name of a module that is there before the tests")
    return Touched(names=frozenset(names))


def _is_folder(path: str, map_: Map) -> bool:
    return any(each.startswith(f"{path}/") for each in map_.paths)


def _names(blocks: Blocks | None) -> Iterable[str]:
    return blocks.bodies if blocks is not None else ()
