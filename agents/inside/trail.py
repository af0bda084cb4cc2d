"""Records what a stretch of work depended on: code entered, files read, folders listed, names imported."""

from __future__ import annotations

import _posixsubprocess
import _thread
import functools
import os
import sys
import sysconfig
import threading
from types import CodeType, FrameType, ModuleType
from typing import Any, Callable, Dict, Optional, Set, Tuple

STARTS = frozenset((
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn",
))  # fmt: skip
"""Another process does what this one cannot see."""
CHANGES = {
    "os.chdir": 1, "os.chmod": 1, "os.chown": 1, "os.link": 2, "os.mkdir": 1, "os.remove": 1, "os.rename": 2,
    "os.rmdir": 1, "os.symlink": 2, "os.truncate": 1, "os.utime": 1,
}  # fmt: skip
"""What depends on a file without opening it, and how many paths it is told."""
TRACERS = frozenset(("sys.settrace", "sys.setprofile", "sys.monitoring.register_callback"))
LOADER = "<frozen importlib._bootstrap_external>"
STANDARD = tuple({sysconfig.get_path("stdlib") + os.sep, sysconfig.get_path("platstdlib") + os.sep})
INSTALLED = ("/site-packages/", "/dist-packages/")
RUNNER = (os.sep + "_pytest" + os.sep, os.sep + "pluggy" + os.sep)
MONITORED = sys.version_info >= (3, 12)
FAR = 16
"""Frames of the standard library looked through to see who asked."""


class Trail:
    """What was depended on; paths are absolute until `told`."""

    def __init__(self) -> None:
        self.ran: Set[Tuple[str, int]] = set()
        """File and first line of each code object that was entered; line 0 is the module itself."""
        self.read: Set[str] = set()
        self.listed: Set[str] = set()
        self.scanned: Set[str] = set()
        self.tried: Set[str] = set()
        self.opaque = ""

    def told(self, root: str) -> Dict[str, Any]:
        """Return the part that lies in the tree, as plain values with paths relative to it."""
        ran: Dict[str, Set[int]] = {}
        inside = {name: _of_code(name, root) for name in {name for name, _ in self.ran} if not name.startswith("<")}
        for name, line in self.ran:
            for path in inside.get(name, ()):
                ran.setdefault(path, set()).add(line)
        return {
            "ran": {path: sorted(lines) for path, lines in sorted(ran.items())},
            "read": sorted({path for name in self.read for path in _inside(name, root)}),
            "listed": sorted({path for name in self.listed for path in _inside(name, root, itself=True)}),
            "scanned": sorted({path for name in self.scanned for path in _inside(name, root, itself=True)}),
            "tried": sorted(self.tried),
            "opaque": self.opaque,
        }


