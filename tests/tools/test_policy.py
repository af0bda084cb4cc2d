"""Who lets a call: the user's rules, the defaults, and what no rule lets."""

from __future__ import annotations

import pytest

from agents.ports import Resources, Rule
from agents.tools.policy import kept_out, verdict
from ledger.events import Risk


def writes(*paths: str) -> Resources:
    return Resources(writes=frozenset(f"file:{path}" for path in paths))


@pytest.mark.parametrize(
    ("risk", "said"),
    [("read", "allow"), ("write", "allow"), ("execute", "allow"), ("network", "ask"), ("deliver", "ask")],
)
def test_without_rules_what_stays_inside_is_allowed(risk: Risk, said: str) -> None:
    assert verdict((), "any", risk, Resources()).verdict == said


@pytest.mark.parametrize(
    ("rules", "paths", "said"),
    [
        ((Rule("ask", path="docs/**"), Rule("allow")), ("docs/a.md",), "ask"),
        ((Rule("allow"), Rule("ask", path="docs/**")), ("docs/a.md",), "allow"),
        ((Rule("deny", path="docs/"),), ("src/a.py",), "allow"),
        ((Rule("allow", path="docs/**"), Rule("deny", path="src/**")), ("docs/a.md", "src/a.py"), "deny"),
        ((Rule("deny", tool="git_*"),), ("a",), "deny"),
        ((Rule("deny", tool="read_*"),), ("a",), "allow"),
        ((Rule("deny", risk="deliver"),), ("a",), "allow"),
        ((Rule("deny", path="*.lock"),), ("deep/in/uv.lock",), "deny"),
    ],
)
def test_the_first_rule_that_fits_a_file_decides_it_and_the_strictest_file_the_call(
    rules: tuple[Rule, ...], paths: tuple[str, ...], said: str
) -> None:
    assert verdict(rules, "git_commit", "write", writes(*paths)).verdict == said


def test_a_call_without_files_fits_only_rules_for_all_paths() -> None:
    assert verdict((Rule("deny", path="src/**"),), "run", "execute", Resources()).verdict == "allow"
    assert verdict((Rule("deny"),), "run", "execute", Resources()).verdict == "deny"


@pytest.mark.parametrize(
    "path",
    [".git/config", "sub/.GIT/hooks/pre-commit", "kaizen.toml", ".kaizen/agents/x.toml", ".github/workflows/ci.yml",
     ".env", "deploy/.env.production", "certs/server.key", "Kaizen.TOML", ".ssh/config", ".vscode/tasks.json"],
)  # fmt: skip
def test_what_is_kept_out_is_denied_whatever_the_rules_say(path: str) -> None:
    assert verdict((Rule("allow"),), "write_file", "write", writes(path)).verdict == "deny"
    assert "only a person" in kept_out(path)


@pytest.mark.parametrize("path", ["src/a.py", ".env.example", "docs/environment.md", "tests/test_git.py", ".gitignore"])
def test_ordinary_files_are_not_kept_out(path: str) -> None:
    assert kept_out(path) == ""
