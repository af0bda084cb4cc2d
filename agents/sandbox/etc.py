"""The /etc of every sandbox: harmless files of the machine and some that tell nothing of it, made once per daemon."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

from agents.sandbox.confinement import ETC, HOME, UID
from agents.sandbox.probe import PREFIX

_OWN = {
    "passwd": f"root:x:0:0::/:/bin/false\nkaizen:x:{UID}:{UID}::{HOME}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    "group": f"root:x:0:\nkaizen:x:{UID}:\nnogroup:x:65534:\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "hosts": "127.0.0.1 localhost kaizen\n::1 localhost\n",
}


class Etc:
    """A folder to be bound at /etc: one mount instead of twenty. It goes with this object, or at the next start."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        # The kernel lets go of the lock when its owner dies: then the next probe removes what was left.
        self._lock = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        weakref.finalize(self, _remove, self.folder, self._lock)
        self.folder.chmod(0o755)
        for name in ETC:
            _copy(Path("/etc", name), self.folder / name)
        for name, text in _OWN.items():
            (self.folder / name).write_text(text)


def _copy(source: Path, to: Path) -> None:
    if source.is_symlink() or source.is_file():
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, to, follow_symlinks=_leads_into_etc(source))
    elif source.is_dir():
        shutil.copytree(source, to, symlinks=True, ignore_dangling_symlinks=True)


def _leads_into_etc(link: Path) -> bool:
    # Such a link would lead to what is not copied; others lead to the system, which is there.
    return link.resolve().is_relative_to("/etc")


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
