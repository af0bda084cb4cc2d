import pytest

from ferry import clock, minutes


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("06:45", 405), ("23:59", 1439)])
def test_a_time_goes_there_and_back(text, minute):
    assert minutes(text) == minute
    assert clock(minute) == text


@pytest.mark.parametrize("text", ["", "6", "6:5", "24:00", "12:60", "ab:cd"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        minutes(text)


def test_midnight_begins_the_next_day():
    assert clock(1440) == "00:00"
