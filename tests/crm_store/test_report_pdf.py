"""A report as a PDF: what stands on its pages, read back from the file itself."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_store.errors import Refused
from crm_store.report_files import written
from crm_store.report_pdf import MOST_LINES
from crm_store.reports import QueueRule, Report, ReportRow, ReportWish
from routing.measures import measures
from routing.service_level import CountedBy
from tests.crm_store.story import BEGIN

NAMES = ("service_level", "offered", "asa")
QUEUES = ("õhtune ŠŽ", "Поддержка", "=cmd|' /C calc'!A0", "a" * 300, "客服 (\\)")


def report(lines: int) -> Report:
    begin = BEGIN.replace(minute=0, microsecond=0)
    at = [begin + timedelta(hours=n) for n in range(lines + 1)]
    values = {"service_level": 0.8154, "offered": 12345.0, "asa": 3671.4}
    rows = [
        ReportRow({"queue": QUEUES[n % 5]}, at[n], at[n + 1], dict.fromkeys(NAMES) if n == 4 else values, {})
        for n in range(lines)
    ]
    zone = ZoneInfo("Europe/Tallinn")
    wish = ReportWish(at[0], at[-1], NAMES, ("queue",), "hour", zone, {"direction": "inbound"})
    chosen = tuple(measures()[name] for name in NAMES)
    return Report(wish, chosen, tuple(rows), ("2 calls last still.",), (QueueRule("support", begin, CountedBy(15, 7)),))


def pages(file: bytes) -> list[list[str]]:
    """The texts of each page: glyphs, by the file's own table of what they mean."""
    streams = [_opened(raw) for raw in re.findall(rb"stream\n(.*?)\nendstream", file, re.DOTALL)]
    table = next(one for one in streams if b"beginbfchar" in one).decode()
    means = {
        int(code, 16): bytes.fromhex(text).decode("utf-16-be")
        for code, text in re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    }
    return [
        [_text(text, means) for text in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", one, re.DOTALL)]
        for one in streams
        if b" Tj" in one
    ]


def _opened(raw: bytes) -> bytes:
    return zlib.decompress(raw) if raw.startswith(b"x") else raw


def _text(raw: bytes, means: dict[int, str]) -> str:
    plain = re.sub(rb"\\(.)", lambda found: {b"r": b"\r", b"n": b"\n"}.get(found[1], found[1]), raw, flags=re.DOTALL)
    return "".join(means.get(int.from_bytes(plain[at : at + 2]), "") for at in range(0, len(plain), 2))


def test_it_says_what_it_is_about_and_its_heads_stand_on_each_page() -> None:
    file, kind = written(report(60), "pdf", "Nädal · Отчёт")
    assert (file[:5], kind) == (b"%PDF-", "application/pdf")
    found = pages(file)
    first, last = found[0], found[-1]
    assert first[:4] == [
        "Nädal · Отчёт", "2026-11-24 11:00 – 2026-11-26 23:00, Europe/Tallinn", "By queue, hour",
        "Only direction inbound",
    ]  # fmt: skip
    assert len(found) == 3
    for n, page in enumerate(found, 1):
        assert {"queue", "hour", "service level"} <= set(page) or page is last, n
        assert any(text.startswith(f"Helin · {n} / ") for text in page), n
    assert {"81.5%", "12\u202f345", "1:01:11", "2026-11-24 12:00", "–"} <= set(first)
    assert {"õhtune ŠŽ", "Поддержка", "=cmd|' /C calc'!A0", "?? (\\)"} <= set(first), (
        "as texts, what no glyph is there for as ?"
    )
    assert any(text.startswith("aaaa") and text.endswith("…") for text in first)
    said = " ".join(last)
    for part in (
        "service level: answered within ÷ offered. From calls' records.",
        "2 calls last still.",
        "within 15 s, short below 7 s",
    ):
        assert part in said


def test_more_than_anybody_prints_is_refused() -> None:
    with pytest.raises(Refused, match="take CSV or XLSX"):
        written(report(MOST_LINES + 1), "pdf", "x")
