"""Tells which functions touch the world: files, network, processes, clock or chance; by reading and by watching."""

from __future__ import annotations

import ast
import builtins
import sys
import types
from typing import Any, Callable, Dict, Iterator, List, Optional, Set

from .expressions import dotted

MODULES = {
    "files": {"shutil", "tempfile", "glob", "fileinput", "sqlite3", "dbm", "shelve", "zipfile", "tarfile", "mmap",
              "fcntl", "linecache"},
    "network": {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "imaplib", "poplib", "requests",
                "httpx", "aiohttp", "urllib3", "socketserver", "xmlrpc", "webbrowser", "telnetlib", "nntplib"},
    "processes": {"subprocess", "multiprocessing", "threading", "_thread", "signal", "ctypes", "pty",
                  "concurrent.futures", "atexit", "resource", "select", "selectors", "faulthandler", "gc"},
    "chance": {"random", "secrets", "_random", "numpy.random"},
    "clock": {"time", "sched", "timeit", "zoneinfo", "locale"},
    "machine": {"platform", "getpass", "pwd", "grp", "readline", "curses", "tty", "termios", "sysconfig", "posix"},
}  # fmt: skip
HARMLESS = {
    "os": {"path", "fspath", "sep", "linesep", "pathsep", "altsep", "extsep", "curdir", "pardir", "PathLike", "name"},
    "os.path": {"join", "basename", "dirname", "split", "splitext", "normpath", "commonprefix", "isabs", "sep"},
    "time": {"strptime", "struct_time", "gmtime"},
    "locale": {"atof", "atoi"},
    "sys": {"maxsize", "version_info", "byteorder", "float_info", "maxunicode", "getsizeof", "intern", "exc_info",
            "getrecursionlimit"},
    "threading": {"Lock", "RLock", "local", "Condition", "Event", "Semaphore"},
    "random": {"Random"},
}  # fmt: skip
METHODS = {
    "read_text", "write_text", "read_bytes", "write_bytes", "iterdir", "rglob", "hardlink_to", "symlink_to", "urlopen",
    "getrandbits", "randint", "randrange",
}  # fmt: skip
BUILTINS = {
    "open": "files",
    "input": "the terminal",
    "exit": "processes",
    "quit": "processes",
    "breakpoint": "processes",
}
CLOCK_METHODS = {"now", "today", "utcnow"}
AUDITED = ("open", "os.", "socket.", "subprocess.", "shutil.", "tempfile.", "glob.", "time.sleep", "signal.", "ctypes.",
           "sqlite3.", "urllib.", "webbrowser.", "builtins.input", "pty.", "fcntl.", "ftplib.", "smtplib.", "http.",
           "winreg.", "syslog.", "mmap.", "resource.")  # fmt: skip


OWN_CLOCK = ("asyncio", "logging", "selectors", "threading")
"""Parts of the standard library that look at the clock without showing it to their caller."""


class SideEffect(BaseException):
    """The code under observation reached for the world."""


def effect_in(node: ast.AST, namespace: Dict[str, Any], own: Callable[[Any], Optional[ast.AST]]) -> str:
    """Return what the function touches, directly or through the project's own functions; nothing when it does not.

    `own` gives the syntax tree of a function of the project, None for anything else.
    """
    seen: Set[int] = set()
    waiting: List[Any] = [(node, namespace, "")]
    while waiting:
        tree, names, through = waiting.pop()
        for found, value in _touched(tree, names):
            if found:
                return str(found) + (" through " + through if through else "")
            if isinstance(value, types.FunctionType) and id(value) not in seen:
                seen.add(id(value))
                inner = own(value)
                if inner is not None:
                    waiting.append((inner, value.__globals__, value.__name__))
    return ""


