"""Which sandbox is chosen, and what a machine without one is told."""

from __future__ import annotations

import pytest

from agents.ports import SandboxBroken
from agents.sandbox.choose import choose
from agents.sandbox.landlock import LandlockSandbox
from agents.sandbox.local import LocalSandbox

pytestmark = pytest.mark.slow

NO_BUBBLEWRAP = "/nonexistent/bwrap"


def test_nothing_is_chosen_silently_when_there_is_no_sandbox() -> None:
    with pytest.raises(SandboxBroken, match="--i-accept-no-sandbox") as refused:
        choose(accept_none=False, bwrap=NO_BUBBLEWRAP, landlock=0)

    assert "\n" not in str(refused.value)
    assert "bubblewrap" in str(refused.value) and "Landlock" in str(refused.value)


@pytest.mark.parametrize(("accept_none", "example"), [(True, False), (False, True)])
def test_only_the_users_word_or_the_bundled_example_runs_without(accept_none: bool, example: bool) -> None:
    chosen = choose(accept_none=accept_none, example=example, bwrap=NO_BUBBLEWRAP, landlock=0)

    assert isinstance(chosen, LocalSandbox)
    assert (chosen.level.sandboxed, chosen.level.rank) == (False, "none")


def test_a_version_of_landlock_that_lets_tcp_through_is_no_sandbox() -> None:
    level = LandlockSandbox(known=3).level

    assert (level.sandboxed, level.rank) == (False, "none")
    assert "version 4" in level.detail and level.remedy


def test_without_bubblewrap_landlock_is_chosen_and_says_that_it_is_less(landlock: LandlockSandbox) -> None:
    chosen = choose(accept_none=True, bwrap=NO_BUBBLEWRAP)

    assert isinstance(chosen, LandlockSandbox)
    assert (chosen.level.sandboxed, chosen.level.rank) == (True, "reduced")


@pytest.mark.parametrize("layer", ["none", "wood"])
def test_a_layer_asked_for_by_name_is_never_replaced_by_another(layer: str) -> None:
    with pytest.raises(SandboxBroken, match=";"):
        choose(accept_none=False, layer=layer)
