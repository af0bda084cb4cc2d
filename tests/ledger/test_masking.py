"""No secret is kept, in whatever form it comes, and nothing else is lost."""

from __future__ import annotations

import base64
import codecs
import hashlib
import html
import json
import re
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.blobs import FileBlobs
from ledger.errors import Missing
from ledger.events import NoticeRaised, RequestId, TaskRequested
from ledger.masking import Masker, is_masked
from ledger.sql import SqliteStore

SECRET = 'p4ss/w+rd "ä" =very?secret&1'
MASKER = Masker({"API_KEY": SECRET, "SHORT": "abc"})
RAW = SECRET.encode()
FORMS = {
    "plain": RAW,
    "reversed": SECRET[::-1].encode(),
    "hex": RAW.hex().encode(),
    "HEX": RAW.hex().upper().encode(),
    "url": quote(SECRET, safe="").encode(),
    "form": quote_plus(SECRET).encode(),
    "json": json.dumps(SECRET).encode(),
    "json as text": json.dumps(SECRET, ensure_ascii=False).encode(),
    "python": repr(SECRET).encode(),
    **{f"base64 at {n}": base64.b64encode(b"xyz"[:n] + RAW + b"tail") for n in range(3)},
    **{f"url base64 at {n}": base64.urlsafe_b64encode(b"xyz"[:n] + RAW) for n in range(3)},
    "base64 reversed": base64.b64encode(RAW[::-1]),
    "base64 over lines": base64.encodebytes(b"user:" + RAW * 3),
    "base64 of base64": base64.b64encode(b"x" + base64.b64encode(RAW)),
    "base32": base64.b32encode(RAW),
    "UTF-16": SECRET.encode("utf-16-le"),
    "rot13": codecs.encode(SECRET, "rot13").encode(),
    "HTML": html.escape(SECRET).encode(),
    "URL twice": quote(quote(SECRET, safe=""), safe="").encode(),
    "JSON in JSON": json.dumps(json.dumps({"key": SECRET})).encode(),
    "lines of a diff in JSON": json.dumps("\n".join(f"+{SECRET[at : at + 7]}" for at in range(0, 28, 7))).encode(),
    "lines": "\r\n".join(SECRET).encode(),
    "letters apart": " ".join(SECRET).encode(),
    "coloured": RAW[:9] + b"\x1b[0;31m" + RAW[9:] + b"\x1b[m",
    "coloured in JSON": json.dumps(f"{SECRET[:9]}\x1b[0m{SECRET[9:]}").encode(),
    "hex dump": RAW.hex(":", 2).encode(),
    "escaped bytes": "".join(f"\\x{byte:02x}" for byte in RAW).encode(),
    "list of numbers": str(list(RAW)).encode(),
    "capitals": SECRET.upper().encode(),
}


def test_a_secret_is_found_in_every_form() -> None:
    masked = {form: MASKER.content(b"before " + text + b" after") for form, text in FORMS.items()}

    hidden = re.compile(rb"before .*\[secret API_KEY\].* after", re.DOTALL)
    assert [form for form, text in masked.items() if not hidden.fullmatch(text)] == []


def test_half_of_a_long_secret_is_one_too_and_so_is_each_line_of_a_key() -> None:
    key = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(f"MIIEv{n}q9Zr4Kx7Wm2Vt8Yp5Lc3Nb6H{n}" for n in range(4))
    file = json.dumps({"type": "service_account", "private_key": key})
    masker = Masker({"LONG": "Zx9q" * 12, "KEY": key, "FILE": file})

    told = masker.text(f"wrong key {'Zx9q' * 6}... and line 3 is MIIEv3q9Zr4Kx7Wm2Vt8Yp5Lc3Nb6H3 of a service_account")

    assert "Zx9q" not in told and "MIIEv3" not in told
    assert told.endswith(" of a service_account") and told.startswith("wrong key [secret LONG]")


def test_what_is_no_secret_stays_byte_for_byte() -> None:
    text = b"abc \x00\xff token = len(tokens) secret: none password=${PASSWORD} "
    text += b"def test_token_is_kept_12345678901234567890"

    assert MASKER.content(text) == text


