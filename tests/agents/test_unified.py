"""A diff is applied to the byte or not at all."""

from __future__ import annotations

import pytest

from agents.techniques.unified import Unappliable, changed, parsed

OLD = b"one\ntwo\nthree\nfour\n"
DIFF = b"--- a/f.txt\n+++ b/f.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


def test_a_diff_that_fits_is_applied() -> None:
    """Lines around the change stay."""
    assert changed(parsed(DIFF), {"f.txt": OLD}) == {"f.txt": b"one\n2\nthree\nfour\n"}


def test_a_hunk_is_found_where_its_lines_moved_to() -> None:
    """Lines that came before it do not matter."""
    assert changed(parsed(DIFF), {"f.txt": b"new\nnew\n" + OLD}) == {"f.txt": b"new\nnew\none\n2\nthree\nfour\n"}


def test_a_missing_line_end_at_the_end_is_kept_missing() -> None:
    """The mark of the diff speaks of the line before it."""
    diff = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"

    assert changed(parsed(diff), {"f": b"a"}) == {"f": b"b"}


@pytest.mark.parametrize(
    "content",
    [b"one\ntwo \nthree\n", b"one\nthree\n", b"", b"one\r\ntwo\r\nthree\r\n"],
)
def test_a_diff_that_does_not_fit_to_the_byte_is_refused(content: bytes) -> None:
    """No line is guessed."""
    with pytest.raises(Unappliable):
        changed(parsed(DIFF), {"f.txt": content})


def test_a_hunk_that_fits_at_two_places_is_refused() -> None:
    """Neither is nearer."""
    content = b"x\n" * 2 + b"one\ntwo\nthree\n" + b"x\n" + b"one\ntwo\nthree\n"
    diff = DIFF.replace(b"@@ -1,3 +1,3 @@", b"@@ -5,3 +5,3 @@")

    with pytest.raises(Unappliable):
        changed(parsed(diff), {"f.txt": content})


@pytest.mark.parametrize(
    "diff",
    [
        b"",
        b"--- a/f\n+++ b/f\n@@ -1,9 +1,9 @@\n one\n",
        b"new file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n",
    ],
)
def test_anything_but_a_change_of_files_that_exist_is_refused(diff: bytes) -> None:
    """Cut off, empty or making files: not taken."""
    with pytest.raises(Unappliable):
        parsed(diff)
