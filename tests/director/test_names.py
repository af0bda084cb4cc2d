"""A project keeps the name it was given, whoever comes later."""

from __future__ import annotations

from pathlib import Path

from director.bootstrap import Known, known_projects, name_of, project_id


def opened(home: Path, top: Path, prefix: str = "") -> Known:
    """Leave in the home what opening a project leaves there of its name."""
    name, folder = name_of(home, top, prefix), home / "projects" / project_id(top, prefix)
    known = Known(folder.name, name, folder)
    folder.mkdir(parents=True, exist_ok=True)
    known.ledger.touch()
    return known


def test_a_second_project_of_the_same_name_takes_none_from_the_first(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = opened(home, tmp_path / "mine" / "shop")

    second = opened(home, tmp_path / "yours" / "shop")
    again = opened(home, tmp_path / "mine" / "shop")

    assert (first.name, again.name) == ("shop", "shop")
    assert second.name == f"shop-{second.id[:6]}"
    assert known_projects(home) == (second, first)


def test_a_name_is_made_of_what_may_stand_in_an_address(tmp_path: Path) -> None:
    names = [name_of(tmp_path, Path(place), "") for place in ("/src/my shop/été", "/src/-", f"/src/{'x' * 200}")]

    assert names == ["été", "project", "x" * 64]
    assert name_of(tmp_path, Path("/src/repository"), "packages/core") == "core"
