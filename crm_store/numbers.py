"""Telephone numbers as E.164 text (``+3725550123``), the one form in which the store keeps and finds them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from phonenumbers.shortnumberinfo import is_emergency_number
from phonenumbers.timezone import time_zones_for_number

REFUSED_TYPES = frozenset((PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST))
EMERGENCY = "Emergency numbers are dialled at a phone, never from here."
PREMIUM = "This is a number at a premium rate; Helin does not dial it."
KINDS: Final = {
    value: name.lower() for name, value in vars(PhoneNumberType).items() if isinstance(value, int) and name.isupper()
}
LONGEST_INPUT = 64
"""Characters; anything longer is no number and is not even parsed."""


@lru_cache(maxsize=16_384)
def to_e164(text: str, country: str = "EE") -> str | None:
    """``text`` as E.164, or None when it is not a possible number.

    ``country`` (ISO 3166 alpha-2) is where a number without an international prefix is dialled from. Possible is enough
    (the right length for its country), valid is not asked for: numbering plans change faster than libraries, and test
    ranges are never "valid". Only ASCII digits count, so that what is stored is what a dial string may hold.
    """
    found = _parsed(text, country)
    return phonenumbers.format_number(found, PhoneNumberFormat.E164) if found is not None else None


def dialable(text: str, country: str = "EE") -> tuple[str, str]:
    """``text`` as E.164 if agents may dial it, else "" and one sentence why not."""
    if is_emergency_number("".join(letter for letter in text if letter.isdigit()), country):
        return "", EMERGENCY
    found = _parsed(text, country)
    if found is None:
        return "", f"{text[:40]!r} is no login, extension, queue or telephone number."
    if phonenumbers.number_type(found) in REFUSED_TYPES:
        return "", PREMIUM
    return phonenumbers.format_number(found, PhoneNumberFormat.E164), ""


def region_of(e164: str) -> str | None:
    """ISO 3166 alpha-2 of the country that has the number's prefix; None for international services and unknown ones.

    Countries that share a prefix (+1, +7) are told by its main one: US, RU.
    """
    for length in (1, 2, 3):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(_digits(e164[1 : 1 + length]))
        if regions:
            return regions[0] if regions[0].isalpha() else None
    return None


@lru_cache(maxsize=65_536)
def country_of(e164: str) -> str | None:
    """As :func:`region_of`, but countries that share a prefix are told apart where the numbering plan does."""
    found = _parsed(e164, None)
    region = phonenumbers.region_code_for_number(found) if found is not None else None
    return region if region is not None and region.isalpha() else region_of(e164)


@lru_cache(maxsize=65_536)
def kind_of(e164: str) -> str:
    """``mobile``, ``fixed_line``, ``toll_free``, … as the numbering plan says; ``unknown`` where it says nothing."""
    found = _parsed(e164, None)
    return KINDS[phonenumbers.number_type(found)] if found is not None else "unknown"


def planned_zones(e164: str) -> tuple[str, ...]:
    """Time zones that the numbering plan names for this number; for mobile and toll-free ones often many."""
    found = _parsed(e164, None)
    return tuple(time_zones_for_number(found)) if found is not None else ()


def _digits(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def beginning_of(text: str, country: str = "EE") -> str:
    """How an E.164 number begins of which only the first digits were typed: ``5550`` in Estonia is ``+3725550``."""
    digits = "".join(letter for letter in text if letter in "0123456789")
    if text.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits.removeprefix('00')}"
    return f"+{phonenumbers.country_code_for_region(country)}{digits}"


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    if not text or len(text) > LONGEST_INPUT or not text.isascii():
        return None
    try:
        found = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    found.extension = None
    return found if phonenumbers.is_possible_number(found) else None
