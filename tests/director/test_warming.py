"""A run that will think loads what it needs for that while it does other things, and asks nobody by it."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from agents.ports import SandboxBroken
from director.cli.here import RunHere
from director.cli.report import JsonLines
from director.lines import warm
from director.settings import Settings, load


class Library(ModuleType):
    """Stands in for the library of providers, which takes seconds to load; it notes what is looked at."""

    def __init__(self) -> None:
        super().__init__("litellm")
        self.__dict__["seen"] = []

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        self.seen.append(name)
        return object()


def settings(home: Path, **stated: str) -> Settings:
    return load({"KAIZEN_HOME": str(home), **{f"KAIZEN_{name.upper()}": value for name, value in stated.items()}})


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    of_ollama = ModuleType("litellm.llms.ollama.common_utils")
    of_ollama.OllamaModelInfo = type("OllamaModelInfo", (), {})  # type: ignore[attr-defined]
    for module in (library, of_ollama, ModuleType("openai"), ModuleType("openai.resources")):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "")
    monkeypatch.setenv("LITELLM_MODE", "")
    return library


def test_what_the_first_call_needs_is_loaded_and_the_network_is_not_asked(tmp_path: Path, library: Library) -> None:
    warm(settings(tmp_path, model="openai/any"))

    assert library.seen == ["encoding"]
    assert (os.environ["LITELLM_LOCAL_MODEL_COST_MAP"], os.environ["LITELLM_MODE"]) == ("True", "PRODUCTION")


@pytest.mark.parametrize("stated", [{}, {"model": "openai/any", "replay": "record.jsonl"}])
def test_a_run_that_asks_no_provider_loads_nothing(tmp_path: Path, library: Library, stated: dict[str, str]) -> None:
    warm(settings(tmp_path, **stated))

    assert library.seen == [] and os.environ["LITELLM_MODE"] == ""


async def test_a_run_loads_it_by_itself_and_a_library_that_fails_hides_nothing_of_how_it_ended(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings(tmp_path, model="openai/any", sandbox_layer="none")
    for present in (library, None):
        monkeypatch.setitem(sys.modules, "litellm", present)

        with pytest.raises(SandboxBroken, match="accept-no-sandbox"):
            await RunHere(given, tmp_path, JsonLines(io.StringIO()), print).whole()

    assert library.seen == ["encoding"]
    with pytest.raises(ImportError):
        warm(given)
