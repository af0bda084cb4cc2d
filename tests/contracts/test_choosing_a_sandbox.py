"""Which sandbox is chosen, and what a machine without one is told."""

from __future__ import annotations

import pytest

from agents.ports import SandboxBroken
from agents.sandbox.choose import choose
from agents.sandbox.local import LocalSandbox

NO_BUBBLEWRAP = "/nonexistent/bwrap"


def test_nothing_is_chosen_silently_when_there_is_no_sandbox() -> None:
    with pytest.raises(SandboxBroken, match="--i-accept-no-sandbox") as refused:
        choose(accept_none=False, bwrap=NO_BUBBLEWRAP)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("accept_none", "example"), [(True, False), (False, True)])
def test_only_the_users_word_or_the_bundled_example_runs_without(accept_none: bool, example: bool) -> None:
    chosen = choose(accept_none=accept_none, example=example, bwrap=NO_BUBBLEWRAP)

    assert isinstance(chosen, LocalSandbox)
    assert not chosen.level.sandboxed
