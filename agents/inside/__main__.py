"""Run one job: `python -P -B <this folder>/__main__.py <job>`, spec as JSON on stdin, answers as JSON lines on fd 3.

The folder is loaded as the package `_kaizen_inside`, so that no module of the target is shadowed by ours and
none of ours by the target's. Each job is a module with `main(spec, send)`.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from typing import Any, Callable


def load_package(folder: str) -> None:
    """Make this folder importable as `_kaizen_inside` without touching `sys.path`."""
    spec = importlib.util.spec_from_file_location(
        "_kaizen_inside", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_kaizen_inside"] = module
    spec.loader.exec_module(module)


def open_channel() -> Callable[[dict[str, Any]], None]:
    """Return a `send(message)` over fd 3, moved to a descriptor that children do not inherit."""
    own = os.dup(3)
    os.set_inheritable(own, False)
    os.close(3)
    # The channel may not be closed or flushed by the target through sys.stdout and friends.
    pid = os.getpid()

    def send(message: dict[str, Any]) -> None:
        if os.getpid() != pid:
            raise RuntimeError("only the first process sends")
        data = json.dumps(message, ensure_ascii=True, default=str).encode() + b"\n"
        while data:
            data = data[os.write(own, data) :]

    return send


def use_overlay() -> None:
    """Let the job find what the target's interpreter lacks, behind everything that it has; nothing of the tree."""
    sys.path.extend(entry for entry in os.environ.get("KAIZEN_LAST", "").split(os.pathsep) if entry)


def use_paths(folder: str) -> None:
    """Put the target's own folders first, and tell children of them and of the overlay.

    They come late and by a name of ours, so that nothing in the tree is imported before the channel stands.
    """
    # Python below 3.11 knows no -P and has put this folder first.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != folder]
    first = os.environ.pop("KAIZEN_FIRST", "")
    last = os.environ.pop("KAIZEN_LAST", "")
    sys.path[:0] = [entry for entry in first.split(os.pathsep) if entry]
    both = os.pathsep.join(part for part in (first, last) if part)
    if both:
        os.environ["PYTHONPATH"] = both


def main() -> None:
    """Read the spec, give the target an empty stdin, run the job, say `done`."""
    job = sys.argv[1]
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = json.loads(sys.stdin.buffer.read() or b"{}")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    send = open_channel()
    load_package(folder)
    use_overlay()
    module = importlib.import_module("_kaizen_inside." + job)
    use_paths(folder)
    module.main(spec, send)
    send({"kind": "done"})
    # Threads and exit hooks of the target must not keep or change a job that has reached its end.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
