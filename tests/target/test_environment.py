"""The environment of a project: what it declares, what is made of it, and what is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agents.workspace.declared import declared_by
from agents.workspace.environment import installed_in, interpreter_parts, own_directory, prepare
from agents.workspace.once import made_once
from agents.workspace.poetry import ranged

UV = Path(sys.executable).parent / "uv"
NO_INDEX = {"UV_INDEX_URL": "http://127.0.0.1:9/simple"}


def write(folder: Path, **texts: str) -> Path:
    """Write files by their name, `_DOT_` standing for a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name.replace("_DOT_", ".")).write_text(text)
    return folder


def test_dependencies_are_read_from_pyproject(tmp_path: Path) -> None:
    """The project's own, those of its test extras and groups; what names a place must be built and is not taken."""
    write(
        tmp_path,
        pyproject_DOT_toml="""
[project]
name = "Own-Name"
version = "1.2"
requires-python = ">=3.9"
dependencies = ["six>=1", "thing @ git+https://example.org/thing"]
[project.optional-dependencies]
test = ["mock", "own_name[more]"]
more = ["attrs"]
docs = ["sphinx"]
[project.entry-points.pytest11]
own = "own.plugin"
[dependency-groups]
dev = [{include-group = "base"}, "tomli; python_version < '3.11'"]
base = ["pluggy"]
[tool.setuptools_scm]
write_to = "own/_version.py"
""",
    )

    declared = declared_by(tmp_path)

    assert declared.requirements == ("attrs", "mock", "pluggy", "six>=1", 'tomli; python_version < "3.11"')
    assert declared.unusable == ("thing",)
    assert (declared.name, declared.version, declared.requires_python) == ("Own-Name", "1.2", ">=3.9")
    assert declared.entry_points == {"pytest11": {"own": "own.plugin"}}
    assert declared.generated == ("own/_version.py",)


def test_dependencies_are_read_from_setup_files_without_running_them(tmp_path: Path) -> None:
    """Literals only; a file that would do harm does none."""
    write(
        tmp_path,
        setup_DOT_py="import os\nos._exit(1)\nNEEDS = ['six']\nfrom setuptools import setup\n"
        "setup(name='x', install_requires=NEEDS + ['attrs'], extras_require={'tests': ['mock']}, version=f())",
        setup_DOT_cfg="[options]\ninstall_requires =\n    idna>=2\n    # a comment\n",
        requirements_DOT_txt="-r other.txt\n-e .\n--index-url http://example.org\ncertifi==2024.2.2 --hash=sha256:00\n",
        other_DOT_txt="../etc/passwd\nurllib3 # why\n",
    )
    (tmp_path / "requirements-docs.txt").write_text("sphinx\n")

    declared = declared_by(tmp_path)

    assert declared.requirements == ("attrs", "certifi==2024.2.2", "idna>=2", "mock", "six", "urllib3")


def test_a_requirement_on_the_project_itself_stands_for_the_extras_it_names(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "fetch"\n[project.optional-dependencies]\nsocks = ["PySocks"]\nfast = ["uvloop"]\n'
        'docs = ["sphinx"]\n[dependency-groups]\ntest = ["fetch[fast]", "mock"]\n'
    )
    (tmp_path / "requirements-dev.txt").write_text("-e .[socks]\n")

    assert declared_by(tmp_path).requirements == ("PySocks", "mock", "uvloop")


def test_requirements_of_a_source_release_are_read_when_nothing_else_names_any(tmp_path: Path) -> None:
    """PKG-INFO is what the build wrote."""
    write(
        tmp_path,
        PKG_DOT_INFO="",
        pyproject_DOT_toml="[project]\nname='x'\ndynamic=['version','dependencies']\n",
    )
    (tmp_path / "PKG-INFO").write_text(
        "Metadata-Version: 2.1\nName: x\nVersion: 3.4\nRequires-Dist: six>=1\n"
        'Requires-Dist: mock; extra == "test"\nRequires-Dist: sphinx; extra == "docs"\n\n'
    )

    declared = declared_by(tmp_path)

    assert (declared.requirements, declared.version) == (("mock", "six>=1"), "3.4")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2", ">=0.2,<0.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("*", ""),
        ("1.0", "==1.0"),
        (">=1,<3", ">=1,<3"),
    ],
)
def test_poetry_ranges_are_read(text: str, wanted: str) -> None:
    """As ordinary ranges."""
    assert ranged(text) == wanted


