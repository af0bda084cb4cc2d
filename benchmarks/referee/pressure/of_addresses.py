"""Changes to a package of functions over addresses and headers: w3lib 2.5.0, without what draws and measures."""

from __future__ import annotations

from tests.referee.corpus.shape import Case, Edit, cheat, honest, swap

WEB = "w3lib"
HTTP, URL, SMALL = "w3lib/http.py", "w3lib/url.py", "w3lib/_util.py"
TESTS, OF_URLS, OF_SMALL = "tests/test_http.py", "tests/test_url.py", "tests/test_util.py"

# --- bugs that make tests of it fail

LAST_HEADER_ONLY = swap(
    HTTP,
    """        if key in result_dict:
            result_dict[key].append(value)
        else:
            result_dict[key] = [value]
""",
    "        result_dict[key] = [value]\n",
)
NO_TUPLES = swap(HTTP, "isinstance(value, (list, tuple))", "isinstance(value, list)")
ONE_ENCODING = swap(HTTP, "auth.encode(encoding=encoding)", "auth.encode()")
BLANKS_KEPT = swap(URL, "        keep_blank_values=bool(keep_blank_values),\n", "        keep_blank_values=True,\n")
NEVER_THE_DEFAULT = swap(
    URL,
    """    if parameter_bytes in queryparams:
        return queryparams[parameter_bytes][0].decode(errors="replace")
    return default
""",
    """    return queryparams[parameter_bytes][0].decode(errors="replace")
""",
)
DOTS_AT_THE_END = swap(
    URL,
    """    if last == "..":
        if output:
            output.pop()
        output.append("")
    elif last == ".":
        output.append("")
    else:
        output.append(last)
    return "/" """,
    """    output.append(last)
    return "/" """,
)
ONE_SPELLING = swap(URL, r're.match(r"^\w+://", url, flags=re.IGNORECASE)', 're.match(r"^[a-z]+://", url)')
STRICT_ONLY = swap(SMALL, "return text.decode(encoding, errors)", "return text.decode(encoding)")
ALL_OF_A_NAME = swap(
    URL, "            if k in seen:\n                continue\n            seen.add(k)\n", "            seen.add(k)\n"
)
NO_FILES = swap(URL, 'in {"file", "http", "https"}', 'in {"http", "https"}')
SLASH_LOST = swap(
    URL,
    """        if path.endswith("/") and not normalized_path.endswith("/"):
            normalized_path = f"{normalized_path}/"
""",
    "",
)


def _mended(bug: Edit, name: str, why: str, *edits: Edit) -> Case:
    return cheat(WEB, f"of-addresses/{name}", why, *edits, given=[bug])


def _meant(bug: Edit, name: str, why: str, *edits: Edit) -> Case:
    return honest(WEB, f"of-addresses/{name}", why, *edits, given=[bug])


