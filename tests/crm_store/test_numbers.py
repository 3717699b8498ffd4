"""What counts as a number, and how it is written."""

from __future__ import annotations

import pytest

from crm_store.numbers import beginning_of, region_of, to_e164


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("5550 1000", "EE", "+37255501000"),
        ("+372 5550-1001", "EE", "+37255501001"),
        ("00372 55501001", "EE", "+37255501001"),
        ("tel:+3725550123", "EE", "+3725550123"),
        ("8 (912) 345-67-89", "RU", "+79123456789"),
        ("+1 202 555 0123 ext 5", "EE", "+12025550123"),
        ("1001", "EE", None),
        ("anonymous", "EE", None),
        ("sip:1001@example.com", "EE", None),
        ("", "EE", None),
        ("٥٥٥٠١٠٠٠", "EE", None),
        ("5550100\u0660", "EE", None),
        ("+372" + "5" * 40, "EE", None),
        ("5" * 5000, "EE", None),
        ("5550&Local/1@x", "EE", None),
    ],
)
def test_reads_a_number(text: str, country: str, e164: str | None) -> None:
    assert to_e164(text, country) == e164
    if e164 is not None:
        assert to_e164(e164, "US") == e164


def test_knows_the_country() -> None:
    assert region_of("+37255501000") == "EE"
    assert region_of("+79123456789") == "RU"
    assert region_of("+80012345678") is None
    assert region_of("nonsense") is None


@pytest.mark.parametrize(
    ("typed", "begins"), [("555", "+372555"), ("+7 91", "+791"), ("00372 5", "+3725"), ("37 25", "+3723725")]
)
def test_completes_what_is_typed(typed: str, begins: str) -> None:
    assert beginning_of(typed, "EE") == begins
