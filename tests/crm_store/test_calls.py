"""The log of calls: what was recorded is found again, page by page and filter by filter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crm_store.journal import Journal
from crm_store.records import CallFilter
from crm_store.store import Store
from routing.facts import CALL_FACTS, Fact
from routing.story import fold
from tests.crm_store.story import abandoned, answered, at, numbered


async def record(store: Store, folder: Path, facts: list[Fact], stream: str = "main-1") -> None:
    async with Journal(store, folder) as journal:
        journal.append(numbered(facts, stream))
        assert await journal.settled(5)


async def ids(store: Store, **want: Any) -> list[str]:
    found: list[str] = []
    page = await store.calls.page(CallFilter(**want), limit=2)
    while True:
        found += [call.id for call in page.items]
        if page.next is None:
            return found
        page = await store.calls.page(CallFilter(**want), after=page.next, limit=2)


async def test_the_record_is_what_the_fold_says(store: Store, tmp_path: Path) -> None:
    facts = answered("c1", contact="17")
    await record(store, tmp_path / "spool", facts)
    expected = None
    for fact in facts:
        if isinstance(fact, CALL_FACTS):
            expected = fold(expected, fact)  # type: ignore[arg-type]
    file = await store.calls.get("c1")
    assert file is not None
    assert file.call == expected
    kept = [recorded for recorded in numbered(facts) if isinstance(recorded.fact, CALL_FACTS)]
    assert [recorded.seq for recorded in file.facts] == [recorded.seq for recorded in kept]
    assert file.facts[0] == kept[0]
    assert (await store.calls.page(CallFilter())).items == (expected,)
    assert await store.calls.get("c2") is None


async def test_filters_and_pages(store: Store, tmp_path: Path) -> None:
    await record(
        store,
        tmp_path / "spool",
        [
            *answered("a", begin=0),
            *abandoned("b", begin=100),
            *answered("c", begin=200, agent="agent2"),
            *answered("d", begin=200)[:9],
            *abandoned("e", begin=400),
        ],
    )
    assert await ids(store) == ["e", "d", "c", "b", "a"]
    assert await ids(store, from_=at(100), to=at(400)) == ["d", "c", "b"]
    assert await ids(store, queue="sales") == ["e", "b"]
    assert await ids(store, agent="agent1") == ["d", "a"]
    assert await ids(store, number="+37255501001") == ["e", "b"]
    assert await ids(store, state="active") == ["d"]
    assert await ids(store, state="ended", queue="support") == ["c", "a"]
    assert await ids(store, number="nobody") == []
    assert await ids(store, among=("agent2", "nobody")) == ["c"]
    assert await ids(store, among=(), state="ended") == []
    assert await ids(store, answered_among=("agent1",)) == ["a"] == await ids(store, talked_among=("agent1",))
    assert await ids(store, answered_outside=("agent1",)) == ["e", "d", "c", "b"]
    assert await ids(store, talked_outside=("agent1",)) == ["c"]
    assert await ids(store, talked_outside=("agent1",), among=("agent1",)) == []


async def test_what_was_open_comes_back(store: Store, tmp_path: Path) -> None:
    await record(store, tmp_path / "spool", [*answered("a"), *answered("b", begin=5)[:13], *abandoned("c")[:3]])
    [waiting, talking] = await store.calls.open_calls("main")
    assert (talking.id, talking.segments[0].held_since, talking.ringing) == ("b", None, ())
    assert (waiting.id, waiting.waiting_in, waiting.waiting_since) == ("c", "sales", at(1))
    assert talking.reasons == (("tier A", 10.0), ("waited", 2.5))
    assert await store.calls.open_calls("other") == ()
    link = (await store.calls.links())["main"]
    assert (link.boot, link.alive_at) == ("20261124T000102", at(60))


async def test_an_ended_call_is_an_interaction_of_its_contact(store: Store, tmp_path: Path) -> None:
    mari = await store.contacts.add({"name": "Mari"})
    await record(
        store,
        tmp_path / "spool",
        [
            *answered("a", mari.id),
            *abandoned("b", mari.id, 100),
            *answered("c", mari.id, 200)[:-3],
            *answered("d", "999"),
        ],
    )
    found = (await store.interactions.of_contact(mari.id)).items
    assert [(each.call, each.agent, each.disposition, each.direction, each.at) for each in found] == [
        ("b", None, "abandoned", "inbound", at(100)),
        ("a", "agent1", None, "inbound", at(0)),
    ]


async def test_what_an_agent_noted_during_the_call_stays(store: Store, tmp_path: Path) -> None:
    mari = await store.contacts.add({"name": "Mari"})
    jaan = await store.contacts.add({"name": "Jaan"})
    facts = answered("a", mari.id)
    await record(store, tmp_path / "spool", facts[:10])
    noted = await store.interactions.note_call("a", "agent2", "callback", "will call", contact=jaan.id)
    assert noted is not None
    assert noted.at == at(0)
    await record(store, tmp_path / "spool", facts)
    assert (await store.interactions.of_contact(mari.id)).items == ()
    assert (await store.interactions.of_contact(jaan.id)).items == (noted,)
    assert (await store.interactions.note_call("a", "agent1")) == noted


@pytest.mark.parametrize("hostile", ["a\0b", "\ud83d", "x" * 5000, "'; DROP TABLE calls; --"])
async def test_what_callers_claim_is_kept_as_text(store: Store, tmp_path: Path, hostile: str) -> None:
    facts = abandoned("a")
    named = type(facts[0])(**{**{name: getattr(facts[0], name) for name in facts[0].__slots__}, "name": hostile})
    await record(store, tmp_path / "spool", [named, *facts[1:]])
    file = await store.calls.get("a")
    assert file is not None
    assert file.call.name == hostile.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    assert file.call.outcome == "abandoned"
