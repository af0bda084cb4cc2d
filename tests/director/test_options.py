"""The options of one run: the user's own choice, and at most the user's where somebody else chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from director.settings import SettingsError, load, with_options


def test_who_holds_a_key_may_ask_for_less_than_the_user_allows_and_for_nothing_more(tmp_path: Path) -> None:
    (tmp_path / "kaizen.toml").write_text('model = ["small"]\ncost = 2.0\niterations = 5\ndeliver = false\n')
    settings = load({"KAIZEN_HOME": str(tmp_path)})
    within = {"cost": "1.5", "iterations": "5", "model": "small", "tokens": "1000", "goal": "tidy"}
    beyond = {
        "cost": "3", "iterations": "6", "model": "small,large", "deliver": "true", "allow_unknown_price": "true",
        "parallel": "16",
    }  # fmt: skip

    allowed = with_options(settings, within, own=False).user

    assert (allowed.cost, allowed.tokens, allowed.goal) == (1.5, 1000, "tidy")
    for name, value in beyond.items():
        assert with_options(settings, {name: value}).user != settings.user, "the user may"
        with pytest.raises(SettingsError, match=f"may not ask for more {name} than your own settings"):
            with_options(settings, {name: value}, own=False)
