"""PURE: files that the user's own programs run by themselves: no patch and no command may change them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

STARTED_BY_THEMSELVES = frozenset({
    ".bash_profile", ".bashrc", ".buildkite", ".circleci", ".claude", ".codex", ".cursor", ".devcontainer",
    ".dir-locals.el", ".direnv", ".drone.yml", ".emacs", ".envrc", ".exrc", ".git", ".githooks", ".github",
    ".gitlab-ci.yml", ".gitmodules", ".husky", ".idea", ".ipython", ".lefthook.yml", ".login", ".mcp.json",
    ".mise.toml", ".netrc", ".npmrc", ".nvimrc", ".overcommit.yml", ".pre-commit-config.yaml", ".profile", ".pypirc",
    ".pythonrc", ".pythonstartup", ".travis.yml", ".vimrc", ".vscode", ".yarnrc", ".yarnrc.yml", ".zed", ".zlogin",
    ".zprofile", ".zshenv", ".zshrc", "azure-pipelines.yml", "bitbucket-pipelines.yml", "lefthook.yml", "mise.toml",
})  # fmt: skip
"""Shells, editors, hooks, agents and servers that build look for these names."""
_ENDINGS = (".code-workspace", ".sublime-project")


_UNSEEN = dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))
"""Letters that some disks leave out of a name."""


def started(paths: Iterable[str]) -> Iterator[str]:
    """Yield the paths, of a tree and separated by `/`, that lie in such a place on a disk of whatever system."""
    for path in paths:
        parts = [_on_any_disk(part) for part in path.split("/")]
        if any(part in STARTED_BY_THEMSELVES or part.endswith(_ENDINGS) for part in parts):
            yield path


def _on_any_disk(name: str) -> str:
    # Some make no difference of case, some leave out what is not seen, some the dots and blanks at the end or all that
    # follows a colon, and some know a long name by a short one.
    plain = name.translate(_UNSEEN).partition(":")[0].rstrip(". ").casefold()
    return ".git" if plain == "git~1" else plain
