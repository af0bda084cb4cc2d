"""The chain: any change of any column of any row, and any missing or moved row, is found at its position."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.chain import GENESIS, Row, check, seal

TEXT = st.text(max_size=5)
ROWS = st.lists(
    st.tuples(TEXT, st.integers(1, 9), TEXT, st.floats(0, 2e9), TEXT, st.integers(0, 9), st.none() | TEXT, st.binary()),
    min_size=1,
    max_size=6,
)


def chain(contents: list[tuple[object, ...]]) -> list[Row]:
    rows: list[Row] = []
    for stream, version, kind, at, actor, cause, key, body in contents:
        row = Row(len(rows) + 1, stream, version, kind, 1, at, actor, cause, key, body, b"salt", b"", b"")  # type: ignore[arg-type]
        rows.append(seal(rows[-1].link if rows else GENESIS, row))
    return rows


def head(rows: list[Row]) -> tuple[int, bytes]:
    return rows[-1].position, rows[-1].link


@given(ROWS)
def test_a_chain_as_it_was_written_is_intact(contents: list[tuple[object, ...]]) -> None:
    rows = chain(contents)

    verdict = check(rows, head(rows))

    assert verdict.intact
    assert verdict.events == len(rows)


@given(ROWS, st.data())
def test_a_changed_column_is_found_at_its_row(contents: list[tuple[object, ...]], draw: st.DataObject) -> None:
    rows = chain(contents)
    place = draw.draw(st.integers(0, len(rows) - 1))
    changed = {
        "stream": rows[place].stream + "x",
        "version": rows[place].version + 1,
        "kind": rows[place].kind + "\0",
        "revision": 2,
        "at": rows[place].at + 1,
        "actor": "x" + rows[place].actor,
        "cause": rows[place].cause + 1,
        "key": None if rows[place].key == "" else "",
        "body": (rows[place].body or b"") + b"x",
        "salt": b"other",
        "digest": bytes(32),
        "link": bytes(32),
    }
    column = draw.draw(st.sampled_from(sorted(changed)))
    broken = [*rows]
    broken[place] = rows[place]._replace(**{column: changed[column]})

    verdict = check(broken, head(rows))

    assert not verdict.intact
    assert verdict.position == place + 1


@given(ROWS, st.data())
def test_a_missing_row_is_found(contents: list[tuple[object, ...]], draw: st.DataObject) -> None:
    rows = chain(contents)
    place = draw.draw(st.integers(0, len(rows) - 1))

    verdict = check(rows[:place] + rows[place + 1 :], head(rows))

    assert (verdict.intact, verdict.position) == (False, place + 1)


def test_text_moved_from_one_column_to_the_next_is_another_row() -> None:
    one, other = (chain([(stream, 1, kind, 0.0, "a", 0, None, b"")]) for stream, kind in (("ab", "c"), ("a", "bc")))

    assert one[0].link != other[0].link
