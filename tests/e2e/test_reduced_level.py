"""A run on a machine where only the reduced layer can be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import Done, Kaizen
from tests.support.repositories import FAST, SHOP, make, references

pytestmark = pytest.mark.slow


def started(done: Done) -> dict[str, str]:
    return done.of("RunStarted")[0]["settings"]  # type: ignore[no-any-return]


def test_it_lands_on_kaizens_own_branch_and_is_not_delivered(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "shop", {**SHOP, "kaizen.toml": FAST})
    before = references(shop)

    strict = kaizen.beside(tmp_path / "home")
    kept = strict.run(shop, KAIZEN_SANDBOX_LAYER="landlock")

    assert kept.of("PatchLanded")
    assert not kept.of("BranchDelivered")
    assert references(shop) == before
    assert started(kept)["sandbox"] == "landlock (reduced)"
    assert strict("log", "--kind", "DirectorStarted", "-p", "shop").out.count("landlock, reduced (") == 1
    assert any("sandbox.min_level" in notice["message"] for notice in kept.of("NoticeRaised"))


@pytest.mark.soak
def test_it_is_delivered_when_the_user_accepts_the_level(kaizen: Kaizen, tmp_path: Path) -> None:
    shop = make(tmp_path / "shop", {**SHOP, "kaizen.toml": FAST})
    lenient = kaizen.beside(tmp_path / "home")
    (lenient.home / "kaizen.toml").write_text('[sandbox]\nlayer = "landlock"\nmin_level = "landlock"\n')

    accepted = lenient.run(shop)

    assert accepted.of("PatchLanded") and accepted.of("BranchDelivered")