DRAWN = "q9Zr4Kx7Wm2Vt8Yp5Lc3Nb6HsD1gJfTe0Ua"
HEX = "3f9a1c7e5b2d8046f1e3a5c7d9b0214e"
LIKELY = (
    f"ghp_{DRAWN}xy",
    f"github_pat_11ABCDEFG0_{DRAWN}",
    f"glpat-{DRAWN[:20]}",
    f"sk-ant-api03-{DRAWN}",
    f"sk-proj-{DRAWN}",
    f"gsk_{DRAWN}{DRAWN[:17]}",
    f"xai-{DRAWN}",
    f"pplx-{DRAWN}",
    f"nvapi-{DRAWN}-_a",
    f"r8_{DRAWN}x",
    f"hf_{DRAWN}",
    f"AIza{DRAWN}",
    f"ya29.a0Af_{DRAWN}",
    f"GOCSPX-{DRAWN[:28]}",
    "AKIAIOSFODNN7EXAMPLE",
    f"xoxb-1234567890-{DRAWN}",
    f"xapp-1-A012-{HEX}",
    f"https://hooks.slack.com/services/T012ABCDE/B012ABCDE/{DRAWN[:24]}",
    f"https://discord.com/api/webhooks/123456789012345678/{DRAWN}{DRAWN}",
    f"MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDe.{DRAWN}",
    f"1234567890:AA{DRAWN[:33]}",
    f"sk_live_{DRAWN}",
    f"whsec_{DRAWN}",
    f"SG.{DRAWN[:22]}.{DRAWN}{DRAWN[:8]}",
    f"SK{HEX}",
    f"key-{HEX}",
    f"{HEX}-us12",
    f"shpat_{HEX}",
    f"npm_{DRAWN}x",
    f"dckr_pat_{DRAWN[:27]}",
    f"dop_v1_{HEX}{HEX}",
    f"dapi{HEX}",
    f"hvs.CAESI{DRAWN}",
    f"AGE-SECRET-KEY-1{'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L' * 2}"[:74],
    f"newcorp_live_{DRAWN}",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7\n" * 9 + "-----END RSA PRIVATE KEY-----",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" + "lQOYBGMIIEpAIBAAKC\n" * 9 + "-----END PGP PRIVATE KEY BLOCK-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\n" + "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n" * 3,
    f"api_key = '{DRAWN}'",
    f'"client_secret": "{DRAWN}"',
    f"Authorization: Bearer {DRAWN}",
    f"AccountKey={DRAWN}==;EndpointSuffix",
    "postgres://me:hunter22x@db.example/app",
)
PLAIN = (
    "def test_token_is_kept_12345678901234567890",
    "sha512-q9Zr4Kx7Wm2Vt8Yp5Lc3Nb6HsD1gJfTe0Uaq9Zr4Kx7Wm2Vt8Yp5Lc3Nb6H",
    f"sha256:{HEX}{HEX} blob-{HEX}{HEX} run-{HEX}",
    "sk-learn-compatible-estimators",
    "http://user:password@host/ and postgres://$USER:${PASSWORD}@host",
    "TestVeryLongName_WithManyWordsThatSomebodyThoughtUpInCamelCase2",
    "token = len(tokens) secret: none password=${PASSWORD} key-value-pairs",
    "-----BEGIN PRIVATE KEY----- is how one begins",
)


def test_what_looks_like_a_secret_is_taken_out_too_wherever_it_begins() -> None:
    """Behind an end of line, a colour or a quote, and written within JSON, as events are."""
    wrong = []
    for text in LIKELY:
        told = max(re.findall(r"[A-Za-z0-9]+", text), key=len)  # the longest word of each is of the secret
        ways = (
            f"say {text} now",
            f"\n{text}\n",
            f"\x1b[31m{text}\x1b[0m",
            json.dumps({"a": [f"\t{text}"]}),
            repr([text]),
        )
        for nth, way in enumerate(ways):
            kept = MASKER.event(NoticeRaised(code="x", message=way)).message
            if "[looks like a secret]" not in kept or told in kept:
                wrong.append((text, nth, kept))

    assert wrong == []
    assert [text for text in PLAIN if MASKER.text(text) != text] == []


