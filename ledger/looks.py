"""PURE: what looks like a secret although nobody named it: keys of providers, values behind words that say so."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

ENTROPY, ENTROPY_ALONE = 3.7, 4.2
"""Bits per character above which a value is taken for drawn by chance: behind a telling word, and behind any."""
DIGITS = 3
"""What a word of capitals and small letters needs besides to be no name."""
LONGEST = 512
"""Bytes of the longest that is looked for, keys of several lines aside."""

_BEGIN = rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
_FORMS: tuple[tuple[bytes, bytes], ...] = (
    (b"PRIVATE KEY", _BEGIN + rb"[\s\S]{16,8192}?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    # The same when its end was cut off.
    (b"PRIVATE KEY", _BEGIN + rb"(?:[^A-Za-z0-9+/=-]{1,40}[A-Za-z0-9+/=]{20,}){1,200}"),
    (b"gh", rb"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    (b"github_pat_", rb"\bgithub_pat_[A-Za-z0-9_]{22,255}\b"),
    (b"gl", rb"\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|oas|soat|agent)-[A-Za-z0-9_.-]{20,64}"),
    (b"AT", rb"\bAT(?:ATT3|CTT3|BB)[A-Za-z0-9_=.-]{20,255}"),
    (b"sk-", rb"\bsk-(?=[A-Za-z_-]{0,255}\d)[A-Za-z0-9_-]{20,255}"),
    (b"gsk_", rb"\bgsk_[A-Za-z0-9]{30,255}"),
    (b"xai-", rb"\bxai-[A-Za-z0-9]{30,255}"),
    (b"pplx-", rb"\bpplx-[A-Za-z0-9]{30,255}"),
    (b"nvapi-", rb"\bnvapi-[A-Za-z0-9_-]{30,255}"),
    (b"r8_", rb"\br8_[A-Za-z0-9]{30,64}\b"),
    (b"hf_", rb"\bhf_[A-Za-z0-9]{30,64}\b"),
    (b"AIza", rb"\bAIza[A-Za-z0-9_-]{35}"),
    (b"ya29.", rb"\bya29\.[A-Za-z0-9_-]{20,500}"),
    (b"GOCSPX-", rb"\bGOCSPX-[A-Za-z0-9_-]{20,64}"),
    (b"A", rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    (b"xox", rb"\bxox[abeprs]-[A-Za-z0-9-]{10,255}"),
    (b"xapp-", rb"\bxapp-[A-Za-z0-9-]{20,255}"),
    (b"hooks.slack.com", rb"hooks\.slack\.com/services/[A-Za-z0-9/_-]{20,255}"),
    (b"/webhooks/", rb"discord(?:app)?\.com/api/webhooks/\d{5,25}/[A-Za-z0-9_-]{30,255}"),
    (b".", rb"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}"),
    (b":AA", rb"\b\d{8,10}:AA[A-Za-z0-9_-]{33}"),
    (b"k_", rb"\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,255}"),
    (b"whsec_", rb"\bwhsec_[A-Za-z0-9+/=]{24,255}"),
    (b"SG.", rb"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    (b"SK", rb"\bSK[0-9a-f]{32}\b"),
    (b"key-", rb"\bkey-[0-9a-f]{32}\b"),
    (b"-us", rb"\b[0-9a-f]{32}-us\d{1,2}\b"),
    (b"shp", rb"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b"),
    (b"sq0", rb"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,64}"),
    (b"npm_", rb"\bnpm_[A-Za-z0-9]{36}\b"),
    (b"pypi-AgE", rb"\bpypi-AgE[A-Za-z0-9_-]{50,255}"),
    (b"rubygems_", rb"\brubygems_[0-9a-f]{48}\b"),
    (b"dckr_", rb"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,64}"),
    (b"do", rb"\bdo[opr]_v1_[0-9a-f]{64}\b"),
    (b"dapi", rb"\bdapi[0-9a-f]{32}\b"),
    (b"hv", rb"\bhv[bsr]\.[A-Za-z0-9_-]{24,255}"),
    (b".atlasv1.", rb"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,255}"),
    (b"dp.", rb"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{40,128}"),
    (b"sntry", rb"\bsntry[su]_[A-Za-z0-9_=+/-]{40,400}"),
    (b"sbp_", rb"\bsbp_[0-9a-f]{40}\b"),
    (b"lin_", rb"\blin_(?:api|oauth)_[A-Za-z0-9]{30,64}"),
    (b"PMAK-", rb"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b"),
    (b"NRAK-", rb"\bNRAK-[A-Z0-9]{27}\b"),
    (b"AGE-SECRET-KEY-1", rb"\bAGE-SECRET-KEY-1[A-Z0-9]{58}"),
    (b"kz_", rb"\bkz_[a-z]{1,10}_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}"),
    (b"eyJ", rb"\beyJ[A-Za-z0-9_-]{10,2048}\.eyJ[A-Za-z0-9_-]{10,4096}\.[A-Za-z0-9_-]{10,1024}"),
)
_COMPILED = tuple((sign, re.compile(form)) for sign, form in _FORMS)
_BEHIND = re.compile(
    rb"(?i:(?:api|access|auth|account|private|signing|encryption|master)[_-]?key|token|secret|passw(?:or)?d|bearer"
    rb"|authorization)[\"'\s]{0,6}[:=][\"'\s]{0,6}(?:(?:Bearer|Basic|token)\s)?(?P<value>[A-Za-z0-9+/_=.~-]{20,512})"
)
_IN_ADDRESS = re.compile(rb"://[^\s/:@\"'<>]{0,64}:(?P<value>[^\s/@\"'<>]{8,128})@")
_ALONE = re.compile(
    rb"\b(?!sha\d|md5)[A-Za-z][A-Za-z0-9]{1,11}(?:[_-][A-Za-z0-9]{1,8}){0,2}[_-](?P<value>[A-Za-z0-9]{32,255})\b"
)


class Look(NamedTuple):
    """Something that looks like a secret."""

    begins: int
    """Where the words stand that tell it."""
    start: int
    end: int
    sure: bool
    """Whether it is taken for one; another could become one by what follows."""


def looks(content: bytes) -> Iterator[Look]:
    """Yield what looks like a secret, in no order; some may overlap."""
    for sign, form in _COMPILED:
        if sign in content:
            for found in form.finditer(content):
                yield Look(found.start(), found.start(), found.end(), sure=True)
    for found in _BEHIND.finditer(content):
        value = found["value"]
        yield Look(found.start(), *found.span("value"), _digits(value) > 0 and _bits(value) >= ENTROPY)
    for found in _IN_ADDRESS.finditer(content) if b"://" in content else ():
        value = found["value"]
        yield Look(
            found.start(), *found.span("value"), _digits(value) > 0 and re.search(rb"[A-Za-z]", value) is not None
        )
    for found in _ALONE.finditer(content):
        value = found["value"]
        drawn = (
            _digits(value) >= DIGITS and value not in (value.lower(), value.upper()) and _bits(value) >= ENTROPY_ALONE
        )
        yield Look(found.start(), found.start(), found.end(), drawn)


def _digits(value: bytes) -> int:
    return sum(48 <= byte <= 57 for byte in value)


def _bits(value: bytes) -> float:
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
