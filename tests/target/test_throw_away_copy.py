"""The throw-away copy that tests run in is gone afterwards, whatever they left there."""

from __future__ import annotations

import os
from pathlib import Path

from agents.sandbox.local import LocalSandbox
from agents.tools.target import SandboxedTarget
from agents.workspace.environment import Environment


def test_folders_deeper_than_any_path_and_closed_ones_are_removed(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    environment = Environment(Path("/usr/bin/python3"), "3.11", "base")
    target = SandboxedTarget(LocalSandbox(), environment, tmp_path / "tree", scratch=tmp_path)

    with target._copy() as copy:
        here = os.open(copy, os.O_RDONLY)
        for _ in range(1500):
            os.mkdir("deeper", dir_fd=here)
            below = os.open("deeper", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)
        (copy / "closed/inner").mkdir(parents=True)
        (copy / "closed").chmod(0)

    assert [path.name for path in tmp_path.iterdir()] == ["tree"]
