"""Small git repositories, and the digest of everything a user has in one."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

SHOP = {
    "shop.py": '''"""A shop."""

import os


def total(prices):
    """Return the sum of the prices."""
    result = 0
    for price in prices:
        result -= price
    return result
''',
    "tests/test_shop.py": """from shop import total


def test_the_total_of_two_prices_is_their_sum():
    assert total([2, 3]) == 5


def test_nothing_costs_nothing():
    assert total([]) == 0
""",
}
"""One bug and one lint finding, both of a kind that is mended without a model."""

UNHURRIED = {
    "shop.py": SHOP["shop.py"].replace("result -= price", "result += price"),
    "tests/test_shop.py": SHOP["tests/test_shop.py"] + "\n\ndef test_it_takes_its_time():\n    time.sleep(3)\n",
}
UNHURRIED["tests/test_shop.py"] = "import time\n\n" + UNHURRIED["tests/test_shop.py"]
"""One lint finding, and a suite that leaves time to ask for something while it is measured."""

FAST = "[gates.coverage]\nenabled = false\n"


def git(repository: Path, *arguments: str) -> str:
    """Run git as the user of the repository; return what it printed."""
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(
        ["git", *who, *arguments], cwd=repository, env=kept | alone, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def write(repository: Path, files: Mapping[str, str]) -> None:
    """Write files, folders included."""
    for name, text in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def make(
    repository: Path, files: Mapping[str, str] | None = None, message: str = "Begin", branch: str = "main"
) -> Path:
    """Return a new repository with one commit of the files, and of those that are there."""
    repository.mkdir(parents=True, exist_ok=True)
    git(repository, "init", "--quiet", "--initial-branch", branch)
    write(repository, SHOP if files is None else files)
    commit(repository, message)
    return repository


def commit(repository: Path, message: str) -> str:
    """Commit everything and return the commit."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)
    return git(repository, "rev-parse", "HEAD")


def references(repository: Path) -> dict[str, str]:
    """Return every reference with what it points to."""
    rows = git(repository, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return dict(row.split(" ") for row in rows)


def digest(repository: Path) -> dict[str, str]:
    """Return a digest of each file that is the user's: work tree, index, references, hooks, configuration.

    Objects and branches below `kaizen/` are left out: adding those is what a run may do.
    """
    found: dict[str, str] = {}
    for folder, _, files in os.walk(repository):
        for name in files:
            path = Path(folder) / name
            shown = path.relative_to(repository).as_posix()
            if not shown.startswith((".git/objects/", ".git/refs/heads/kaizen/")):
                stat = path.lstat()
                content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
                found[shown] = f"{hashlib.sha256(content).hexdigest()} {stat.st_mode:o} {stat.st_mtime_ns}"
    return found
