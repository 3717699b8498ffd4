"""XLSX files as programs write them, and as those do who mean no good."""

from __future__ import annotations

import csv
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from crm_store import workbook
from crm_store.errors import BadFile
from crm_store.workbook import is_workbook, write_csv

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATED = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
SHEETS = '<sheets><sheet name="a" r:id="r2"/><sheet name="b" r:id="r1"/></sheets>'
WORKBOOK = f"<workbook {MAIN} {RELATED}>{SHEETS}</workbook>"
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/other.xml"/><Relationship Id="r2" Target="/xl/worksheets/first.xml"/>'
    "</Relationships>"
)
STYLES = (
    f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="&quot;dm&quot;0"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)
STRINGS = f"<sst {MAIN}><si><t>Name</t></si><si><r><t>Mari </t></r><r><t>Õun</t></r><rPh><t>x</t></rPh></si></sst>"
ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Phone</t></is></c>'
    '<c r="D1" t="inlineStr"><is><t>Consent date</t></is></c></row>'
    '<row r="4"><c r="A4" t="s"><v>1</v></c><c r="B4"><v>5.5501E7</v></c><c r="C4" s="3"><v>2.5</v></c>'
    '<c r="D4" s="1"><v>46327</v></c></row>'
    '<row r="5"><c r="A5" t="str"><f>HYPERLINK("http://x")</f><v>Click</v></c><c r="D5" s="2"><v>46327.5</v></c></row>'
)


def made(path: Path, rows: str = ROWS, **parts: str) -> Path:
    whole = {
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELS,
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": STRINGS,
        "xl/worksheets/first.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        "xl/worksheets/other.xml": f"<worksheet {MAIN}><sheetData/></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**whole, **{f"xl/{name}.xml": text for name, text in parts.items()}}.items():
            archive.writestr(name, text)
    return path


def read(path: Path) -> list[list[str]]:
    out = path.with_suffix(".csv")
    write_csv(path, out)
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_first_sheet_keeps_its_rows_and_columns(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx")
    assert is_workbook(path)
    assert read(path) == [
        ["Name", "Phone", "", "Consent date"],
        [],
        [],
        ["Mari Õun", "55501000", "2.5", "2026-11-01"],
        ['=HYPERLINK("http://x")', "", "", "2026-11-01T12:00:00"],
    ]


def test_rows_do_not_stay_in_memory(tmp_path: Path) -> None:
    rows = "".join(f'<row><c t="s"><v>1</v></c><c><v>{n}</v></c></row>' for n in range(15_000))
    path = made(tmp_path / "a.xlsx", rows)
    tracemalloc.start()
    write_csv(path, tmp_path / "a.csv")
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"rows": "<row><c t='s'><v>99</v></c></row>"}, "is no XLSX file that can be read"),
        ({"rows": "<row r='7'/><row r='3'/>"}, "is no XLSX file that can be read"),
        ({"rows": "<row r='9999999'/>"}, "is no XLSX file that can be read"),
        ({"rows": "<row><c r='ZZZ1'><v>1</v></c></row>"}, "is no XLSX file that can be read"),
        ({"rows": "<row><c"}, "is no XLSX file that can be read"),
        ({"workbook": "<workbook/>"}, "is no XLSX file that can be read"),
        (
            {"sharedStrings": '<!DOCTYPE s [<!ENTITY a "aaaa">]><sst><si><t>&a;</t></si></sst>'},
            "declares a document type",
        ),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, parts: dict[str, str], why: str) -> None:
    with pytest.raises(BadFile, match=why):
        read(made(tmp_path / "a.xlsx", **parts))


def test_a_bomb_does_not_go_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_BYTES", 1_000_000)
    path = made(tmp_path / "a.xlsx", f"<row><c t='inlineStr'><is><t>{'a' * 3_000_000}</t></is></c></row>")
    assert path.stat().st_size < 10_000
    with pytest.raises(BadFile, match="unpacks to more than"):
        read(path)
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(BadFile, match="is no XLSX file"):
        read(tmp_path / "b.xlsx")
