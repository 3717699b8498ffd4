"""A report as a file: CSV, XLSX or PDF. The same cells in each, and no text that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

from crm_store.reports import Report, exported
from crm_store.spreadsheet import guarded

Kind = Literal["csv", "xlsx", "pdf"]
KINDS: Final[tuple[Kind, ...]] = ("csv", "xlsx", "pdf")
TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_NAMES: Final = "http://schemas.openxmlformats.org"
_KIND: Final = "application/vnd.openxmlformats-"
_SHEET: Final = f"{_KIND}officedocument.spreadsheetml"
_RELATED: Final = f"{_NAMES}/officeDocument/2006/relationships"
_LINKS: Final = f'<Relationships xmlns="{_NAMES}/package/2006/relationships"><Relationship Id="r1"'
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_NAMES}/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{_KIND}package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_LINKS} Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_NAMES}/spreadsheetml/2006/main" xmlns:r="{_RELATED}"><sheets>'
    '<sheet name="Helin" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_LINKS} Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def written(report: Report, kind: str, title: str) -> tuple[bytes, str]:
    """The file and its type. ``title`` is what a workbook or a PDF begins with. Takes a while: not for the loop. Raises
    Refused for a PDF with more lines than anybody prints."""
    if kind == "pdf":
        from crm_store.report_pdf import pdf_of  # takes long to load, and is seldom asked for

        return pdf_of(report, title), TYPES["pdf"]
    heads, rows = exported(report)
    if kind == "csv":
        return _csv(heads, rows), TYPES["csv"]
    about = [[title], *([one.key, one.formula] for one in report.measures), *([line] for line in report.left_out), []]
    return _xlsx([*about, heads, *rows]), TYPES["xlsx"]


def _csv(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """UTF-8 with its mark, by which spreadsheets know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows([_said(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _said(cell: Any) -> str:
    return guarded(cell) if isinstance(cell, str) else "" if cell is None else repr(cell)


def _xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    """Texts are written as texts, so none is a formula whatever it begins with."""
    sheet = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    parts = {
        **_PARTS,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_NAMES}/spreadsheetml/2006/main"><sheetData>{sheet}'
        "</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, _HEAD + text)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        text = "".join(letter if letter.isprintable() else " " for letter in guarded(value))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"
