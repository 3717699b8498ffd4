"""Campaigns: what they may be, when they may start, and that every change can be told afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from crm_store.campaign_schema import dial_lists, leads
from crm_store.campaigns import Campaign, Fault
from crm_store.errors import Conflict, Refused
from crm_store.store import Store

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "name": "autumn",
    "queue": "sales",
    "mode": "progressive",
    "profile": "EE",
    "caller_number": "600 1234",
    "company": "Kontor OÜ",
    "script": "Hello {name}!",
}


async def floor(store: Store) -> None:
    await store.users.put("mari", "Mari", "agent", password_hash="x" * 20)
    await store.queues.put("sales", mode="direct", agents=["mari"])


async def with_lead(store: Store, campaign: Campaign) -> None:
    row = {"campaign_id": int(campaign.id), "name": "first", "imported_at": NOW}
    lead = {"campaign_id": int(campaign.id), "key": "1", "name": "Jaan", "fields": {}, "state": "open"}
    async with store.database.writing() as connection:
        made = await connection.execute(insert(dial_lists).values(**row).returning(dial_lists.c.id))
        stamps = {"next_at": NOW, "created_at": NOW, "changed_at": NOW}
        await connection.execute(insert(leads).values(**lead, **stamps, list_id=made.scalar_one()))


async def test_what_is_changed_has_a_version_and_is_told(store: Store) -> None:
    made = await store.campaigns.add(WHOLE, "boss", NOW)  # type: ignore[arg-type]
    assert (made.state, made.version, made.caller_number, made.settings.ring_seconds) == ("draft", 1, "+3726001234", 25)
    put = await store.campaigns.change(made.id, {"settings": {"ring_seconds": 30}}, "boss", NOW, version=1)
    assert put is not None
    assert (put.changed, put.value.version, put.value.settings.ring_seconds) == (("settings",), 2, 30)
    again = await store.campaigns.change(made.id, {"settings": {"ring_seconds": 30}}, "boss", NOW)
    assert again is not None
    assert (again.changed, again.value.version) == ((), 2)
    with pytest.raises(Conflict, match="somebody else has changed the campaign"):
        await store.campaigns.change(made.id, {"company": "X"}, "boss", NOW, version=1)
    deed = (await store.audit.of(f"campaign:{made.id}", "changed"))[0]
    assert (deed.who, deed.detail["values"]) == ("boss", {"settings.ring_seconds": [25, 30]})
    assert (await store.campaigns.get(made.id), await store.campaigns.get("0")) == (put.value, None)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"settings": {"ring_seconds": 14}}, "ring_seconds must be a whole number from 15 to 120"),
        ({"settings": {"abandonment_limit": 0.031}}, "abandonment_limit must be a number from 0 to 0.03"),
        ({"settings": {"amd": "yes"}}, "amd must be true or false"),
        ({"settings": {"speed": 9}}, "there is no setting 'speed'; there are ring_seconds, "),
        ({"settings": {"retry": {"person": 5}}}, "retry must be one of machine, "),
        ({"settings": {"share": "quota"}}, "share by quota needs quotas"),
        ({"settings": {"legal_sound": "../etc"}}, "legal_sound must be a sound's name"),
        ({"mode": "blaster"}, "mode must be one of preview, progressive, predictive"),
        ({"profile": "estonia"}, "profile must be a country profile's key"),
        ({"queue": "s,1,Dial(x)"}, "is no queue's name"),
        ({"caller_number": "900 1234"}, "cannot be called back: This is a number at a premium rate"),
        ({"caller_number": "112"}, "cannot be called back: Emergency"),
        ({"script": {"first": "b", "steps": {"a": {"text": "x"}}}}, "first must be the key of one of its steps"),
        ({"script": {"steps": {"a": {"text": "x", "next": [{"label": "y", "to": "c"}]}}}}, "no step 'c' to go to"),
        ({"script": {"steps": {"a": {"text": ""}}}}, "script, step a: a text must not be empty"),
        ({"name": " "}, "name must not be empty"),
    ],
)
async def test_what_cannot_be_is_refused_in_one_sentence(store: Store, given: Any, why: str) -> None:
    with pytest.raises(Refused) as refused:
        await store.campaigns.add({**WHOLE, **given}, "boss", NOW)  # type: ignore[typeddict-item]
    assert why in str(refused.value)


async def test_it_starts_only_when_nothing_speaks_against_it(store: Store) -> None:
    bare = {key: WHOLE[key] for key in ("name", "queue", "mode", "profile")}
    made = await store.campaigns.add(bare, "boss", NOW)  # type: ignore[arg-type]
    faults = await store.campaigns.faults(made, NOW)
    assert [one.field for one in faults] == ["queue", "caller_number", "company", "script", "lists"]
    with pytest.raises(Refused, match=r"autumn cannot run: there is no queue sales; make it first; it has no caller"):
        await store.campaigns.start(made.id, "boss", NOW)
    await store.queues.put("sales", mode="assist")
    assert "is not in mode direct" in (await store.campaigns.faults(made, NOW))[0].why
    await store.queues.put("sales", mode="direct")
    assert "has no agents" in (await store.campaigns.faults(made, NOW))[0].why
    await floor(store)
    await with_lead(store, made)
    await store.campaigns.change(made.id, WHOLE, "boss", NOW)  # type: ignore[arg-type]
    started = await store.campaigns.start(made.id, "boss", NOW)
    assert started is not None
    assert (started.state, started.started_at) == ("running", NOW)
    assert await store.campaigns.running() == (started,)
    with pytest.raises(Refused, match="has no company"):
        await store.campaigns.change(made.id, {"company": None}, "boss", NOW)
    paused = await store.campaigns.pause(made.id, "boss", NOW)
    stopped = await store.campaigns.stop(made.id, "boss", NOW)
    assert (paused and paused.state, stopped and stopped.state) == ("paused", "stopped")
    with pytest.raises(Refused, match="only one that runs can be paused"):
        await store.campaigns.pause(made.id, "boss", NOW)
    assert len(await store.audit.of(f"campaign:{made.id}", "running")) == 1


async def test_others_may_speak_against_it_too(store: Store) -> None:
    async def law(some: Sequence[Campaign], now: datetime) -> Mapping[str, Sequence[Fault]]:
        old = Fault("profile", "the do-not-call list is 40 days old; load a new one", "list_old")
        return {one.id: [old] for one in some}

    await floor(store)
    made = await store.campaigns.add(WHOLE, "boss", NOW)  # type: ignore[arg-type]
    await with_lead(store, made)
    store.campaigns.checks = (law,)
    with pytest.raises(Refused, match="the do-not-call list is 40 days old"):
        await store.campaigns.start(made.id, "boss", NOW)


async def test_the_same_wish_twice_changes_nothing(store: Store) -> None:
    first = await store.campaigns.put(WHOLE, "helin apply", NOW)  # type: ignore[arg-type]
    assert "name" in first.changed
    again = await store.campaigns.put(WHOLE, "helin apply", NOW)  # type: ignore[arg-type]
    assert (again.changed, again.value) == ((), first.value)
    other = await store.campaigns.put({**WHOLE, "settings": {"amd": False}}, "helin apply", NOW)  # type: ignore[typeddict-item]
    back = await store.campaigns.put(WHOLE, "helin apply", NOW)  # type: ignore[arg-type]
    assert (other.changed, back.changed, back.value.settings) == (("settings",), ("settings",), first.value.settings)
