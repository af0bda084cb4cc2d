"""Writes a CI workflow that runs what the project itself runs, and rehearses a release on a remote of its own."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from agents.ports import Answer, Nothing, Proposal, Workbench
from agents.workspace.git import Git
from agents.workspace.layout import read_layout, read_text, read_toml
from agents.workspace.worktree import lay_file
from ledger.events import Task

PLACE = ".github/workflows/ci.yml"
FOLDER = ".github/workflows"


class Step(NamedTuple):
    """One step of the workflow: a command, and what it is for."""

    name: str
    run: str


class Rehearsal(NamedTuple):
    """What a release on a local remote did; trees by their ids."""

    tag: str
    released: str
    rolled_back: str
    before: str

    @property
    def went_well(self) -> bool:
        """Return whether the remote had the released tree, and after the rollback the one before."""
        return self.released != self.before and self.rolled_back == self.before


class Workflow:
    """Brings the workflow file when there is none; a release is rehearsed before it is proposed."""

    name = "workflow"

    async def try_on(self, task: Task, bench: Workbench) -> Answer:
        """Propose the file, or answer no: a project that has a workflow keeps its own."""
        project, root = bench.target.project, bench.target.root
        if (root / FOLDER).is_dir() and any((root / FOLDER).glob("*.y*ml")):
            return Nothing(f"the project has workflows of its own in {FOLDER}")
        steps = tuple(steps_of(project, root))
        if not steps:
            return Nothing("no command is known that tests or checks this project: nothing would be run")
        inside = project.relative_to(root).as_posix()
        text = rendered(steps, _setup(project), "" if inside == "." else inside)
        lay_file(root, PLACE, text.encode())
        rehearsal = await asyncio.to_thread(rehearse, root, bench.scratch / "release", _version(project))
        if not rehearsal.went_well:
            return Nothing(f"a rehearsed release of {rehearsal.tag} did not come back by a rollback")
        told = "; ".join(f"{step.name}: {step.run}" for step in steps)
        notes = f"{told}; release {rehearsal.tag} and its rollback were rehearsed on a local remote"
        return Proposal("workflow", "Run the project's own checks on every push", notes=notes)


def steps_of(project: Path, root: Path) -> Iterator[Step]:
    """Yield what the project itself runs to install, check and test."""
    pyproject = read_toml(project / "pyproject.toml")
    layout = read_layout(project, root)
    requirements = sorted(path.name for path in project.glob("requirements*.txt"))
    if layout.files or layout.tests:
        for name in requirements:
            yield Step(f"Install {name}", f"python -m pip install -r {name}")
        if "build-system" in pyproject or "project" in pyproject:
            yield Step("Install the project", "python -m pip install .")
        tool = pyproject.get("tool")
        if (isinstance(tool, dict) and "ruff" in tool) or (project / "ruff.toml").is_file():
            yield Step("Lint", "python -m pip install ruff && ruff check .")
        if layout.tests and layout.runner == "pytest":
            yield Step("Test", "python -m pip install pytest && python -m pytest")
        elif layout.tests:
            yield Step("Test", "python -m unittest discover")
    scripts = _scripts(project)
    if scripts:
        lock = (project / "package-lock.json").is_file()
        yield Step("Install packages", "npm ci" if lock else "npm install")
        yield from (Step(f"npm {name}", f"npm run {name}") for name in ("lint", "test", "build") if name in scripts)
    if (project / "go.mod").is_file():
        yield Step("Test", "go vet ./... && go test ./...")
    if (project / "Cargo.toml").is_file():
        yield Step("Test", "cargo test")
    if not layout.tests and not scripts and re.search(r"^test:", read_text(project / "Makefile"), re.MULTILINE):
        yield Step("Test", "make test")


def rendered(steps: tuple[Step, ...], setup: tuple[dict[str, Any], ...], folder: str) -> str:
    """Return the workflow as YAML; JSON strings are YAML strings, so nothing of a project can break out of its line."""
    lines = ["name: ci", "on:", "  push:", "  pull_request:", "permissions:", "  contents: read", "jobs:", "  checks:"]
    lines += ["    runs-on: ubuntu-latest"]
    if folder:
        lines += ["    defaults:", "      run:", f"        working-directory: {json.dumps(folder)}"]
    lines += ["    steps:", "      - uses: actions/checkout@v4"]
    for action in setup:
        lines += [f"      - uses: {action['uses']}", "        with:"]
        lines += [f"          {key}: {json.dumps(value)}" for key, value in action["with"].items()]
    for step in steps:
        lines += [f"      - name: {json.dumps(step.name)}", f"        run: {json.dumps(step.run)}"]
    return "\n".join(lines) + "\n"


def rehearse(root: Path, folder: Path, tag: str) -> Rehearsal:
    """Release the files of `root` to a bare remote in `folder`, then roll back; nothing leaves this machine."""
    shutil.rmtree(folder, ignore_errors=True)
    local, remote = Git(folder / "local.git"), Git(folder / "remote.git")
    for git in (local, remote):
        git.git_dir.mkdir(parents=True)
        git("init", "--bare", "--quiet", str(git.git_dir))
    index = folder / "index"
    before = local("commit-tree", local("mktree"), stdin=b"Before\n")
    local("add", "--all", "--", ".", index=index, work_tree=root)
    tree = local("write-tree", index=index)
    released = local("commit-tree", tree, "-p", before, stdin=f"Release {tag}\n".encode())
    local("update-ref", "refs/heads/main", released)
    local("tag", tag, released)
    remote(
        "fetch", "--quiet", str(local.git_dir), "refs/heads/main:refs/heads/main", f"refs/tags/{tag}:refs/tags/{tag}"
    )
    there = remote("rev-parse", f"{tag}^{{tree}}")
    back = remote("commit-tree", remote("rev-parse", f"{tag}^^{{tree}}"), "-p", released, stdin=b"Roll back\n")
    remote("update-ref", "refs/heads/main", back, released)
    return Rehearsal(
        tag, there, remote("rev-parse", "refs/heads/main^{tree}"), local("rev-parse", f"{before}^{{tree}}")
    )


def _setup(project: Path) -> tuple[dict[str, Any], ...]:
    wanted = read_toml(project / "pyproject.toml").get("project")
    found = re.search(r"3\.\d+", str(wanted.get("requires-python", ""))) if isinstance(wanted, dict) else None
    python = {"uses": "actions/setup-python@v5", "with": {"python-version": found[0] if found else "3.x"}}
    node = {"uses": "actions/setup-node@v4", "with": {"node-version": "lts/*"}}
    return (python, node) if _scripts(project) else (python,)


def _scripts(project: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(project / "package.json") or "{}")
    except (ValueError, RecursionError):
        return {}
    scripts = found.get("scripts") if isinstance(found, dict) else None
    return scripts if isinstance(scripts, dict) else {}


def _version(project: Path) -> str:
    table = read_toml(project / "pyproject.toml").get("project")
    version = table.get("version") if isinstance(table, dict) else None
    tidy = re.sub(r"[^\w.-]", "", str(version or "0.0.0")).strip(".-") or "0.0.0"
    return f"v{tidy}"
