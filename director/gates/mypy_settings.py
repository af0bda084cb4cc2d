"""mypy's settings as a project names them, written anew for a run that no file of the measured tree can change."""

from __future__ import annotations

import configparser
import importlib.util
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agents.workspace.layout import read_ini, read_toml

FILES = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")
OURS = frozenset({
    "python_executable", "cache_dir", "sqlite_cache", "incremental", "cache_fine_grained", "skip_version_check",
    "skip_cache_mtime_checks", "pretty", "color_output", "error_summary", "show_absolute_path", "output", "verbosity",
    "pdb", "show_traceback", "raise_exceptions", "install_types", "non_interactive", "junit_xml", "any_exprs_report",
    "cobertura_xml_report", "html_report", "linecount_report", "linecoverage_report", "lineprecision_report",
    "txt_report", "xml_report", "xslt_html_report", "xslt_txt_report", "warn_unused_configs", "dump_type_stats",
    "custom_typing_module", "custom_typeshed_dir", "warn_unused_ignores", "quickstart_file", "junit_format",
})  # fmt: skip
"""Settings that say how mypy runs and not what it finds."""


def mypy_file(show: Callable[[str], bytes | None]) -> str:
    """Return the name of the file that configures mypy, given what shows a file of a commit; empty for none."""
    for name in FILES:
        text = show(name)
        if text is None:
            continue
        section = b"[tool.mypy" if name == "pyproject.toml" else b"[mypy"
        if any(line.strip().replace(b"[[", b"[").startswith(section) for line in text.splitlines()):
            return name
    return ""


def mypy_settings(project: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """Return the file that configures mypy and its sections, the global one under `mypy`; empty for none."""
    for name in FILES:
        if name == "pyproject.toml":
            sections = _of_toml(read_toml(project / name))
        else:
            config = read_ini(project / name)
            sections = {
                section: dict(config.items(section)) for section in config.sections() if section.split("-")[0] == "mypy"
            }
        if sections:
            return name, sections
    return "", {}


def written(sections: Mapping[str, Mapping[str, str]]) -> tuple[str, tuple[str, ...]]:
    """Return the settings as a file for mypy, and the plugins that are not there and were left out."""
    config = configparser.ConfigParser(interpolation=None)
    lost: list[str] = []
    for name, values in {"mypy": {}, **sections}.items():
        kept = {key: value for key, value in values.items() if key not in OURS}
        if "plugins" in kept:
            wanted = [plugin.strip() for plugin in kept.pop("plugins").replace("\n", ",").split(",") if plugin.strip()]
            there = [plugin for plugin in wanted if _is_installed(plugin)]
            lost += [plugin for plugin in wanted if plugin not in there]
            kept |= {"plugins": ", ".join(there)} if there else {}
        config[name] = kept
    text = io.StringIO()
    config.write(text)
    return text.getvalue(), tuple(lost)


def _is_installed(plugin: str) -> bool:
    """Return whether a plugin is in Kaizen's own environment; one that lies in the tree would be the tree's code."""
    module = plugin.split(":")[0]
    if "/" in module or module.endswith(".py"):
        return False
    try:
        return importlib.util.find_spec(module.split(".")[0]) is not None
    except (ImportError, ValueError):
        return False


def _of_toml(table: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    tool = table.get("tool")
    mypy = tool.get("mypy") if isinstance(tool, dict) else None
    if not isinstance(mypy, dict):
        return {}
    sections = {"mypy": {key: _typed(value) for key, value in mypy.items() if key != "overrides"}}
    overrides = mypy.get("overrides")
    for override in overrides if isinstance(overrides, list) else []:
        if not isinstance(override, dict):
            continue
        named = override.get("module", [])
        for module in named if isinstance(named, list) else [named]:
            values = {key: _typed(value) for key, value in override.items() if key != "module"}
            sections[f"mypy-{module}"] = {**sections.get(f"mypy-{module}", {}), **values}
    return sections


def _typed(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)
