"""Dial lists as people really have them: what is taken, what is refused and why, and that an import goes on."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crm_store import lead_import
from crm_store.campaigns import Campaign
from crm_store.errors import BadFile, Refused
from crm_store.lead_import import LeadFile, LeadReport, Scope, import_leads
from crm_store.leads import Lead, LeadFilter
from crm_store.store import Store
from tests.crm_store.test_workbook import made as made_workbook

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture
async def campaign(store: Store) -> Campaign:
    given: Any = {"name": "autumn", "queue": "sales", "mode": "preview", "profile": "EE"}
    return await store.campaigns.add(given, "boss", NOW)


class Lists:
    """Imports texts as files."""

    def __init__(self, store: Store, folder: Path, campaign: Campaign) -> None:
        self.store, self.folder, self.campaign = store, folder, campaign

    async def read(
        self, text: str, name: str = "first", dedupe: Scope = "campaign", encoding: str = "utf-8", **given: Any
    ) -> LeadReport:
        path = self.folder / "leads.csv"
        path.write_bytes(text.encode(encoding))
        given = {"campaign": self.campaign.id, **given}
        file = LeadFile(path=path, list=name, dedupe=dedupe, **given)
        return await import_leads(self.store, file, NOW, refused=self.folder / "refused.csv")

    async def all(self) -> dict[str, Lead]:
        page = await self.store.leads.page(self.campaign.id, LeadFilter(), limit=200)
        return {lead.name: lead for lead in page.items}

    def refused(self) -> list[list[str]]:
        with (self.folder / "refused.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))[1:]


@pytest.fixture
def lists(store: Store, tmp_path: Path, campaign: Campaign) -> Lists:
    return Lists(store, tmp_path, campaign)


async def test_a_line_becomes_a_lead_with_all_that_it_says(lists: Lists) -> None:
    await lists.store.users.put("mari", "Mari", "agent", password_hash="x" * 20)
    report = await lists.read(
        "Name;Phone;Mobile;Keel;Time zone;Owner;Priority;Consent;Consent date;Consent text;Car\n"
        "Jaan Tamm;600 1234;+372 5550 1000, 5550 1001;et;Europe/Tallinn;mari;5;nõusolek;01.11.2026;Call me;Žiguli\n"
        ";5550 1002;;;;;;;;;\n",
        source="shop",
        cost=12.5,
    )
    assert (report.added, report.refused, report.columns["number"]) == (2, 0, ("Phone", "Mobile"))
    found = await lists.all()
    jaan = found["Jaan Tamm"]
    assert [one.number for one in jaan.numbers] == ["+3726001234", "+37255501000", "+37255501001"]
    assert (jaan.language, jaan.time_zone, jaan.owner, jaan.rank) == ("et", "Europe/Tallinn", "mari", 5)
    assert jaan.consent == {"basis": "consent", "at": "2026-11-01T00:00:00+00:00", "text": "Call me"}
    assert (jaan.fields, jaan.state, jaan.next_at) == ({"Car": "Žiguli"}, "open", NOW)
    assert (found["+37255501002"].consent, found["+37255501002"].rank) == (None, 0)


async def test_each_row_that_is_not_taken_has_its_reason(lists: Lists) -> None:
    bad = [
        ("Nobody", "", "there is no telephone number"),
        ("Police", "112", "the telephone number is an emergency number ('112')"),
        ("Fortune", "900 1234", "the telephone number is one at a premium rate ('900 1234')"),
        ("Words", "call me", "the telephone number is none ('call me')"),
        ("Digits", "٥٥٥٠١٠٠٠", "the telephone number is none ('٥٥٥٠١٠٠٠')"),
        ("Dial", "Local/5550@from-internal", "the telephone number is none ('Local')"),
        ("=cmd|' /C calc'!A0", "5550 2000", "a cell holds a formula"),
        ("@SUM(A1)", "5550 2000", "a cell holds a formula"),
        ("${SHELL(rm)}", "5550 2000", "the name holds what is no part of a name"),
        ("x@from-internal", "5550 2000", "the name holds what is no part of a name"),
        ("A&Local/1@x", "5550 2000", "the name holds what is no part of a name"),
        ("line\nbreak", "5550 2000", "the name holds what is no part of a name"),
        ("n" * 201, "5550 2000", "the name is longer than 200 characters"),
    ]
    good = ["Smith & Sons", "mari@example.com", "O'Brien (home)", "Õie-Žanna"]
    with (lists.folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name", "Phone"])
        writer.writerows([name, number] for name, number, _ in bad)
        writer.writerows([name, f"5550 {3000 + n}"] for n, name in enumerate(good))
    report = await lists.read((lists.folder / "rows.csv").read_text(encoding="utf-8"))
    assert (report.rows, report.added, report.refused) == (17, 4, 13)
    for (name, _, why), row in zip(bad, lists.refused(), strict=True):
        assert row[1].startswith(why), (name, row)
    assert [one.row for one in report.refused_rows] == list(range(2, 15))
    assert report.reasons["the name holds what is no part of a name"] == 4
    assert set(await lists.all()) == set(good)


@pytest.mark.parametrize(
    ("header", "row", "why"),
    [
        ("Owner", "nobody", "nobody has the owner's login ('nobody')"),
        ("Rank", "101", "the rank is no whole number from -100 to 100 ('101')"),
        ("Time zone", "Mars", "the time zone is none"),
        ("Language", "<b>", "the language is none"),
        ("Country", "Estonia", "the country is none"),
        ("Consent", "perhaps", "the basis is neither consent nor legitimate_interest"),
        ("Consent date", "32.11.2026", "the time of consent is none"),
    ],
)
async def test_a_value_that_cannot_be_refuses_its_row(lists: Lists, header: str, row: str, why: str) -> None:
    report = await lists.read(f"Phone,{header}\n55501000,{row}\n55501001,\n")
    assert (report.added, report.refused) == (1, 1)
    assert lists.refused()[0][1].startswith(why)


async def test_rows_of_another_encoding_are_refused_and_files_without_numbers(lists: Lists) -> None:
    (lists.folder / "mixed.csv").write_bytes(
        "Nimi,Telefon\nÕie Äär,55501000\nÜlo Öö,55501001\nÄmm,55501003\n".encode() + "Märt,55501002\n".encode("cp1257")
    )
    file = LeadFile(path=lists.folder / "mixed.csv", campaign=lists.campaign.id, list="mixed")
    report = await import_leads(lists.store, file, NOW)
    assert (report.encoding, report.added, report.refused) == ("utf-8", 3, 1)
    assert report.refused_rows[0].reason == "the row holds bytes that are no letters in utf-8"
    with pytest.raises(BadFile, match="no column that is known to be a telephone number"):
        await lists.read("Name,Street\nMari,Pikk\n")
    with pytest.raises(BadFile, match="is not in utf-16"):
        await import_leads(lists.store, replace(file, encoding="utf-16"), NOW)
    with pytest.raises(Refused, match="there is no such campaign"):
        await lists.read("Phone\n55501002\n", campaign="77")


async def test_numbers_are_met_once_in_a_list_a_campaign_or_at_all(lists: Lists) -> None:
    assert (await lists.read("Phone,Mobile\n55501000,55501001\n")).added == 1
    double = await lists.read("Phone,Mobile\n55501001,\n55501002,\n55501002,55501003\n", name="second")
    assert (double.added, double.refused) == (1, 2)
    assert lists.refused()[0][1] == "the telephone number is another lead's (+37255501001: list 'first')"
    assert lists.refused()[1][1] == "the telephone number is another lead's (+37255501002: row 3)"
    assert (await lists.read("Phone\n55501001\n", name="third", dedupe="list")).added == 1
    given: Any = {"name": "winter", "queue": "sales", "mode": "preview", "profile": "EE"}
    other = await lists.store.campaigns.add(given, "boss", NOW)
    assert (await lists.read("Phone\n55501000\n", campaign=other.id, dedupe="system")).refused == 1
    assert (await lists.read("Phone\n55501000\n", campaign=other.id)).added == 1


async def test_the_same_file_again_changes_nothing_and_tells_the_same(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lead_import, "BATCH", 7)
    text = "Id,Phone\n" + "".join(f"c{n},5550{n:04}\n" for n in range(50)) + "c3,55509999\nx,55500004\n"
    first = await lists.read(text)
    assert (first.added, first.same, first.refused) == (50, 0, 2)
    told, before = lists.refused(), await lists.all()
    again = await lists.read(text)
    assert (again.added, again.same, again.refused) == (0, 50, 2)
    assert (lists.refused(), await lists.all()) == (told, before)


async def test_an_import_that_was_broken_off_goes_on(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lead_import, "BATCH", 10)
    text = "Phone\n" + "".join(f"5550{n:04}\n" for n in range(95)) + "55500001\n"

    class Killed(Exception):
        pass

    def killed_at(most: int) -> Callable[[int, int], None]:
        def progress(done: int, total: int) -> None:
            if done >= most:
                raise Killed

        return progress

    path = lists.folder / "leads.csv"
    path.write_text(text)
    file = LeadFile(path=path, campaign=lists.campaign.id, list="first")
    with pytest.raises(Killed):
        await import_leads(lists.store, file, NOW, progress=killed_at(30))
    report = await lists.read(text)
    assert (report.rows, report.added, report.same, report.refused) == (96, 65, 30, 1)
    assert len(await lists.all()) == 95


async def test_a_workbook_is_read_as_a_list(lists: Lists) -> None:
    path = made_workbook(lists.folder / "leads.xlsx")
    file = LeadFile(path=path, campaign=lists.campaign.id, list="sheet", country="EE")
    report = await import_leads(lists.store, file, NOW)
    assert [(row.row, row.reason.partition(" (")[0]) for row in report.refused_rows] == [(5, "a cell holds a formula")]
    mari = (await lists.all())["Mari Õun"]
    assert (mari.numbers[0].number, mari.consent) == (
        "+37255501000",
        {"basis": "consent", "at": "2026-11-01T00:00:00+00:00", "text": None},
    )
