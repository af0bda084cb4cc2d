"""What a model costs that nobody knows the price of is the user's to say, and the user's alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from director.lines import Lines
from director.settings import SettingsError, load, read_repository
from ledger.blobs import MemoryBlobs
from ledger.masking import Masker
from ledger.memory import MemoryStore

PRICES = '[prices."openai/our-own"]\ninput = 0.5\noutput = 2\n'


def lines(home: Path) -> Lines:
    settings = load({"KAIZEN_HOME": str(home), "KAIZEN_API_BASE": "http://127.0.0.1:1/v1"})
    return Lines(settings, Masker({}), MemoryStore(clock=lambda: 0.0), MemoryBlobs())


@pytest.mark.slow
def test_a_price_the_user_states_is_known(tmp_path: Path) -> None:
    before = lines(tmp_path).why_not(("openai/our-own",), unknown_price=False)
    (tmp_path / "kaizen.toml").write_text(PRICES)

    after = lines(tmp_path).why_not(("openai/our-own",), unknown_price=False)

    assert "the price of openai/our-own is unknown" in before
    assert after == ""


def test_a_price_is_for_both_ways_and_never_below_nothing(tmp_path: Path) -> None:
    for wrong in ("input = 1\n", "input = 1\noutput = -1\n"):
        (tmp_path / "kaizen.toml").write_text(f'[prices."x/y"]\n{wrong}')

        with pytest.raises(SettingsError, match="output"):
            load({"KAIZEN_HOME": str(tmp_path)})


def test_a_repository_states_no_price() -> None:
    assert read_repository(PRICES.encode(), "kaizen.toml").ignored == ("prices",)


def test_whether_an_unknown_price_is_accepted_is_part_of_what_a_run_may_spend(tmp_path: Path) -> None:
    home = {"KAIZEN_HOME": str(tmp_path)}

    assert load({**home, "KAIZEN_ALLOW_UNKNOWN_PRICE": "true"}).budget.unknown_price
    assert not load(home).budget.unknown_price
