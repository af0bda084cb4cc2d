"""Edits are splices of the text: everything around them survives, whatever the encoding and the line ends."""

from __future__ import annotations

import ast

from agents.inside.editspace import Clues, Ground, search
from agents.inside.source import ATOM, Frag, Source, binary, called, joined, negated, wrapped
from agents.techniques.repair import applied

CODE = "def f(a, b):\n    # größer, 日本\n    return a + b * 2  # ¡sí!\n"


def first(source: Source, kind: type[ast.AST]) -> ast.AST:
    """Return the first node of a kind."""
    return next(node for node in ast.walk(source.tree) if isinstance(node, kind))


def test_a_span_counts_bytes_and_a_splice_counts_characters() -> None:
    """Words beyond ASCII before an edit do not move it."""
    source = Source("f.py", CODE.encode())
    start, end = source.span(first(source, ast.BinOp))

    splices = source.characters(((start, end, b"max(a, b)"),))

    new = applied(CODE.encode(), "utf-8", splices)
    assert new == CODE.replace("a + b * 2", "max(a, b)").encode()


def test_a_file_in_another_encoding_keeps_it() -> None:
    """The offsets hold for the decoded text, and the file is written back as it was."""
    raw = b"# -*- coding: latin-1 -*-\nn\xe4me = 'caf\xe9' + 'b'\n"
    source = Source("f.py", raw)
    value = first(source, ast.BinOp)

    new = applied(raw, source.encoding, source.characters(((*source.span(value), b"1"),)))

    assert new == b"# -*- coding: latin-1 -*-\nn\xe4me = 1\n"


def test_a_file_with_windows_line_ends_and_a_mark_keeps_both() -> None:
    """Neither the byte order mark nor the line ends change."""
    raw = b"\xef\xbb\xbfdef f():\r\n    return 1\r\n"
    source = Source("f.py", raw)

    new = applied(raw, source.encoding, source.characters(((*source.span(first(source, ast.Constant)), b"2"),)))

    assert source.eol == "\r\n"
    assert new == b"\xef\xbb\xbfdef f():\r\n    return 2\r\n"


def test_a_splice_that_does_not_fit_is_refused() -> None:
    """Offsets beyond the text, overlapping ones and unknown encodings give nothing."""
    assert applied(b"abc", "utf-8", [(2, 9, "x")]) is None
    assert applied(b"abc", "utf-8", [(0, 2, "x"), (1, 3, "y")]) is None
    assert applied(b"\xff", "utf-8", []) is None
    assert applied(b"abc", "no-such-encoding", []) is None


def test_pieces_get_the_parentheses_they_need() -> None:
    """What binds loosely is wrapped where something tighter is wanted, and only there."""
    total = binary(Frag("a"), "+", Frag("b"), 9)

    assert binary(total, "*", Frag("c"), 10).text == "(a + b) * c"
    assert binary(Frag("c"), "-", total, 9).text == "c - (a + b)"
    assert called("f", total).text == "f(a + b)"
    assert negated(joined("or", Frag("a"), Frag("b"))).text == "not (a or b)"
    assert wrapped(total, ATOM) == "(a + b)"


def test_every_drawn_edit_of_a_body_compiles_or_is_left_out_by_the_compiler_alone() -> None:
    """The space is drawn best first, holds no edit twice and none that changes nothing."""
    source = Source(
        "f.py",
        b"def f(items, n=0):\n    for item in items:\n        if item > n and item:\n"
        b"            n = item\n    return n\n",
    )
    node = source.tree.body[0]
    suspicion = dict.fromkeys(range(1, 6), 0.5)

    edits = list(search([Ground(0, source, node, suspicion, 0.02, True)], Clues()))

    texts = [source.splice(edit.splices) for edit in edits]
    scores = [edit.score for edit in edits]
    broken = [text for text in texts if not compiles(text)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(edits)) == len(edits) > 300
    assert source.data not in texts
    assert len(broken) < len(texts) / 20


def compiles(text: bytes) -> bool:
    """Return whether a text is Python."""
    try:
        compile(text, "f.py", "exec")
    except SyntaxError:
        return False
    return True