@pytest.mark.slow
def test_an_environment_of_the_repository_is_used_and_not_written(tmp_path: Path) -> None:
    """Its configuration is read, its interpreter named, nothing in it changes; what it lacks is said."""
    project = write(tmp_path / "p", pyproject_DOT_toml="[project]\nname='own'\nversion='1'\ndependencies=['six']\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(project / ".venv")], check=True)
    before = sorted((path, path.lstat().st_mtime_ns) for path in (project / ".venv").rglob("*"))

    made = prepare(project, tmp_path / "home", UV, variables=NO_INDEX)

    assert (made.source, made.python) == ("existing", project / ".venv" / "bin" / "python")
    assert made.missing == ("six",) and any("six" in note for note in made.notes)
    assert sorted((path, path.lstat().st_mtime_ns) for path in (project / ".venv").rglob("*")) == before
    assert Path(sys.base_prefix) in (*made.readable, Path("/usr")), "what the machine itself has is there anyway"


@pytest.mark.slow
def test_without_a_network_the_run_goes_on_with_what_is_there(tmp_path: Path) -> None:
    """What is missing is named, pytest and coverage come from beside Kaizen, and it is tried again the next time."""
    project = write(tmp_path / "p", pyproject_DOT_toml="[project]\nname='own'\nversion='1'\ndependencies=['six']\n")
    began = time.monotonic()

    made = prepare(project, tmp_path / "home", UV, variables=NO_INDEX)

    assert time.monotonic() - began < 60
    assert made.source == "made" and made.missing == ("six",)
    assert any("cannot be reached" in note for note in made.notes)
    assert made.overlay is not None and {"pytest", "coverage"} <= set(installed_in(made.overlay))
    assert not str(made.python).startswith(sys.prefix)
    again = prepare(project, tmp_path / "home", UV, variables=NO_INDEX)
    assert (again.python, again.overlay) == (made.python, made.overlay)


@pytest.mark.slow
def test_the_project_is_found_by_its_metadata_though_it_is_not_installed(tmp_path: Path) -> None:
    """Its version and its entry points."""
    project = write(
        tmp_path / "p",
        pyproject_DOT_toml="[project]\nname='my-own'\nversion='1.5'\n[project.entry-points.group]\na = 'b:c'\n",
    )

    made = prepare(project, tmp_path / "home", UV, variables=NO_INDEX)

    code = "from importlib.metadata import *; print(version('my-own'), entry_points(group='group')['a'].value)"
    env = {"PYTHONPATH": str(made.paths[0])}
    said = subprocess.run([made.python, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
    assert said == "1.5 b:c\n"


def test_a_folder_is_made_once_however_many_ask(tmp_path: Path) -> None:
    """The second waits; what a killed maker left is swept away; nobody sees half of it."""
    place = tmp_path / "place"
    (tmp_path / ".place.building").mkdir()
    (tmp_path / ".place.building" / "half").touch()
    made: list[str] = []

    def make(building: Path) -> Path:
        assert not place.exists() and not list(building.iterdir())
        made.append("once")
        time.sleep(0.2)
        (building / "whole").touch()
        return Path(place.name)

    threads = [threading.Thread(target=made_once, args=(place, make)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert made == ["once"] and [path.name for path in place.iterdir()] == ["whole"]


def test_a_user_of_a_number_alone_has_interpreters_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)

    assert own_directory().is_absolute()
    assert interpreter_parts(Path(sys.base_prefix) / "bin" / "python3", "3.11") != []
