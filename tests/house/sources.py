"""The files of this repository that people write."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = (".gen.ts", "package-lock.json", "requirements.lock", "requirements-image.lock", "compose-spec.json")
CODE = (".py", ".ts", ".tsx")


def written(*endings: str) -> Iterator[Path]:
    """Yield every file that is or will be committed, but for generated ones and the example's own."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    for name in sorted(filter(None, names)):
        path = ROOT / name
        if name.endswith(endings or ("",)) and not name.endswith(GENERATED) and path.is_file():
            yield path


def shown(path: Path) -> str:
    """Return the path as it is named here."""
    return path.relative_to(ROOT).as_posix()