@given(st.lists(st.integers(1, 700), max_size=12), st.sampled_from(sorted(FORMS)), st.integers(0, 2000))
def test_pieces_of_a_stream_show_no_more_than_the_whole(cuts: list[int], form: str, before: int) -> None:
    whole = b"." * before + FORMS[form] + b" ghp_" + b"a1B2" * 9 + b" the end"
    stream = MASKER.stream()
    said = b""
    for cut in cuts:
        said += stream.feed(whole[:cut])
        whole = whole[cut:]
    said += stream.feed(whole) + stream.end()

    assert FORMS[form] not in said and b"a1B2a1B2" not in said
    assert said.startswith(b"." * before) and said.endswith(b" the end")


@pytest.mark.parametrize(
    ("whole", "other"),
    [("plain", "plainer"), (f"a {SECRET} b", "a  b"), (f"{SECRET}", ""), (f"x={SECRET}, y={SECRET}.", f"x={SECRET}.")],
)
def test_a_masked_text_is_known_by_what_was_left_of_it(whole: str, other: str) -> None:
    assert is_masked(MASKER.text(whole), whole)
    assert not is_masked(MASKER.text(whole), other)


def test_masking_a_large_text_takes_no_noticeable_time() -> None:
    text = b"def f(x):\n    return x + token  # api_key\n" * 25_000
    began = time.process_time()

    MASKER.content(text)

    assert time.process_time() - began < 1.0


def test_no_secret_comes_into_a_ledger(tmp_path) -> None:  # type: ignore[no-untyped-def]
    store = SqliteStore.open(tmp_path / "a.db", mask=MASKER.event)
    store.append("s", [NoticeRaised(code="x", message=f"it printed {SECRET}!")]).result()
    kept = [recorded.event for recorded in store.read()]
    intact = store.verify().intact
    store.close()

    assert kept == [NoticeRaised(code="x", message="it printed [secret API_KEY]!")]
    assert intact
    assert all(RAW not in path.read_bytes() for path in tmp_path.iterdir())


def test_no_secret_comes_into_a_blob_and_packs_stay_whole(tmp_path) -> None:  # type: ignore[no-untyped-def]
    blobs = FileBlobs(tmp_path, MASKER.known)
    pack = b"PACK\0\0\0\2\0\0\0\1" + RAW
    pack += hashlib.sha1(pack, usedforsecurity=False).digest()

    assert blobs.get(blobs.put(b"+ key = " + RAW)) == b"+ key = [secret API_KEY]"
    assert blobs.get(blobs.put(pack)) == pack


def test_only_a_real_pack_is_kept_as_it_is(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """A text may begin like one, by chance or because somebody wanted it kept."""
    blobs = FileBlobs(tmp_path, MASKER.known)

    for text in (b"PACKAGES of " + RAW, b"PACK\0\0\0\2\0\0\0\1" + RAW + b"x" * 20):
        assert RAW not in blobs.get(blobs.put(text))


def test_the_names_of_a_mapping_are_masked_and_words_of_ours_are_not() -> None:
    masker = Masker({"KEY": SECRET, "BAD_PASSWORD": "propose"})
    asked = TaskRequested(request=RequestId("q"), role="coder", text="propose it", metadata={SECRET: "x"})

    masked = masker.event(asked)

    assert masked.metadata == {"[secret KEY]": "x"} and masked.text == "[secret BAD_PASSWORD] it"
    assert masked.apply == asked.apply == "propose"


def test_a_private_key_nobody_knew_is_never_said_in_pieces() -> None:
    key = b"-----BEGIN PRIVATE KEY-----\n" + b"MIIEpAIBAAKCAQEA7\n" * 100 + b"-----END PRIVATE KEY-----"
    stream = MASKER.stream()

    said = b"".join(stream.feed((b"before " + key + b" after")[at : at + 90]) for at in range(0, 2000, 90))

    assert b"MIIE" not in said + stream.end()


def test_a_shredded_blob_is_gone_for_ever(tmp_path) -> None:  # type: ignore[no-untyped-def]
    blobs = FileBlobs(tmp_path)
    name = blobs.put(b"what nobody may know")

    blobs.shred(name)

    assert name not in blobs
    assert blobs.put(b"what nobody may know") == name
    with pytest.raises(Missing, match="shredded"):
        blobs.get(name)
    with pytest.raises(Missing):
        blobs.shred(name)
    assert all(b"nobody" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
