"""Builds the page into the wheel, and refuses a wheel without it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it packs a wheel; an editable install needs no page yet."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page, or fail: a wheel without it would serve nothing."""
        if version == "editable":
            return
        file = Path(self.root) / "dashboard" / "build.py"
        spec = importlib.util.spec_from_file_location("page_build", file)
        if spec is None or spec.loader is None:
            raise RuntimeError(f"{file} is not there: a wheel without the page is refused")
        build = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(build)
        try:
            build.ensure()
        except build.BuildFailed as failed:
            raise RuntimeError(f"a wheel without the page is refused: {failed}") from failed
