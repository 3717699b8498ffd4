"""Whether a campaign may keep a number, quickly: a million of them in seconds.

The library takes some 100 µs for a number. Most numbers of a list are plain (one country's ordinary fixed or mobile
number, with its prefix or as dialled at home), and for these the library's own rules of a country are put together into
one pattern. What the pattern takes, the library would take and write alike; all else is asked of the library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from phonenumbers import PhoneMetadata

from crm_store.numbers import EMERGENCY, PREMIUM, dialable

_BETWEEN: Final = str.maketrans("", "", " -().")
_NOT_PLAIN: Final = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip

_WHY: Final = {
    EMERGENCY: "the telephone number is an emergency number",
    PREMIUM: "the telephone number is one at a premium rate",
}


class Numbers:
    """Reads numbers of one list. ``country`` (ISO 3166 alpha-2): where one without a prefix is dialled from."""

    def __init__(self, country: str) -> None:
        self._country = country
        code = phonenumbers.country_code_for_region(country)
        self._prefix = f"+{code}"
        home = _home(country) if code else None
        self._home = home.fullmatch if home else None

    def read(self, text: str) -> tuple[str, str]:
        """``text`` as E.164 if :func:`crm_store.numbers.dialable` takes it, else "" and why not (no full stop)."""
        bare = text if text[1:].isdigit() else text.translate(_BETWEEN)
        if bare[:1] == "+":
            if (plan := _abroad(bare[:4])) is not None and plan.fullmatch(bare):
                return bare, ""
        elif self._home is not None and self._home(bare):
            return self._prefix + bare, ""
        return _asked(text, self._country)


@lru_cache(maxsize=16_384)
def _asked(text: str, country: str) -> tuple[str, str]:
    """Of the library."""
    number, why_not = dialable(text, country)
    return number, why_not and f"{_WHY.get(why_not, 'the telephone number is none')} ({text[:40]!r})"


@lru_cache(maxsize=4_096)
def _abroad(start: str) -> re.Pattern[str] | None:
    """For numbers that begin so (+ and three digits): prefix and ordinary number."""
    if not (start.isascii() and start[1:].isdigit()):
        return None
    for length in (2, 3, 4):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(start[1:length] or 0))
        if regions:
            plain = _plain(regions[0])
            return re.compile(rf"\+{start[1:length]}{plain}", re.ASCII) if plain else None
    return None


@lru_cache(maxsize=256)
def _home(country: str) -> re.Pattern[str] | None:
    """As dialled in the country. What could also be an international prefix or the country's own is not plain."""
    code = phonenumbers.country_code_for_region(country)
    plain = _plain(country) if phonenumbers.region_code_for_country_code(code) == country else None
    if plain is None:
        return None
    rules = PhoneMetadata.metadata_for_region(country, None)
    abroad = rules.international_prefix if rules is not None else None
    return re.compile(f"(?!{code}){f'(?!{abroad})' if abroad else ''}{plain}", re.ASCII)


def _plain(region: str) -> str | None:
    """The ordinary numbers of a prefix's main region: those that the library takes as they stand.

    Where countries share a prefix, only the fixed and mobile numbers of the main one; else all of a possible length.
    """
    rules = PhoneMetadata.metadata_for_region(region, None)
    if rules is None or rules.country_code is None or rules.leading_digits or rules.general_desc is None:
        return None
    alone = len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[rules.country_code]) == 1
    ordinary = [r"\d+"] if alone else [one for one in (_of(rules.fixed_line), _of(rules.mobile)) if one]
    lengths = _lengths(rules.general_desc.possible_length)
    if not ordinary or not lengths:
        return None
    general = "" if alone else rf"(?=(?:{_pattern(rules.general_desc)})\Z)"
    special = [_pattern(getattr(rules, name)) for name in _NOT_PLAIN]
    prefix = rules.national_prefix_for_parsing
    return (
        (f"(?!{prefix})" if prefix else "")
        + r"(?=\d{6})"
        + "".join(rf"(?!(?:{one})\Z)" for one in special if one)
        + lengths
        + general
        + f"(?:{'|'.join(ordinary)})"
    )


def _of(desc: Any) -> str | None:
    pattern = _pattern(desc)
    return f"{_lengths(desc.possible_length)}(?:{pattern})" if pattern else None


def _pattern(desc: Any) -> str | None:
    return desc.national_number_pattern if desc is not None else None


def _lengths(some: Sequence[int]) -> str:
    wanted = [length for length in some if length > 0]
    return "(?=(?:" + "|".join(rf"\d{{{length}}}" for length in wanted) + r")\Z)" if wanted else ""
