"""Ask, without running a test, whether the right edit of a planted bug is in the space, and how early it is drawn.

    python -P -m benchmarks.repair.reach --seed 1 -n 40 cachetools path/to/another/package

Every line of the function with the bug is as suspicious as the others, nothing is known of types, of the tests or of
their messages, and other right answers do not count: a real search knows more. One JSON line per bug that the first
edits do not mend, and one for each kind of bug at the end.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import random
import re
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from agents.inside.editspace import Ground, names, search
from agents.inside.editspace.scope import Clues
from agents.inside.regions import outermost
from agents.inside.source import Source
from benchmarks.repair.plant import PLANTERS, Bug, bugs
from benchmarks.repair.run import target_of, unpacked
from benchmarks.repair.slips import SLIPS

LEAST = 0.02


class Reached(NamedTuple):
    """How early the right edit of a bug is drawn."""

    bug: Bug
    was: str
    rank: int | None


def rank(path: str, good: bytes, bug: Bug, clues: Clues, most: int) -> int | None:
    """Return how many edits are drawn before the one that restores the function; None when it is not among them."""
    bad = Source(path, bug.applied(good))
    start = bug.start
    root = next((node for node in outermost(bad) if _whole(bad, node)[0] <= start < _whole(bad, node)[1]), None)
    if root is None:
        return None
    right = next(node for node in outermost(Source(path, good)) if node.lineno == root.lineno)
    wanted = ast.dump(right)
    squeezed = _squeezed(ast.unparse(right))
    begin, end = _whole(bad, root)
    suspicion = dict.fromkeys(range(1, len(bad.starts) + 1), 1.0)
    body = bug.start >= bad.span(root.body[0])[0]
    ground = Ground(0, bad, root, suspicion, LEAST, body)
    for number, edit in enumerate(itertools.islice(search([ground], clues), most)):
        grown = sum(len(new) - (b - a) for a, b, new in edit.splices)
        text = bad.splice(edit.splices)[begin : end + grown].decode()
        if _squeezed(text) == squeezed and ast.dump(ast.parse(textwrap.dedent(text)).body[0]) == wanted:
            return number
    return None


def _whole(source: Source, node: Any) -> tuple[int, int]:
    start, end = source.whole(node)
    return source.line_start(start), end


def _undocumented(tree: ast.Module) -> ast.Module:
    """Drop the docstrings: their text depends on where they stand."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            node.body = body[1:] or [ast.Pass()]  # type: ignore[attr-defined]
    return tree


def _squeezed(text: str) -> str:
    return re.sub(r"[\s()'\",\\]+", "", text)


def reached(package: Path, files: list[str], seed: int, count: int, most: int, slips: bool) -> Iterator[Reached]:
    """Plant bugs in the files as the syntax tree writes them, so that the right text is one text."""
    with tempfile.TemporaryDirectory(prefix="reach-") as place:
        clues = Clues()
        for path in files:
            tree = _undocumented(ast.parse((package / path).read_bytes()))
            names.callers(clues.keywords, tree)
            copy = Path(place) / path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(ast.unparse(tree) + "\n")
        rng = random.Random(f"{package.name}-{seed}")
        for bug in itertools.islice(bugs(Path(place), files, rng, SLIPS if slips else PLANTERS), count):
            good = (Path(place) / bug.path).read_bytes()
            yield Reached(bug, good.decode().splitlines()[bug.line - 1].strip(), rank(bug.path, good, bug, clues, most))


def main() -> None:
    """Ask for each package, and print what the first edits do not reach and how many of each kind they do."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("packages", nargs="+")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("-n", type=int, default=40, help="bugs per package")
    arguments.add_argument("--most", type=int, default=3000, help="edits that are drawn for each")
    arguments.add_argument("--slips", action="store_true", help="plant the slips of slips.py")
    arguments.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "kaizen-benchmark")
    given = arguments.parse_args()
    ranks: dict[str, list[int | None]] = {}
    for name in given.packages:
        folder = unpacked(name, given.cache)
        files = list(target_of(folder).layout().files)
        for one in reached(folder, files, given.seed, given.n, given.most, given.slips):
            ranks.setdefault(one.bug.kind, []).append(one.rank)
            if one.rank is None or one.rank > given.most // 3:
                where = f"{name}/{one.bug.path}:{one.bug.line} {one.bug.function}"
                print(json.dumps([one.bug.kind, one.rank, where, one.was, one.bug.new[:200]]), flush=True)
    every = [rank for kind in ranks.values() for rank in kind]
    for kind, found in [*sorted(ranks.items()), ("all", every)]:
        good = sorted(rank for rank in found if rank is not None)
        row = {"kind": kind, "bugs": len(found), "reached": len(good), "median": good[len(good) // 2] if good else None}
        print(json.dumps({**row, "first 100": sum(rank < 100 for rank in good)}), flush=True)


if __name__ == "__main__":
    main()
