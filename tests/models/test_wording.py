"""What stands in an answer as words, however the server sends it."""

from __future__ import annotations

import pytest

from agents.models.wording import words_of


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("plain", "plain"),
        (None, ""),
        ([{"type": "text", "text": "in "}, "parts"], "in parts"),
        ([{"type": "thinking", "thinking": "a draft"}, {"type": "text", "text": "the answer"}], "the answer"),
        ([{"type": "reasoning", "text": "a draft"}, {"type": "output_text", "text": "the answer"}, {"type": "text"}],
         "the answer"),
    ],
)  # fmt: skip
def test_the_words_of_an_answer_are_its_texts_without_thinking(content: object, words: str) -> None:
    assert words_of(content) == words
