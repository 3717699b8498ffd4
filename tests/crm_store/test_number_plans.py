"""The quick way to read a number takes what the library takes, and writes it alike."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from crm_store import number_plans
from crm_store.number_plans import Numbers
from crm_store.numbers import dialable

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = [getattr(PhoneNumberType, name) for name in vars(PhoneNumberType) if name.isupper()]


def some_numbers(region: str, count: int) -> list[str]:
    """Near to real ones of all kinds, as written abroad and at home."""
    chance = random.Random(region)
    code = phonenumbers.country_code_for_region(region)
    found = []
    for _ in range(count):
        example = phonenumbers.example_number_for_type(region, chance.choice(KINDS))
        digits = phonenumbers.national_significant_number(example) if example else ""
        digits = digits[: chance.randint(0, len(digits))]
        while len(digits) < chance.randint(5, 11):
            digits += chance.choice("0123456789")
        digits = chance.choice(("", "", "", "0", "8", "1", str(code))) + digits
        found.append(chance.choice((f"+{code}{digits}", f"+{code} ({digits[:2]}) {digits[2:]}", digits)))
    return found


@pytest.mark.thorough
def test_every_number_is_read_as_the_library_reads_it() -> None:
    quick = 0
    for region in REGIONS:
        numbers = Numbers(region)
        for text in some_numbers(region, 60):
            asked = number_plans._asked.cache_info().currsize + number_plans._asked.cache_info().hits
            number, _ = numbers.read(text)
            assert number == dialable(text, region)[0], (region, text)
            after = number_plans._asked.cache_info()
            quick += after.currsize + after.hits == asked
    assert quick > 1_000, "most of the lists' numbers need not be asked of the library"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("112", "the telephone number is an emergency number ('112')"),
        ("900 1234", "the telephone number is one at a premium rate ('900 1234')"),
        ("+44 909 879 0000", "the telephone number is one at a premium rate ('+44 909 879 0000')"),
        ("PJSIP/100", "the telephone number is none ('PJSIP/100')"),
        ("+٣٧٢٥٥٥٠١٠٠٠", "the telephone number is none ('+٣٧٢٥٥٥٠١٠٠٠')"),
        ("12", "the telephone number is none ('12')"),
    ],
)
def test_what_is_not_dialled_has_its_reason(text: str, why: str) -> None:
    assert Numbers("EE").read(text) == ("", why)