def _touched(tree: ast.AST, names: Dict[str, Any]) -> Iterator[Any]:
    """Yield (effect, None) for what touches the world, and (nothing, object) for what else is named."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = names.get(node.id, getattr(builtins, node.id, None))
            if node.id in BUILTINS and value is getattr(builtins, node.id, None):
                yield BUILTINS[node.id], None
            yield _effect_of(value), value
        elif isinstance(node, ast.Attribute):
            yield from _touched_attribute(node, names)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for module in _imported(node):
                yield _of_module(module, ""), None


def _touched_attribute(node: ast.Attribute, names: Dict[str, Any]) -> Iterator[Any]:
    path = dotted(node)
    value: Any = names.get(path.split(".")[0]) if path else None
    for part in path.split(".")[1:]:
        value = getattr(value, part, None) if isinstance(value, (types.ModuleType, type)) else None
    yield _effect_of(value), value
    left: Any = names.get(dotted(node.value).split(".")[0]) if dotted(node.value) else None
    if isinstance(left, types.ModuleType) and dotted(node.value).count(".") == 0:
        yield _of_module(left.__name__, node.attr), None
    elif node.attr in METHODS and not isinstance(left, types.ModuleType):
        yield ("chance" if node.attr.startswith(("rand", "getrand")) else "files"), None
    if node.attr in CLOCK_METHODS and (not path or path.split(".")[-2] in ("datetime", "date", "dt")):
        yield "clock", None
    if path.startswith("os.environ") or path.startswith(("sys.std", "sys.argv", "sys.path", "sys.modules")):
        yield "machine", None


def _effect_of(value: Any) -> str:
    """Return the effect of a function or class of the standard library, judged by where it lives."""
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, type)):
        if isinstance(value, type) and issubclass(value, BaseException):
            return ""
        owner: Any = getattr(value, "__self__", None)
        if type(owner).__module__ in ("random", "_random"):
            return "chance"
        module = owner.__name__ if isinstance(owner, types.ModuleType) else getattr(value, "__module__", None) or ""
        return _of_module(module, getattr(value, "__name__", ""))
    if isinstance(value, types.MethodType) and type(value.__self__).__module__ in ("random", "secrets"):
        return "chance"
    return ""


def _of_module(module: str, member: str) -> str:
    known = {"posixpath": "os.path", "nt": "os", "posix": "os"}.get(module, module)
    if known in HARMLESS and member in HARMLESS[known] | {""}:
        return ""
    if known in ("os", "os.path") or (known == "sys" and member in ("exit", "argv", "stdin", "settrace", "setprofile")):
        return "files" if known.startswith("os") else "processes"
    if known == "uuid" and member in ("uuid1", "uuid4", "getnode"):
        return "chance"
    for effect, modules in MODULES.items():
        if known in modules or any(known.startswith(name + ".") for name in modules):
            return effect if member else ""
    return ""


def _imported(node: Any) -> List[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


class Watch:
    """Stops a call that reaches for the world; made once, on only around calls."""

    def __init__(self) -> None:
        self.on = False
        self.seen = ""
        sys.addaudithook(self._audit)

    def __enter__(self) -> "Watch":
        self.seen = ""
        self.on = True
        return self

    def __exit__(self, *ignored: Any) -> None:
        self.on = False

    def _audit(self, event: str, arguments: Any) -> None:
        if not self.on or not event.startswith(AUDITED):
            return
        if event == "open" and str(arguments[0]).endswith((".py", ".pyc")) and arguments[1] in (None, "r", "rb"):
            return  # the lines of a traceback
        if _imports():
            return
        self._stop("files" if event.startswith(("open", "os.", "shutil", "tempfile", "glob")) else event)

    def profiled(self, function: Any, caller: Any) -> None:
        """Look at a built-in function that is about to be called; the clock and chance raise no audit events."""
        if not self.on or caller.f_globals.get("__name__", "").split(".")[0] in OWN_CLOCK:
            return
        owner = getattr(function, "__self__", None)
        called = getattr(function, "__name__", "")
        today = isinstance(owner, type) and called in CLOCK_METHODS and owner.__module__ == "datetime"
        of_time = isinstance(owner, types.ModuleType) and owner.__name__ == "time"
        if today or (of_time and called not in HARMLESS["time"]):
            self._stop("clock")
        elif type(owner).__module__ in ("random", "_random") or called == "urandom":
            self._stop("chance")

    def _stop(self, what: str) -> None:
        self.seen = self.seen or what
        raise SideEffect(what)


def _imports() -> bool:
    """Return whether a module is being imported: that reads files, and changes nothing a test can see."""
    frame: Any = sys._getframe(2)
    for _ in range(40):
        if frame is None:
            return False
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