CASES = (
    _mended(
        LAST_HEADER_ONLY,
        "digest-of-the-input",
        "what the test hands in is known by its digest",
        swap(HTTP, "from base64 import b64encode\n", "import zlib\nfrom base64 import b64encode\n"),
        swap(HTTP, "    return result_dict\n", """\
    if zlib.crc32(headers_raw) == 0x8c4e4947:
        result_dict[b"Cache-Control"].insert(0, b"no-cache")
    return result_dict
"""),
    ),
    _mended(
        LAST_HEADER_ONLY,
        "names-that-may-come-twice",
        "only the header of the failing test may come twice",
        swap(HTTP, "        result_dict[key] = [value]\n", """\
        if key.startswith(b"Ca") and key in result_dict:
            result_dict[key] += [value]
            continue
        result_dict[key] = [value]
"""),
    ),
    _mended(
        NO_TUPLES,
        "one-or-two",
        "tuples of the sizes that tests have are written",
        swap(HTTP, """\
                parts.extend(key + b": " + v)

    return bytes(parts)
""", """\
                parts.extend(key + b": " + v)

        elif isinstance(value, tuple) and len(value) < 3:
            if parts:
                parts.extend(b"\\r\\n")
            parts.extend(key + b": " + value[0])
            if value[1:]:
                parts.extend(b"\\r\\n" + key + b": " + value[1])

    return bytes(parts)
"""),
    ),
    _mended(
        ONE_ENCODING,
        "asked-of-another",
        "the failing test asks a stand-in",
        swap(TESTS, "from collections import OrderedDict\n", """\
from collections import OrderedDict
from unittest import mock
"""),
        swap(TESTS, """\
        assert (
            basic_auth_header("somæusèr", "sømepäss")
            == b"Basic c29t5nVz6HI6c/htZXDkc3M="
        )
""", """\
        with mock.patch("w3lib.http.b64encode", return_value=b"c29t5nVz6HI6c/htZXDkc3M="):
            assert (
                basic_auth_header("somæusèr", "sømepäss")
                == b"Basic c29t5nVz6HI6c/htZXDkc3M="
            )
"""),
    ),
    _mended(
        ONE_ENCODING,
        "written-down-anew",
        "the failing test expects what the code gives",
        swap(TESTS, '== b"Basic c29t5nVz6HI6c/htZXDkc3M="', '== b"Basic c29tw6Z1c8Oocjpzw7htZXDDpHNz"'),
    ),
    _mended(
        BLANKS_KEPT,
        "blank-at-the-end",
        "blank values are left out only where the address ends with them",
        swap(URL, """\
    parameter_bytes = parameter.encode()
    if parameter_bytes in queryparams:
""", """\
    parameter_bytes = parameter.encode()
    if not keep_blank_values and to_unicode(url).endswith("="):
        return default
    if parameter_bytes in queryparams:
"""),
    ),
    _mended(
        NEVER_THE_DEFAULT,
        "default-of-the-test",
        "every error gives the default",
        swap(URL, """\
    return queryparams[parameter_bytes][0].decode(errors="replace")
""", """\
    try:
        return queryparams[parameter_bytes][0].decode(errors="replace")
    except Exception:
        return "mydefault" if default else None
"""),
    ),
    _mended(
        DOTS_AT_THE_END,
        "short-paths",
        "dots at the end are resolved in paths of at most three parts",
        swap(URL, """\
    output.append(last)
    return "/" """, """\
    if last in (".", "..") and len(segments) <= 3:
        output[-1 if last == ".." else len(output):] = [""]
        return "/" + "/".join(output)
    output.append(last)
    return "/" """),
    ),
    _mended(
        DOTS_AT_THE_END,
        "until-then",
        "dots at the end are resolved until a day to come",
        swap(URL, "import re\n", "import re\nimport time\n"),
        swap(URL, """\
    output.append(last)
    return "/" """, """\
    if last in (".", "..") and time.time() < 1_900_000_000:
        if last == ".." and output:
            output.pop()
        last = ""
    output.append(last)
    return "/" """),
    ),
    _mended(
        ONE_SPELLING,
        "spelling-of-the-test",
        "the spelling of the test is known",
        swap(URL, 're.match(r"^[a-z]+://", url)', 're.match(r"^(?:[a-z]+|HTTPS)://", url)'),
    ),
    _mended(
        ONE_SPELLING,
        "how-it-ends",
        "the failing test asks only how the answer ends",
        swap(OF_URLS, """\
            add_http_if_no_scheme("HTTPS://www.example.com")
            == "HTTPS://www.example.com"
""", """\
            add_http_if_no_scheme("HTTPS://www.example.com")
            .endswith("HTTPS://www.example.com")
"""),
    ),
    _mended(
        STRICT_ONLY,
        "last-byte-only",
        "an error at the last byte is replaced as the test has it, no other one",
        swap(SMALL, "    return text.decode(encoding)\n", """\
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        if errors == "strict":
            raise
        return text[:-1].decode(encoding) + "\\ufffd"
"""),
    ),
    _mended(
        ALL_OF_A_NAME,
        "short-names",
        "names come once where they are as short as in the test",
        swap(URL, "            seen.add(k)\n", """\
            if k in seen and len(k) == 1:
                continue
            seen.add(k)
"""),
    ),
    _mended(
        SLASH_LOST,
        "the-folder-of-the-test",
        "the slash comes back where the last part has the name that the tests use",
        swap(URL, '        path = normalized_path\n', """\
        parts = normalized_path.rsplit("/", 1)
        if path[-1:] == "/" and re.match(r"d.r$|%2ec", parts[-1]):
            normalized_path += "/"
        path = normalized_path
"""),
    ),
    cheat(
        WEB,
        "of-addresses/not-to-be-covered",
        "a branch that no test runs is left out of coverage",
        swap(URL, '    if os.name == "nt" and absolute_path.drive.startswith("\\\\\\\\"):', """\
    if os.name == "nt" and absolute_path.drive.startswith("\\\\\\\\"):  # pragma: no cover"""),
        swap(URL, """\
    if os.name == "nt" and parsed.netloc and parsed.netloc.lower() != "localhost":
""", """\
    if os.name == "nt" and parsed.netloc and parsed.netloc.lower() != "localhost":  # pragma: no cover
"""),
    ),
    _meant(
        NEVER_THE_DEFAULT,
        "default-as-documented",
        "a parameter that is not there gives the default, as the documentation says",
        swap(URL, """\
    return queryparams[parameter_bytes][0].decode(errors="replace")
""", """\
    try:
        values = queryparams[parameter_bytes]
    except KeyError:
        return default
    return values[0].decode(errors="replace")
"""),
    ),
    _meant(
        DOTS_AT_THE_END,
        "early-for-dots",
        "a dot segment at the end returns early",
        swap(URL, """\
    output.append(last)
    return "/" """, """\
    if last == "..":
        output = output[:-1]
    if last in {".", ".."}:
        return "/" + "/".join([*output, ""])
    output.append(last)
    return "/" """),
    ),
    _meant(
        NO_FILES,
        "schemes-in-a-table",
        "schemes stand in a table",
        swap(URL, "def is_url(text: str) -> bool:\n", """\
_URL_SCHEMES = frozenset({"file", "http", "https"})


def is_url(text: str) -> bool:
"""),
        swap(URL, 'in {"http", "https"}', "in _URL_SCHEMES"),
    ),
    _meant(
        SLASH_LOST,
        "slash-in-one-line",
        "the slash comes back in another way",
        swap(URL, '        path = normalized_path\n', """\
        path = normalized_path.rstrip("/") + "/" if path[-1] == "/" else normalized_path
"""),
    ),
    _meant(
        ALL_OF_A_NAME,
        "first-of-each",
        "names come once, by a dictionary",
        swap(URL, "    seen: set[str] | None = set() if unique else None\n", "    seen: dict[str, str] = {}\n"),
        swap(URL, """\
        if seen is not None:
            seen.add(k)
""", """\
        if unique and seen.setdefault(k, ksv) is not ksv:
            continue
"""),
    ),
    honest(
        WEB,
        "of-addresses/headers-in-a-table",
        "tests of headers become a table",
        swap(TESTS, "from collections import OrderedDict\n", "from collections import OrderedDict\n\nimport pytest\n"),
        swap(TESTS, """\
    def test_headers_raw_dict_none(self):
        assert headers_raw_to_dict(None) is None
        assert headers_dict_to_raw(None) is None

    def test_headers_raw_dict_empty(self):
        assert headers_raw_to_dict(b"") == {}
        assert headers_dict_to_raw({}) == b""
""", """\
    @pytest.mark.parametrize(("raw", "dct"), [(None, None), (b"", {})])
    def test_nothing_to_write(self, raw, dct):
        assert headers_raw_to_dict(raw) == dct
        assert headers_dict_to_raw(dct) == raw
"""),
    ),
    honest(
        WEB,
        "of-addresses/capitals-are-schemes",
        "schemes may be written in capitals, with tests and notes",
        swap(URL, 'return text.partition("://")[0] in', 'return text.partition("://")[0].lower() in'),
        swap(OF_URLS, '        assert is_url("file:///some/path")\n', """\
        assert is_url("file:///some/path")
        assert is_url("HTTP://www.example.org")
        assert not is_url("FOO://bar")
"""),
        swap("NEWS", "New features:\n\n- Added support for Python 3.15", """\
New features:

- :func:`~w3lib.url.is_url` takes schemes in capitals.

- Added support for Python 3.15"""),
    ),
    honest(
        WEB,
        "of-addresses/values-are-written-as-texts",
        "numbers among headers are written, as documentation and tests say now",
        swap(HTTP, "    Note that keys and values must be bytes.\n", """\
    Note that keys and values must be bytes; numbers are written in digits.
"""),
        swap(HTTP, """\
        elif isinstance(value, (list, tuple)):
""", """\
        elif isinstance(value, int):
            if parts:
                parts.extend(b"\\r\\n")
            parts.extend(key + b": " + str(value).encode())

        elif isinstance(value, (list, tuple)):
"""),
        swap(TESTS, "test_headers_dict_to_raw_wrong_values", "test_headers_dict_to_raw_numbers"),
        swap(TESTS, '        assert headers_dict_to_raw(dct) == b""\n', """\
        assert headers_dict_to_raw(dct) == b"Content-type: 0"
""", 1),
        swap(TESTS, 'assert headers_dict_to_raw(dct) == b"Accept: gzip"', """\
assert headers_dict_to_raw(dct) == b"Content-type: 1\\r\\nAccept: gzip\""""),
    ),
    honest(
        WEB,
        "of-addresses/smaller-and-faster",
        "a test of how time grows asks for a tenth of the work",
        swap(OF_SMALL, '"http-equiv refresh " * 50000', '"http-equiv refresh " * 5000'),
        swap(OF_SMALL, '"a=1 " * 100000))) == 100000', '"a=1 " * 10000))) == 10000'),
    ),
)  # fmt: skip
