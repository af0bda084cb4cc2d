"""The page is built when, and only when, something it is made of changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from dashboard.build import WEB, BuildFailed, digest, ensure


def sources(tmp_path: Path) -> Path:
    """Return a clean copy of the page's sources, with nothing installed."""
    web = tmp_path / "web"
    shutil.copytree(WEB, web, ignore=shutil.ignore_patterns("node_modules", "dist", "tests"))
    return web


def program(folder: Path, name: str, body: str) -> None:
    """Put a program on a path of its own."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_the_digest_sees_every_source_and_nothing_that_was_installed(tmp_path: Path) -> None:
    web = sources(tmp_path)
    before = digest(web)

    (web / "node_modules").mkdir()
    (web / "node_modules" / "x.js").write_text("1", encoding="utf-8")
    assert digest(web) == before

    (web / "src" / "main.tsx").write_text("changed", encoding="utf-8")
    assert digest(web) != before


def test_without_npm_one_line_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"node is not on the PATH: install Node 20\.19 or newer, with npm"):
        ensure(sources(tmp_path), tmp_path / "static", path=str(tmp_path / "nothing"))


def test_an_old_node_is_named(tmp_path: Path) -> None:
    program(tmp_path / "bin", "node", "echo v18.4.0")
    program(tmp_path / "bin", "npm", "exit 1")

    with pytest.raises(BuildFailed, match=r"Node v18\.4\.0 is too old"):
        ensure(sources(tmp_path), tmp_path / "static", path=str(tmp_path / "bin"))


def test_a_failing_npm_is_said_in_one_line_and_the_page_of_before_stays(tmp_path: Path) -> None:
    program(tmp_path / "bin", "node", "echo v22.12.0")
    program(tmp_path / "bin", "npm", "echo noise >&2; echo 'npm error network unreachable' >&2; exit 1")
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("of before", encoding="utf-8")

    with pytest.raises(BuildFailed, match=r"^npm ci failed: npm error network unreachable; run it in ") as failed:
        ensure(sources(tmp_path), static, path=str(tmp_path / "bin"))

    assert "\n" not in str(failed.value)
    assert (static / "index.html").read_text(encoding="utf-8") == "of before"


def test_an_installed_package_has_its_page_already(tmp_path: Path) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("page", encoding="utf-8")

    assert ensure(tmp_path / "no web here", static) is False


@pytest.mark.slow
def test_a_clean_copy_installs_from_its_lock_and_builds_and_is_fresh_afterwards(tmp_path: Path) -> None:
    """`npm ci`, not `npm install`: a lock that only works where it was written is found here."""
    web, static, said = sources(tmp_path), tmp_path / "static", list[str]()

    assert ensure(web, static, say=said.append) is True
    assert (static / "index.html").is_file()
    assert list((static / "assets").glob("*.js"))
    assert ensure(web, static, path=os.devnull) is False
    assert [line.split(" ")[1] for line in said] == ["installing", "building", "built"]

    (web / "src" / "ui" / "tokens.css").write_text(":root{}", encoding="utf-8")
    assert ensure(web, static, say=said.append) is True
    assert len(said) == 5
