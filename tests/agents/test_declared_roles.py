"""A repository can describe roles of its own, as data; what is the user's to say it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.registry import card_of, lacking
from agents.roles.declared import declared_in, files_of, read_declared
from agents.workspace.git import Git
from tests.local_target import write_tree
from tests.support.repositories import make

ROLE = 'name = "poet"\ncharge = "Writes verse."\nprompt = "Write."\ntools = ["read_*", "edit_file"]\n'


def declared(text: str) -> tuple[list[str], str]:
    offered = ("read_file", "edit_file", "git_push", "fetch")
    found = read_declared({".kaizen/agents/poet.toml": text.encode()}, ["coder", "fixer"], offered)
    return [role.name for role in found.roles], " ".join(found.refused)


def test_a_role_as_data_is_taken_in_with_its_tools() -> None:
    found = read_declared({".kaizen/agents/poet.toml": ROLE.encode(), "x.toml": b"?"}, [], ("read_file", "edit_file"))

    assert found.roles[0].tools == ("read_file", "edit_file") and not found.refused
    assert not card_of(found.roles[0], lacking(model=False)).available


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('model = "evil/model"\n', "model is only yours to set"),
        ("network = true\n", "network is only yours to set"),
        ('approvals = "allow"\n', "approvals is only yours to set"),
        ("speed = 1\n", "unknown key speed"),
        ('acceptance = "trust me"\n', "acceptance"),
        ("[x", "it is no TOML"),
    ],
)
def test_a_repository_cannot_say_what_is_the_users_to_say(more: str, why: str) -> None:
    names, refused = declared(ROLE + more)

    assert not names and why in refused


def test_a_role_as_data_takes_no_other_ones_name_and_no_tool_that_leaves_the_sandbox() -> None:
    assert "there is a role fixer already" in declared(ROLE.replace("poet", "fixer"))[1]
    assert "leaves the sandbox" in declared(ROLE.replace("edit_file", "git_push"))[1]
    assert "there is no tool hack" in declared(ROLE.replace("edit_file", "hack"))[1]


@pytest.mark.slow
def test_roles_as_data_are_read_from_a_commit_and_not_from_the_work_tree(tmp_path: Path) -> None:
    repository = make(tmp_path, {"a/.kaizen/agents/poet.toml": ROLE, "a/.kaizen/agents/notes.md": "x"})
    write_tree(repository, {"a/.kaizen/agents/late.toml": ROLE.replace("poet", "late")})
    git = Git(repository / ".git")

    assert list(files_of(git, "HEAD", "a")) == [".kaizen/agents/poet.toml"]
    assert files_of(git, "HEAD", "") == {} == files_of(git, "refs/none", "a")


@pytest.mark.slow
def test_a_role_as_data_that_is_too_large_is_refused_without_its_bytes(tmp_path: Path) -> None:
    vast = {".kaizen/agents/vast.toml": ROLE + "#" * 200_000, ".kaizen/agents/code.py": "x = 1\n" * 50_000}
    git = Git(make(tmp_path, vast) / ".git")

    refused = declared_in(git, "HEAD", "", ()).refused

    assert all(len(content) < 40_000 for content in files_of(git, "HEAD", "").values())
    assert "never runs as an agent" in refused[1] and "it is larger than 32 KiB" in refused[0]


def test_code_in_a_repository_is_no_role_and_that_is_told() -> None:
    found = read_declared({".kaizen/agents/evil.py": b"import os; os.abort()"}, [], ("read_file",))

    assert found.roles == ()
    assert found.refused == (
        ".kaizen/agents/evil.py: a repository's own code never runs as an agent: describe a role in TOML",
    )
