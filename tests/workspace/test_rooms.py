"""Folders of tests whose names do not say so."""

from __future__ import annotations

from pathlib import Path

from agents.workspace.layout import Layout, read_layout


def laid(root: Path, **texts: str) -> Layout:
    for path, text in texts.items():
        place = root / path.replace("__", "/").replace("_py", ".py").replace("_ini", ".ini")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return read_layout(root)


def test_a_folder_that_the_settings_name_holds_what_the_tests_share(tmp_path: Path) -> None:
    layout = laid(
        tmp_path, pytest_ini="[pytest]\ntestpaths = checks\n", shop__a_py="", checks__sampling_py="",
        checks__test_a_py="from checks.sampling import texts\n",
    )  # fmt: skip

    assert layout.rooms == ("checks",) and layout.sources == ("shop",)
    assert layout.is_of_tests("checks/sampling.py") and layout.is_of_tests("checks/data.json")
    assert not layout.is_of_tests("shop/a.py")


def test_tests_beside_the_code_make_no_folder_of_tests_of_it(tmp_path: Path) -> None:
    layout = laid(
        tmp_path, pytest_ini="[pytest]\ntestpaths = shop\n", shop__a2_py="", shop__a_py="", shop__test_a_py="",
        shop__b_py="", shop__test_b_py="", shop__test_c_py="",
    )  # fmt: skip

    assert "shop/a.py" in layout.files


def test_a_folder_that_code_imports_is_code(tmp_path: Path) -> None:
    layout = laid(
        tmp_path, shop__a_py="from core.x import y\n", core__x_py="", core__test_x_py="", core__test_z_py="",
    )  # fmt: skip

    assert layout.rooms == ()


def test_a_module_beside_the_code_that_needs_a_test_runner_is_shared_by_tests(tmp_path: Path) -> None:
    layout = laid(
        tmp_path, shop__a_py="", support_py="import unittest\n", tests__test_a_py="from support import Base\n"
    )

    assert layout.rooms == ("support.py",)


def test_modules_are_tests_where_pytest_is_told_to_look_for_others(tmp_path: Path) -> None:
    """Only those that hold what it is told to take for a test: a pattern may fit all code."""
    files = {
        "pytest.ini": "[pytest]\npython_files = check_*.py *.py\npython_functions = check_*\n",
        "wire/frame.py": "def encode():\n    return b''\n",
        "checks/check_frame.py": "from wire.frame import encode\n\n\ndef check_encode():\n    assert encode() == b''\n",
        "checks/vectors.json": "{}\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)

    layout = read_layout(tmp_path)

    assert layout.tests == ("checks/check_frame.py",)
    assert layout.sources == ("wire",)
    assert layout.is_of_tests("checks/vectors.json")
