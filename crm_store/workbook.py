"""The first sheet of an XLSX file as CSV, read as a stream: whatever its size, memory holds one row.

Such a file is a ZIP of XML, and people's uploads are hostile: no more than MOST_BYTES are ever unpacked, a document
type (with which XML can be blown up) is refused, and texts go into a file beside, not into memory. A formula is
written as the formula and not as what it came to when it was saved, so that whoever reads the rows can refuse it.
"""

from __future__ import annotations

import csv
import re
import zipfile
from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError, iterparse

from crm_store.errors import BadFile

MOST_BYTES: Final = 2 * 1024**3
MOST_COLUMNS: Final = 1_000
MOST_ROWS: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
_SPACE: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL: Final = re.compile(r"([A-Z]{1,3})\d{1,7}", re.ASCII)
_DATES: Final = frozenset((*range(14, 23), 45, 46, 47))
"""Formats of a date or a time that every program knows by their numbers."""
_DATE: Final = re.compile(r"[dmyh]", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_BEGIN: Final = datetime(1899, 12, 30)


def is_workbook(path: Path) -> bool:
    """Whether it is a ZIP, as XLSX files are. False for what cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def write_csv(path: Path, out: Path) -> None:
    """Rows keep their numbers. Raises BadFile for what is no XLSX file, or one that blows up."""
    try:
        with zipfile.ZipFile(path) as archive, _Texts() as texts, out.open("w", encoding="utf-8", newline="") as file:
            budget = _Budget()
            dates = _date_styles(archive, budget)
            if "xl/sharedStrings.xml" in archive.namelist():
                for item in _elements(archive, "xl/sharedStrings.xml", "si", budget):
                    texts.add(_text_of(item))
            writer = csv.writer(file)
            for row in _rows(archive, _first_sheet(archive, budget), texts, dates, budget):
                writer.writerow(row)
    except (zipfile.BadZipFile, ParseError, KeyError, ValueError, OverflowError, NotImplementedError, EOFError):
        raise BadFile(f"{path} is no XLSX file that can be read; save it as CSV (UTF-8) and import that") from None
    except RuntimeError:
        raise BadFile(f"{path} is locked by a password; save it without one, or as CSV (UTF-8)") from None


class _Budget:
    """Of bytes that may yet be unpacked."""

    def __init__(self) -> None:
        self.left = MOST_BYTES

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise BadFile(f"the XLSX file unpacks to more than {MOST_BYTES // 1024**3} GB; save it as CSV (UTF-8)")


class _Checked:
    """A part of the archive, as the XML parser reads it."""

    def __init__(self, file: IO[bytes], budget: _Budget) -> None:
        self._file = file
        self._budget = budget
        self._end = b""

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(min(size, 65_536) if size > 0 else 65_536)
        self._budget.spend(len(part))
        if b"<!" in self._end + part and re.search(rb"<!(DOCTYPE|ENTITY)", self._end + part):
            raise BadFile("the XLSX file declares a document type, which none does that is meant well")
        self._end = part[-10:]
        return part


class _Texts:
    """The workbook's shared texts, in a file; only where each begins is in memory."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 — closed in __exit__
        self._begins = array("Q", [0])

    def __enter__(self) -> _Texts:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, text: str) -> None:
        self._begins.append(self._begins[-1] + self._file.write(text.encode("utf-8", "replace")))

    def at(self, place: int) -> str:
        if not 0 <= place < len(self._begins) - 1:
            raise ValueError
        begin, end = self._begins[place], self._begins[place + 1]
        self._file.seek(begin)
        return self._file.read(end - begin).decode()


def _elements(archive: zipfile.ZipFile, name: str, tag: str, budget: _Budget) -> Iterator[Element]:
    """Each whole; what has been looked at is let go."""
    with archive.open(name) as file:
        checked: Any = _Checked(file, budget)
        above: list[Element] = []
        for event, element in iterparse(checked, events=("start", "end")):  # noqa: S314 — no document type comes through
            if event == "start":
                above.append(element)
                continue
            above.pop()
            if element.tag.rpartition("}")[2] == tag:
                yield element
                if above:
                    above[-1].clear()


def _first_sheet(archive: zipfile.ZipFile, budget: _Budget) -> str:
    sheet = next(_elements(archive, "xl/workbook.xml", "sheet", budget), None)
    if sheet is None:
        raise ValueError
    wanted = sheet.get(_RELATED)
    for one in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship", budget):
        if one.get("Id") == wanted:
            target = str(one.get("Target")).lstrip("/")
            return target if target.startswith("xl/") else f"xl/{target}"
    raise ValueError


def _date_styles(archive: zipfile.ZipFile, budget: _Budget) -> frozenset[int]:
    """Which of the cells' styles show a date."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    formats = {
        int(one.get("numFmtId", "0")): bool(_DATE.search(_QUOTED.sub("", one.get("formatCode", ""))))
        for one in _elements(archive, "xl/styles.xml", "numFmt", budget)
    }
    cells = next(_elements(archive, "xl/styles.xml", "cellXfs", budget), ())
    used = [int(one.get("numFmtId", "0")) for one in cells]
    return frozenset(n for n, id in enumerate(used) if formats.get(id, id in _DATES))


def _rows(
    archive: zipfile.ZipFile, name: str, texts: _Texts, dates: frozenset[int], budget: _Budget
) -> Iterator[list[str]]:
    last = 0
    for row in _elements(archive, name, "row", budget):
        number = int(row.get("r") or last + 1)
        if not last < number <= MOST_ROWS:
            raise ValueError
        for _ in range(last + 1, number):
            yield []
        last = number
        cells: list[str] = []
        for cell in row:
            place = _column(cell.get("r"), len(cells))
            if place >= MOST_COLUMNS:
                raise ValueError
            cells += [""] * (place - len(cells) + 1)
            cells[place] = _value(cell, texts, dates)
        yield cells


def _column(place: str | None, following: int) -> int:
    """Of ``AB12``: 27."""
    found = _CELL.fullmatch(place or "")
    if found is None:
        return following
    count = 0
    for letter in found[1]:
        count = count * 26 + ord(letter) - 64
    return count - 1


def _value(cell: Element, texts: _Texts, dates: frozenset[int]) -> str:
    kind = cell.get("t", "n")
    formula, value = cell.find(f"{_SPACE}f"), cell.findtext(f"{_SPACE}v") or ""
    if formula is not None:
        return f"={formula.text or value}"[:LONGEST_TEXT]
    if kind == "s":
        return texts.at(int(value))[:LONGEST_TEXT] if value else ""
    if kind == "inlineStr":
        return _text_of(cell)[:LONGEST_TEXT]
    if kind != "n" or not value:
        return value[:LONGEST_TEXT]
    number = float(value)
    if int(cell.get("s") or 0) in dates:
        at = _BEGIN + timedelta(days=number)
        return at.date().isoformat() if number == int(number) else at.isoformat(timespec="seconds")
    return str(int(number)) if number == int(number) and abs(number) < 1e16 else value


def _text_of(item: Element) -> str:
    """Without what is only shown above it, as a reading aid."""
    here = ("t", f"r/{_SPACE}t", f"is//{_SPACE}t")
    return "".join(run.text or "" for path in here for run in item.iterfind(_SPACE + path))
