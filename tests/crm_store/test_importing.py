"""Lists of customers as people really export them, good and bad."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from crm_store.errors import BadFile, StoreAway
from crm_store.importing import Report, import_contacts
from crm_store.records import Contact
from crm_store.store import Store


async def everyone(store: Store) -> dict[str, Contact]:
    return {contact.name: contact for contact in (await store.contacts.search(limit=200)).items}


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def refusals(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


ENGLISH = "Name,Phone,Company,Tier,E-mail,Note\nMari Maasikas,5550 1000,Kontor OÜ,A,Mari@Example.com,=1+1\n"
ESTONIAN = "Eesnimi;Perekonnanimi;Telefon;Mobiil;Ettevõte;Märkus\nÕie;Žukov-Šein;600 1234;5550 1000;Äri AS;hea klient\n"
RUSSIAN = "ФИО;Номер телефона;Компания;Комментарий\nЮрий Маслов;8 (912) 345-67-89;ООО Ромашка;постоянный клиент\n"


async def test_reads_columns_by_their_headers(store: Store, tmp_path: Path) -> None:
    report = await import_contacts(store, written(tmp_path / "a.csv", ENGLISH))
    assert (report.rows, report.added, report.refused) == (1, 1, 0)
    assert report.columns["number"] == ("Phone",)
    mari = (await everyone(store))["Mari Maasikas"]
    assert (mari.numbers, mari.account, mari.tier, mari.email) == (
        ("+37255501000",),
        "Kontor OÜ",
        "A",
        "mari@example.com",
    )
    assert mari.note == "=1+1"
    assert [contact.id for contact in (await store.contacts.search("maas")).items] == [mari.id]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1257"])
async def test_reads_estonian_in_any_encoding(store: Store, tmp_path: Path, encoding: str) -> None:
    report = await import_contacts(store, written(tmp_path / "a.csv", ESTONIAN, encoding))
    assert (report.encoding, report.delimiter, report.added) == (encoding, ";", 1)
    contact = (await everyone(store))["Õie Žukov-Šein"]
    assert contact.numbers == ("+3726001234", "+37255501000")
    assert (contact.account, contact.note) == ("Äri AS", "hea klient")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
async def test_reads_russian(store: Store, tmp_path: Path, encoding: str) -> None:
    report = await import_contacts(store, written(tmp_path / "a.csv", RUSSIAN, encoding), country="RU")
    assert (report.encoding, report.added) == (encoding, 1)
    contact = (await everyone(store))["Юрий Маслов"]
    assert (contact.numbers, contact.note) == (("+79123456789",), "постоянный клиент")


async def test_latin_1_and_a_stated_delimiter(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "sep=|\nNimi|Tel. nr\nÕnne \xa1|5550 1000\n", "latin-1")
    report = await import_contacts(store, path)
    assert (report.encoding, report.delimiter) == ("latin-1", "|")
    assert "Õnne ¡" in await everyone(store)


async def test_a_mapping_overrules_the_guess(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "Name,Real name,Dial,Phone\nwrong,Right Name,5550 1000,5550 1001\n")
    report = await import_contacts(store, path, {"name": "Real name", "number": "Dial, Phone"})
    assert report.columns == {"name": ("Real name",), "number": ("Dial", "Phone")}
    assert (await everyone(store))["Right Name"].numbers == ("+37255501000", "+37255501001")


async def test_the_same_file_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    lines = "".join(f'{n},"Family {n}",{55501000 + n % 40};{55502000 + n}\n' for n in range(120))
    path = written(tmp_path / "a.csv", "Id,Name,Phone\n" + lines)
    first = await import_contacts(store, path)
    assert (first.added, first.refused) == (120, 0)
    before = await everyone(store)
    again = await import_contacts(store, path)
    assert (again.added, again.changed, again.same) == (0, 0, 120)
    assert await everyone(store) == before


async def test_what_changed_is_changed(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    await import_contacts(
        store, written(path, "Id,Name,Phone,Company,Tier,Note\n1,Mari Kask,5550 1000,Kodu,C,old\n2,Jaan,55501001,,,\n")
    )
    report = await import_contacts(
        store, written(path, "Id,Name,Phone,Company,Tier,Note\n1,Mari Tamm,5550 1002,Kodu,B,\n2,Jaan,55501001,,,\n")
    )
    assert (report.changed, report.same) == (1, 1)
    mari = (await everyone(store))["Mari Tamm"]
    assert (mari.numbers, mari.tier, mari.note) == (("+37255501000", "+37255501002"), "B", "old")
    assert (await store.contacts.search("kask")).items == ()
    report = await import_contacts(store, written(path, "Id,Name,Phone,Company,Tier\n1,Mari Tamm,5550 1002,Kodu,A\n"))
    assert report.changed == 1


async def test_without_an_id_a_person_is_name_and_number(store: Store, tmp_path: Path) -> None:
    text = "Name,Phone,Email\nMari Kask,55501000,\nJaan Kask,55501000,\nKASK Mari,55501001,\nmari kask,55501000,\n"
    text += ",55501009,\nLiis,,liis@example.com\nLiis,,Liis@example.com\n"
    report = await import_contacts(store, written(tmp_path / "a.csv", text))
    assert (report.added, report.changed, report.same, report.refused) == (4, 1, 1, 1)
    assert report.reasons == {"name must not be empty": 1}


async def test_a_person_gets_an_id_later(store: Store, tmp_path: Path) -> None:
    made = await store.contacts.add({"name": "Mari Kask", "numbers": ["55501000"]})
    report = await import_contacts(store, written(tmp_path / "a.csv", "id,name,phone\nK7,Mari Kask,55501000\n"))
    assert report.changed == 1
    found = await store.contacts.get(made.id)
    assert found is not None
    assert found.external_id == "K7"
    report = await import_contacts(store, written(tmp_path / "a.csv", "id,name,phone\nK8,Mari Kask,55501000\n"))
    assert report.added == 1


async def test_refused_rows_are_reported_and_can_be_mended(store: Store, tmp_path: Path) -> None:
    text = (
        "Name,Phone,Tier,Email\n"
        "Good,55501000,,\n"
        ",55501001,,\n"
        "Bad number,12ab,,\n"
        "\n"
        "Bad tier,55501002,Z,\n"
        "No way,,,\n"
        "Bad address,,,nobody\n"
        "Too many,55501003,A,a@b,and,more\n"
        "=HYPERLINK(1),Local/1@x&PJSIP/2,,\n" + "x" * 300 + ",55501004,,\n"
    )
    report_file = tmp_path / "refused.csv"
    report = await import_contacts(store, written(tmp_path / "a.csv", text), refused=report_file)
    assert (report.rows, report.added, report.refused) == (9, 1, 8)
    found = refusals(report_file)
    assert found[0] == ["row", "reason", "Name", "Phone", "Tier", "Email"]
    assert [row[0] for row in found[1:]] == ["3", "4", "6", "7", "8", "9", "10", "11"]
    assert found[1][1] == "name must not be empty"
    assert found[2][1] == "the telephone number is none ('12ab')"
    assert found[7][2] == "'=HYPERLINK(1)"
    assert set(await everyone(store)) == {"Good"}
    mended = report_file.read_text(encoding="utf-8-sig").replace("Local/1@x&PJSIP/2", "55501009")
    report = await import_contacts(store, written(tmp_path / "b.csv", mended))
    assert report.added == 1
    assert "=HYPERLINK(1)" in await everyone(store)


async def test_no_report_is_left_when_all_is_well(store: Store, tmp_path: Path) -> None:
    await import_contacts(store, written(tmp_path / "a.csv", ENGLISH), refused=tmp_path / "refused.csv")
    assert not (tmp_path / "refused.csv").exists()


@pytest.mark.parametrize(
    ("text", "mapping", "says"),
    [
        ("", None, "is empty"),
        (
            "Colour,Size\nred,1\n",
            None,
            "no column that is known to be a name (it has 'Colour', 'Size'); say --map name=COLUMN",
        ),
        ("Name,Size\nMari,1\n", None, "say --map number=COLUMN"),
        ("Mari,55501000\n", None, "no column that is known to be a name"),
        ("Name,Phone\nMari,1\n", {"number": "Telefon"}, "has no column 'Telefon'; it has 'Name', 'Phone'"),
        ("Name,Phone\nMari,1\n", {"colour": "Phone"}, "there is no field 'colour'; there are name, "),
    ],
)
async def test_wrong_columns_are_one_sentence_and_nothing_is_written(
    store: Store, tmp_path: Path, text: str, mapping: dict[str, str] | None, says: str
) -> None:
    with pytest.raises(BadFile) as bad:
        await import_contacts(store, written(tmp_path / "a.csv", text), mapping, refused=tmp_path / "refused.csv")
    assert says in str(bad.value)
    assert "\n" not in str(bad.value)
    assert await everyone(store) == {}
    assert not (tmp_path / "refused.csv").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04rest of a workbook", "is a spreadsheet; save it as CSV"),
        (b"Name,Phone\nMa\0ri,1\n", "is not a text file"),
        (None, "does not exist"),
    ],
)
async def test_what_is_no_text_is_one_sentence(store: Store, tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile, match=says):
        await import_contacts(store, path)


async def test_a_wrong_stated_encoding_is_one_sentence(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ESTONIAN, "cp1257")
    with pytest.raises(BadFile, match="is not in utf-8; leave the encoding out"):
        await import_contacts(store, path, encoding="utf-8")
    with pytest.raises(BadFile, match="there is no encoding 'klingon'"):
        await import_contacts(store, path, encoding="klingon")


async def test_a_broken_row_does_not_end_the_file(store: Store, tmp_path: Path) -> None:
    text = (
        'Name,Phone\nA,55501000\n"unclosed '
        + "x" * 200_000
        + "\n"
        + "".join(f"B{n},5550{n:04}\n" for n in range(1000, 1010))
    )
    report = await import_contacts(store, written(tmp_path / "a.csv", text), refused=tmp_path / "r.csv")
    assert report.refused >= 1
    assert report.added >= 10


async def test_progress_is_told_and_all_of_a_longer_file_read(store: Store, tmp_path: Path) -> None:
    lines = "".join(f"N{n} F{n},{55000000 + n}\n" for n in range(1700))
    told: list[tuple[int, int]] = []
    report = await import_contacts(
        store,
        written(tmp_path / "a.csv", "Name,Phone\n" + lines),
        progress=lambda done, total: told.append((done, total)),
    )
    assert report.added == 1700
    assert told == [(500, 1700), (1000, 1700), (1500, 1700), (1700, 1700)]


async def test_an_import_that_broke_off_goes_on(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "Name,Phone\n" + "".join(f"N{n},{55000000 + n}\n" for n in range(1200)))
    left = 3

    def fail(_connection: Connection) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise ConnectionResetError("the server closed the connection")

    event.listen(store.database._engine.sync_engine, "begin", fail)
    with pytest.raises(StoreAway, match="connection; 1000 rows are in, run the same import again to go on"):
        await import_contacts(store, path)
    report: Report = await import_contacts(store, path)
    assert (report.same, report.added) == (1000, 200)


async def test_whose_caller_somebody_is(store: Store, tmp_path: Path) -> None:
    await store.users.put("anna", "Anna", "agent", password_hash="-")
    text = "Name,Phone,Kliendihaldur\nMari,55501000,anna\nJaan,55501001,nobody\nLiis,55501002,\n"
    report = await import_contacts(store, written(tmp_path / "a.csv", text))
    assert (report.added, report.refused) == (2, 1)
    assert report.reasons == {"nobody has the preferred agent's login": 1}
    assert {name: one.preferred_agent for name, one in (await everyone(store)).items()} == {
        "Mari": "anna",
        "Liis": None,
    }