class Watcher:
    """Writes down for one trail at a time; it cannot be taken out of a process again, so use it in a fork."""

    def __init__(self) -> None:
        self._trail: Optional[Trail] = None
        self._deaf = False

    def start(self) -> None:
        """Hear everything from now on, in threads to come too."""
        sys.addaudithook(self._heard)
        sys.meta_path.insert(0, self)
        for name in ("stat", "lstat", "access", "readlink"):
            self._watch_function(name)
        self._watch_start(_posixsubprocess, "fork_exec")
        self._watch_start(_thread, "start_new_thread")  # `threading` has its own name for it, and is followed
        if MONITORED:
            self._monitor()
        else:
            threading.settrace(self._entered)
            sys.settrace(self._entered)

    def follow(self, trail: Optional[Trail]) -> None:
        """Write down for this trail from now on; None for none."""
        self._trail = trail
        if MONITORED and trail is not None:
            sys.monitoring.restart_events()  # type: ignore[attr-defined,unused-ignore]

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Find nothing: what asks for a module asks here first."""
        if self._trail is not None:
            self._trail.tried.add(name)

    # --- private

    def _entered(self, frame: FrameType, event: str, arg: Any) -> None:
        if self._trail is not None:
            code = frame.f_code
            self._trail.ran.add((code.co_filename, 0 if code.co_name == "<module>" else code.co_firstlineno))

    def _monitor(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined,unused-ignore]

        def entered(code: CodeType, offset: int) -> Any:
            if self._trail is None:
                return None
            self._trail.ran.add((code.co_filename, 0 if code.co_name == "<module>" else code.co_firstlineno))
            return monitoring.DISABLE

        tool = next(number for number in (4, 3, 5, 2) if monitoring.get_tool(number) is None)
        monitoring.use_tool_id(tool, "kaizen trail")
        monitoring.register_callback(tool, monitoring.events.PY_START, entered)
        monitoring.register_callback(tool, monitoring.events.PY_RESUME, entered)
        monitoring.set_events(tool, monitoring.events.PY_START | monitoring.events.PY_RESUME)

    def _watch_function(self, name: str) -> None:
        plain: Callable[..., Any] = getattr(os, name)

        @functools.wraps(plain)
        def watched(path: Any, *arguments: Any, **options: Any) -> Any:
            self._note(path, listed=False)
            return plain(path, *arguments, **options)

        setattr(os, name, watched)
        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
            if plain in able:
                able.add(watched)

    def _watch_start(self, module: ModuleType, name: str) -> None:
        """Hear of a process, or of a thread that is none of Python's own, that no event tells of."""
        plain: Callable[..., Any] = getattr(module, name)

        @functools.wraps(plain)
        def watched(*arguments: Any, **options: Any) -> Any:
            if self._trail is not None:
                self._trail.opaque = self._trail.opaque or name
            return plain(*arguments, **options)

        setattr(module, name, watched)

    def _heard(self, event: str, arguments: Tuple[Any, ...]) -> None:
        trail = self._trail
        if trail is None or self._deaf:
            return
        if event == "open" or event == "sqlite3.connect":
            self._note(arguments[0], listed=False)
        elif event == "os.listdir" or event == "os.scandir":
            self._note(arguments[0] if arguments[0] is not None else ".", listed=True, scanned=event == "os.scandir")
        elif event in CHANGES:
            for path in arguments[: CHANGES[event]]:
                self._note(path, listed=False)
        elif event in STARTS or (event in TRACERS and sys._getframe(1).f_code.co_filename != threading.__file__):
            trail.opaque = trail.opaque or event

    def _note(self, path: Any, listed: bool, scanned: bool = False) -> None:
        trail = self._trail
        if trail is None or self._deaf or (isinstance(path, int) and not listed):
            return
        self._deaf = True
        try:
            name = os.readlink("/proc/self/fd/%d" % path) if isinstance(path, int) else os.fsdecode(path)
            # From here: this method, the one that called it, and then whoever asked.
            if not _by_the_runner(sys._getframe(2)):
                (trail.listed if listed else trail.read).add(os.path.abspath(name))
                if scanned:
                    trail.scanned.add(os.path.abspath(name))
        except (OSError, TypeError, ValueError):
            trail.opaque = trail.opaque or "a file that cannot be named"
        finally:
            self._deaf = False


def _by_the_runner(frame: Optional[FrameType]) -> bool:
    """Return whether an import or the test runner asks: of what they do, modules and collection tell."""
    if frame is not None and frame.f_code.co_filename == LOADER:
        if frame.f_code.co_name == "get_data":
            above = frame.f_back
            return above is not None and above.f_code.co_filename == LOADER and above.f_code.co_name == "get_code"
        return True
    for _ in range(FAR):
        if frame is None:
            return False
        name = frame.f_code.co_filename
        if not name.startswith("<frozen") and (not name.startswith(STANDARD) or any(one in name for one in INSTALLED)):
            return any(one in name for one in RUNNER) and not name.endswith("pytester.py")
        frame = frame.f_back
    return False


@functools.lru_cache(maxsize=None)
def _of_code(name: str, root: str) -> Set[str]:
    """Remembered before the forks, so that each of them need not ask again where the code lies."""
    return _inside(name, root)


def _inside(name: str, root: str, itself: bool = False) -> Set[str]:
    """Return the path in the tree, as named and with its links resolved; empty outside the tree."""
    found = set()
    for path in (name, os.path.realpath(name)):
        if path.startswith(root + os.sep):
            found.add(path[len(root) + 1 :].replace(os.sep, "/"))
        elif itself and path == root:
            found.add("")
    return found
