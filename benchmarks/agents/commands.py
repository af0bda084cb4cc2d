"""The three command lines, as their documentation has them, each with a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.agents.cases import BEFORE, LONG, noted
from benchmarks.agents.contents import TASK, TYPED

ROOT = Path(__file__).resolve().parents[2]
MODEL = "openai/scripted"
PACKAGES = {"mini-swe-agent": ("mini-swe-agent", "mcp"), "aider": ("aider-chat",)}
"""What is installed; mini-swe-agent does not ask for `mcp`, which the newest litellm needs for calls with tools."""
ATTEMPT_SECONDS = "3"
"""Kaizen searches without a model first; here for no longer than this."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line with its environment and what is typed into it."""

    line: list[str]
    env: dict[str, str]
    typed: str = ""


def installed(place: Path, name: str) -> tuple[Path, str]:
    """Install a tool into an environment of its own unless it is there; return its folder and version."""
    home = place / name
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(home)], check=True)
        subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *PACKAGES[name]], check=True)
    asked = f"import importlib.metadata as m; print(m.version({PACKAGES[name][0]!r}))"
    done = subprocess.run([str(python), "-c", asked], check=True, capture_output=True, text=True)
    return home, done.stdout.strip()


def command(tool: str, case: str, place: Path, repository: Path, address: str, installs: Path) -> Command:
    """Return how a tool is started on a repository."""
    env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ} | {
        "HOME": str(place), "OPENAI_API_KEY": "none", "OPENAI_API_BASE": address, "TERM": "dumb",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    if tool == "kaizen":
        return _kaizen(env, place, repository, address)
    if tool == "mini-swe-agent":
        return _mini(env, place, installs / tool)
    return _aider(env, case, place, installs / tool)


def _kaizen(env: dict[str, str], place: Path, repository: Path, address: str) -> Command:
    line = [sys.executable, "-P", "-m", "director", "run", str(repository), "--json", "--no-page", "--model", MODEL]
    own = {
        "PYTHONPATH": str(ROOT), "KAIZEN_HOME": str(place / "kaizen"), "KAIZEN_API_BASE": address,
        "KAIZEN_ALLOW_UNKNOWN_PRICE": "true", "KAIZEN_ATTEMPT_SECONDS": ATTEMPT_SECONDS, "KAIZEN_OFFLINE": "true",
    }  # fmt: skip
    return Command(line, env | own)


def _mini(env: dict[str, str], place: Path, home: Path) -> Command:
    line = [str(home / "bin" / "mini"), "-m", MODEL, "-t", TASK, "-y", "--exit-immediately"]
    own = {
        "MSWEA_CONFIGURED": "true", "MSWEA_COST_TRACKING": "ignore_errors", "MSWEA_SILENT_STARTUP": "1",
        "MSWEA_GLOBAL_CONFIG_DIR": str(place / "mini"),
    }  # fmt: skip
    return Command([*line, "-o", str(place / "trajectory.json")], env | own)


def _aider(env: dict[str, str], case: str, place: Path, home: Path) -> Command:
    known = {MODEL: {"max_input_tokens": 128_000, "max_output_tokens": 8192, "input_cost_per_token": 0.0,
                     "output_cost_per_token": 0.0, "litellm_provider": "openai", "mode": "chat"}}  # fmt: skip
    (place / "models.json").write_text(json.dumps(known))
    line = [
        str(home / "bin" / "aider"), "--model", MODEL, "--edit-format", "diff", "--yes-always", "--no-fancy-input",
        "--no-pretty", "--no-check-update", "--no-show-release-notes", "--analytics-disable", "--no-detect-urls",
        "--no-show-model-warnings", "--model-metadata-file", str(place / "models.json"), "--no-suggest-shell-commands",
        "--auto-test", "--test-cmd", f"{sys.executable} -m pytest -q", "--disable-playwright",
    ]  # fmt: skip
    if case in ("long", "killed"):
        steps = [f"{TYPED} {noted(step)}".replace("\n", " ") for step in range(LONG if case == "long" else BEFORE)]
        return Command([*line, "words.py", "tests/test_words.py"], env, "\n".join([*steps, TASK, ""]))
    return Command([*line, "--message", TASK, "words.py", "tests/test_words.py"], env)
