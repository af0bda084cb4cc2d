"""Where a new test file belongs, and under which name the project's tests import a module."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from agents.workspace.layout import Layout, parse, read_text


def module_name(path: str, layout: Layout, imported: Counter[str]) -> str:
    """Return the module name of a source file, the one the project's tests use where several would do."""
    names = []
    for base in layout.paths:
        inside = PurePosixPath(path)
        if base == "." or inside.is_relative_to(base):
            parts = list((inside if base == "." else inside.relative_to(base)).with_suffix("").parts)
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts))
    best = max(names, key=lambda name: imported[name.split(".")[0]])
    return best if imported[best.split(".")[0]] else names[0]


def imported_by_tests(project: Path, tests: Sequence[str]) -> Counter[str]:
    """Count in how many test files each top-level name is imported."""
    found: Counter[str] = Counter()
    for path in tests:
        found.update({module.split(".")[0] for module in _imports(project / path)})
    return found


def _imports(path: Path) -> set[str]:
    tree = parse(read_text(path))
    names: set[str] = set()
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def test_path(module: str, project: Path, tests: Sequence[str]) -> str:
    """Return a path for the tests of a module that no file has, in the folder where its like are.

    The file name is new in the whole project: pytest refuses two test modules of one name without packages.
    """
    folder = _folder(module, project, tests)
    taken = {PurePosixPath(path).name for path in tests}
    words = module.split(".")
    for length in range(1, len(words) + 1):
        name = f"test_{'_'.join(word.strip('_') or 'init' for word in words[-length:])}_characterisation"
        if _is_free(name, folder, project, taken):
            return str(folder / f"{name}.py")
    number = 2
    while not _is_free(f"{name}_{number}", folder, project, taken):
        number += 1
    return str(folder / f"{name}_{number}.py")


def _is_free(name: str, folder: PurePosixPath, project: Path, taken: set[str]) -> bool:
    return f"{name}.py" not in taken and not (project / folder / f"{name}.py").exists()


def _folder(module: str, project: Path, tests: Sequence[str]) -> PurePosixPath:
    """Return the folder of the module's own tests, else of those that import it, else where most tests are."""
    last = module.split(".")[-1].strip("_")
    own = [path for path in tests if PurePosixPath(path).stem in (f"test_{last}", f"{last}_test")]
    using = [path for path in tests if module in _imports(project / path)] if not own else []
    folders = Counter(PurePosixPath(path).parent for path in own or using or tests)
    if not folders:
        return PurePosixPath("tests")
    return min(folders, key=lambda folder: (-folders[folder], len(folder.parts), str(folder)))
