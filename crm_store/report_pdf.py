"""A report as a PDF, to be printed or sent on: what it is about, its table with heads on each page, how it was counted.

The font is in the package: Latin with all Estonian letters, Greek and Cyrillic. What it lacks is printed as a question
mark. Texts are never read as anything but text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from fpdf import FPDF

from crm_store.errors import Refused
from crm_store.reports import Report, ReportRow
from routing.measures import Measure

FONT: Final = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
MOST_LINES: Final = 1_000
"""Of all tables together; more is for a spreadsheet."""
TOGETHER: Final = 8
"""Measures in one table; more follow in a table of their own, with the same lines."""
LONGEST: Final = 60
"""Letters of a cell: what is longer is cut."""
HIGH: Final = 5.5
"""A line of the table, in millimetres."""


class Column(NamedTuple):
    head: str
    cells: Sequence[str]
    share: float
    right: bool


class _Paper(FPDF):
    """A4 across, with the number of each page on it."""

    def __init__(self, title: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self.add_font("DejaVu", fname=FONT)
        self.known = self.fonts["dejavu"].cmap  # type: ignore[union-attr]
        self.set_font("DejaVu", size=9)
        self.set_margin(12)
        self.fitted: dict[tuple[str, float], str] = {}
        self.set_auto_page_break(True, 16)
        self.set_title(title)
        self.set_creator("Helin")

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("DejaVu", size=7)
        self.cell(0, 5, f"Helin · {self.page_no()} / {{nb}}", align="R")

    def safe(self, text: str) -> str:
        return "".join(letter if ord(letter) in self.known else "?" if letter.isprintable() else " " for letter in text)

    def said(self, text: str, size: float = 9) -> None:
        self.set_font("DejaVu", size=size)
        self.multi_cell(0, size * 0.5, self.safe(text), align="L", new_x="LMARGIN", new_y="NEXT")


def pdf_of(report: Report, title: str) -> bytes:
    """Raises Refused for more lines than anybody prints."""
    parts = [report.measures[at : at + TOGETHER] for at in range(0, len(report.measures), TOGETHER)]
    if len(report.rows) * len(parts) > MOST_LINES:
        why = (
            f"that is more than {MOST_LINES:,} lines for a PDF; take CSV or XLSX, a shorter time, or longer parts of it"
        )
        raise Refused("format", why)
    paper = _Paper(title)
    paper.add_page()
    paper.said(title, 15)
    for line in about(report):
        paper.said(line)
    paper.ln(3)
    for part in parts:
        _table(paper, _columns(report, part))
        paper.ln(4)
    for line in _counted(report):
        paper.said(line, 8)
    return bytes(paper.output())


def about(report: Report) -> list[str]:
    """What time it is about, how it is cut, and what it was asked for."""
    wish, zone = report.wish, report.wish.zone
    begin, end = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (wish.from_, wish.to))
    lines = [f"{begin} – {end}, {zone.key}"]
    if wish.by or wish.each:
        lines.append("By " + ", ".join([*wish.by, *([_plain(wish.each)] if wish.each else [])]))
    if wish.only:
        lines.append("Only " + ", ".join(f"{name} {value}" for name, value in wish.only.items()))
    return lines


def _counted(report: Report) -> list[str]:
    lines = [f"{_plain(one.key)}: {one.formula}. From {one.source}." for one in report.measures]
    for one in report.rules:
        by, since = one.by, one.from_.astimezone(report.wish.zone)
        lines.append(
            f"{one.queue}, since {since:%Y-%m-%d %H:%M}: in time within {by.target_seconds:g} s, "
            f"short below {by.short_seconds:g} s, an empty interval: {_plain(by.empty_interval)}."
        )
    return [*lines, *report.left_out]


def _columns(report: Report, measures: Sequence[Measure]) -> list[Column]:
    rows, wish = report.rows, report.wish
    found = [Column(name, [row.keys[name] or "–" for row in rows], 2, False) for name in wish.by]
    if wish.each:
        found.append(Column(_plain(wish.each), [_when(row, report) for row in rows], 1.6, False))
    for one in measures:
        found.append(Column(_plain(one.key), [_figure(row.values[one.key], one.unit) for row in rows], 1.2, True))
    return found


def _when(row: ReportRow, report: Report) -> str:
    at = row.from_.astimezone(report.wish.zone)
    return f"{at:%Y-%m-%d %H:%M}" if report.wish.each in ("hour", "half_hour") else f"{at:%Y-%m-%d}"


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "count":
        return f"{value:,.0f}".replace(",", "\u202f")
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _table(paper: _Paper, columns: Sequence[Column]) -> None:
    whole = sum(column.share for column in columns)
    widths = [paper.epw * column.share / whole for column in columns]
    paper.set_draw_color(205)
    _heads(paper, columns, widths)
    for n in range(len(columns[0].cells) if columns else 0):
        if paper.will_page_break(HIGH):
            paper.add_page()
            _heads(paper, columns, widths)
        paper.set_font("DejaVu", size=8)
        for column, width in zip(columns, widths, strict=True):
            text = _fitting(paper, column.cells[n], width)
            paper.cell(width, HIGH, text, border="B", align="R" if column.right else "L")
        paper.ln()


def _heads(paper: _Paper, columns: Sequence[Column], widths: Sequence[float]) -> None:
    paper.set_font("DejaVu", size=7)
    paper.set_fill_color(235)
    top, heads = paper.get_y(), [paper.safe(column.head) for column in columns]
    high = 3.5 * max(_lines(paper, head, width) for head, width in zip(heads, widths, strict=True))
    if paper.will_page_break(high + HIGH):
        paper.add_page()
        paper.set_font("DejaVu", size=7)
        top = paper.get_y()
    left: Any = paper.l_margin
    for column, head, width in zip(columns, heads, widths, strict=True):
        paper.set_xy(left, top)
        paper.cell(width, high, "", fill=True)
        paper.set_xy(left, top)
        paper.multi_cell(width, 3.5, head, align="R" if column.right else "L")
        left += width
    paper.set_xy(paper.l_margin, top + high)


def _lines(paper: _Paper, head: str, width: float) -> int:
    lines: Any = paper.multi_cell(width, 3.5, head, dry_run=True, output="LINES")
    return len(lines)


def _fitting(paper: _Paper, text: str, width: float) -> str:
    """On one line: what is too long ends with an ellipsis. Texts come again and again, and to measure one is slow."""
    found = paper.fitted.get((text, width))
    if found is None:
        found = paper.fitted[text, width] = _cut(paper, text, width)
    return found


def _cut(paper: _Paper, text: str, width: float) -> str:
    shown = paper.safe(text if len(text) <= LONGEST else text[:LONGEST] + "…")
    room = width - 2 * paper.c_margin
    while shown and paper.get_string_width(shown) > room:
        shown = shown[:-2] + "…" if len(shown) > 2 else ""
    return shown
