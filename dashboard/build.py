"""Builds the page into the server's static folder, and only when something it is made of changed.

Run it with `python -P -m dashboard.build`. Nothing else runs npm: the server never does.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

WEB = Path(__file__).parent / "web"
STATIC = Path(__file__).parent / "server" / "static"

_LEAST_NODE = (20, 19)
_NOT_INPUTS = frozenset({"node_modules", "dist", "tests", ".vite"})
_MARK = ".built-from"
_INSTALL_SECONDS, _BUILD_SECONDS = 900, 300

Say = Callable[[str], None]


class BuildFailed(Exception):
    """The page could not be built; the message is one line and ends with what to do."""


def ensure(web: Path = WEB, static: Path = STATIC, *, say: Say | None = None, path: str | None = None) -> bool:
    """Make `static` the page built from `web`; return whether anything had to be done. Raise BuildFailed.

    The folder changes at once or not at all, and two who build at the same time build once. An installed Kaizen has
    no `web`: there the page came with the package. `path` is where node and npm are looked for, default PATH.
    """
    tell = say or _print
    if not web.is_dir():
        if (static / "index.html").is_file():
            return False
        raise BuildFailed(f"neither {web} nor a built page is there: install Kaizen again")
    with _alone(web):
        wanted = digest(web)
        if _mark(static) == wanted and (static / "index.html").is_file():
            return False
        node, npm = _tools(path)
        _install(web, npm, tell)
        _build(web, static, node, wanted, tell)
    return True


def digest(web: Path) -> str:
    """Return what the page is made of, as one hash: names and contents, without what was installed or built."""
    whole = hashlib.sha256()
    for file in sorted(_inputs(web)):
        whole.update(f"{file.relative_to(web)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def main() -> int:
    """Build, and say in one line what went wrong."""
    try:
        built = ensure()
    except BuildFailed as failed:
        sys.stderr.write(f"the page was not built: {failed}\n")
        return 1
    if not built:
        _print("page: fresh")
    return 0


def _inputs(web: Path) -> Iterator[Path]:
    for child in web.iterdir():
        if child.name in _NOT_INPUTS:
            continue
        yield from (found for found in child.rglob("*") if found.is_file()) if child.is_dir() else (child,)


def _mark(folder: Path) -> str:
    mark = folder / _MARK
    return mark.read_text(encoding="utf-8").strip() if mark.is_file() else ""


@contextmanager
def _alone(web: Path) -> Iterator[None]:
    with (web / "package.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _tools(path: str | None) -> tuple[str, str]:
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    need = ".".join(str(part) for part in _LEAST_NODE)
    if node is None or npm is None:
        missing = "node" if node is None else "npm"
        raise BuildFailed(f"{missing} is not on the PATH: install Node {need} or newer, with npm")
    said = _run([node, "--version"], Path.cwd(), 30, "node")
    version = re.match(r"v(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < _LEAST_NODE:
        raise BuildFailed(f"Node {said.strip() or 'of unknown version'} is too old: install Node {need} or newer")
    return node, npm


def _install(web: Path, npm: str, say: Say) -> None:
    modules = web / "node_modules"
    lock = hashlib.sha256((web / "package-lock.json").read_bytes() + (web / "package.json").read_bytes()).hexdigest()
    if _mark(modules) == lock:
        return
    say("page: installing what it is built with (npm ci, about half a minute)")
    _run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], web, _INSTALL_SECONDS, "npm ci")
    (modules / _MARK).write_text(lock, encoding="utf-8")


def _build(web: Path, static: Path, node: str, wanted: str, say: Say) -> None:
    say("page: building")
    fresh, old = static.with_name("static.new"), static.with_name("static.old")
    _remove(fresh, old)
    vite = web / "node_modules" / "vite" / "bin" / "vite.js"
    _run([node, str(vite), "build", "--outDir", str(fresh), "--emptyOutDir"], web, _BUILD_SECONDS, "vite build")
    if not (fresh / "index.html").is_file():
        raise BuildFailed(f"vite wrote no page into {fresh}: run `npm run build` in {web} and look")
    (fresh / _MARK).write_text(wanted, encoding="utf-8")
    if static.exists():
        static.rename(old)
    fresh.rename(static)
    _remove(old)
    say(f"page: built into {static}")


def _remove(*folders: Path) -> None:
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)


def _run(argv: Sequence[str], folder: Path, seconds: float, name: str) -> str:
    try:
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        raise BuildFailed(f"{name} did not end in {seconds:.0f} s: look at the network, then try again") from late
    except OSError as error:
        raise BuildFailed(f"{name} cannot be started: {error.strerror}; install Node again") from error
    if done.returncode != 0:
        raise BuildFailed(f"{name} failed: {_last_line(done)}; run it in {folder} to see all of it")
    return done.stdout


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    telling = [line for line in lines if "complete log of this run" not in line.lower() and not line.endswith(".log")]
    return (telling or [f"exit code {done.returncode}"])[-1][:300]


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
