import pytest

from pantry.text import columns, join_words


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["salt"], "salt"),
        (["salt", "oil"], "salt and oil"),
        (["salt", "pepper", "oil"], "salt, pepper and oil"),
    ],
)
def test_words_are_joined_as_one_says_them(words, text):
    assert join_words(words) == text


def test_cells_are_aligned():
    rows = [["2", "eggs"], ["200 g", "flour"]]
    assert columns(rows) == ["2      eggs", "200 g  flour"]
