"""`kaizen sandbox` as a user tries it: what passes through, and how each end is told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import Done, Kaizen

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    made = tmp_path / "tree"
    made.mkdir()
    return made


def run(kaizen: Kaizen, tree: Path, *words: object) -> Done:
    return kaizen("sandbox", "--worktree", tree, *words)


def last_line(done: Done) -> str:
    return done.err.splitlines()[-1]


def test_output_passes_through_and_the_level_is_one_line(kaizen: Kaizen, tree: Path) -> None:
    done = run(kaizen, tree, "--", "sh", "-c", "echo out; echo err >&2; echo x > made; exit 7")

    assert (done.status, done.out) == (7, "out\n")
    assert done.err.splitlines()[0] == "err"
    assert len(done.err.splitlines()) == 2
    assert last_line(done).startswith("kaizen: sandbox bubblewrap (full): the command exited with 7;")
    assert (tree / "made").read_text() == "x\n"


@pytest.mark.parametrize(
    ("options", "script", "status", "said"),
    [
        (("--wall", "0.5"), "sleep 30", 124, "LIMIT: its time"),
        (("--memory", "50M"), "head -c 200000000 /dev/zero | tail -c 200000000", 126, "LIMIT: it reached"),
        (
            ("--written", "1M"),
            "for i in 1 2 3 4 5 6; do head -c 900000 /dev/zero > f$i; done; sleep 30",
            126,
            "LIMIT: it reached",
        ),
        ((), "echo 'kaizen: sandbox bubblewrap (full): LIMIT' >&2; exit 124", 124, "the command exited with 124"),
        ((), "exit 126", 126, "the command exited with 126"),
        ((), "kill -TERM $$", 143, "ended by signal 15"),
        ((), "exec no-such-program", 127, "exited with 127"),
    ],
)
def test_each_end_has_its_status_and_its_own_words(
    kaizen: Kaizen, tree: Path, options: tuple[str, ...], script: str, status: int, said: str
) -> None:
    done = run(kaizen, tree, *options, "--", "sh", "-c", script)

    if "--memory" in options and "memory by control group" not in done.err:
        status, said = 1, "the command exited with 1"  # each process is refused more, and says so itself
    assert done.status == status
    assert said in last_line(done)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--layer", "none"), "--i-accept-no-sandbox"),
        (("--layer", "wood"), "known are"),
        (("--readable", "/etc"), "would show"),
    ],
)
def test_a_sandbox_that_cannot_be_built_is_125_and_says_what_to_do(
    kaizen: Kaizen, tree: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(kaizen, tree, *words, "--", "true")

    assert done.status == 125
    assert said in done.one_line


def test_without_a_sandbox_the_line_says_none(kaizen: Kaizen, tree: Path) -> None:
    done = run(kaizen, tree, "--layer", "none", "--i-accept-no-sandbox", "--", "echo", "x")

    assert (done.status, done.out) == (0, "x\n")
    assert last_line(done).startswith("kaizen: sandbox none (none):")


def test_what_your_own_programs_would_run_is_named_when_it_is_new(kaizen: Kaizen, tree: Path) -> None:
    (tree / ".envrc").write_text("true\n")

    done = run(
        kaizen,
        tree,
        "--",
        "sh",
        "-c",
        "mkdir -p .git/hooks .github made/.git bare/objects bare/refs; touch bare/HEAD; echo x >> .envrc; true",
    )

    assert done.err.splitlines()[-2].startswith(f"kaizen: new in {tree}: .git, .github, bare, made/.git; ")
    assert (tree / ".envrc").read_text() == "true\n"


def test_a_size_that_is_none_is_bad_usage(kaizen: Kaizen, tree: Path) -> None:
    done = run(kaizen, tree, "--memory", "much", "--", "true")

    assert done.status == 2


def test_the_reduced_layer_says_so_and_puts_git_metadata_back(kaizen: Kaizen, tree: Path) -> None:
    (tree / ".git").write_text("gitdir: /elsewhere\n")

    kept = run(kaizen, tree, "--layer", "landlock", "--", "sh", "-c", "echo x > made; exit 5")
    forged = run(kaizen, tree, "--layer", "landlock", "--", "sh", "-c", "echo gitdir: /mine > .git")

    assert (kept.status, last_line(kept).split(":")[1]) == (5, " sandbox landlock (reduced)")
    assert forged.status == 125
    assert "put back" in last_line(forged)
    assert (tree / ".git").read_text() == "gitdir: /elsewhere\n"
