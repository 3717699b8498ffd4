"""Attempts as proof: written out for a regulator, and kept as long as their profile wants."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm_store.attempt_records import ATTEMPT_COLUMNS, AttemptFilter, export_attempts, retain_attempts
from crm_store.campaign_schema import attempts
from crm_store.errors import Refused
from crm_store.store import Store
from tests.crm_store.campaign_rows import NOW, add_attempt, add_campaign, add_lead

DAY = timedelta(days=1)
OLD = NOW - 1_200 * DAY
"""Older than Estonia wants them, not older than the United States do."""


async def written(store: Store, want: AttemptFilter) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    assert await export_attempts(store.database, out, want) == out.getvalue().count("\r\n") - 1
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


async def test_each_attempt_with_what_was_known_when_it_left(store: Store) -> None:
    campaign = await add_campaign(store)
    consent = {"basis": "consent", "at": "2026-05-01", "text": "=cmd|' /C calc'!A0", "by": "web form"}
    lead = await add_lead(store, campaign, "+3725550001", name="@Mari", consent=consent)
    (judged,) = await store.lawfulness.judged(campaign, [lead], NOW)
    await add_attempt(
        store, campaign, lead, "+3725550001", NOW, outcome="person", proof=dict(judged.verdict.proof),
        answered_at=NOW + timedelta(seconds=9), connected_at=NOW + timedelta(seconds=9.5),
    )  # fmt: skip
    (row,) = await written(store, AttemptFilter("autumn", NOW, NOW + DAY))
    assert tuple(row) == ATTEMPT_COLUMNS
    told = {
        "campaign": "autumn", "list": "first", "lead_name": "'@Mari", "number": "'+3725550001", "outcome": "person",
        "at": "2026-11-27T12:00:00Z", "seconds_to_agent": "0.500", "profile": "EE", "profile_version": "2022-02-01",
        "local_times": "Europe/Tallinn 2026-11-27T14:00:00+02:00", "consent_basis": "consent", "consent_by": "web form",
        "consent_text": "'=cmd|' /C calc'!A0", "attempts_of_lead": "0", "decision": "allowed", "sure_agent": "false",
    }  # fmt: skip
    assert {name: row[name] for name in told} == told


async def test_a_campaign_and_a_time(store: Store) -> None:
    one, other = await add_campaign(store), await add_campaign(store, "winter")
    await add_attempt(store, one, "1", "+3725550001", NOW)
    await add_attempt(store, one, "1", "+3725550001", NOW + DAY)
    await add_attempt(store, other, "2", "+3725550002", NOW)
    assert len(await written(store, AttemptFilter())) == 3
    assert len(await written(store, AttemptFilter("autumn"))) == 2
    assert len(await written(store, AttemptFilter("autumn", to=NOW + DAY))) == 1
    with pytest.raises(Refused, match="no campaign"):
        await written(store, AttemptFilter("spring"))


async def test_kept_as_long_as_the_profile_wants_and_a_legal_hold_wins(store: Store) -> None:
    estonia, america = await add_campaign(store), await add_campaign(store, "america", profile="US")
    by_ee, by_us = {"profile": {"key": "EE"}}, {"profile": {"key": "US"}}
    await add_attempt(store, estonia, "1", "+3725550001", OLD, proof=by_ee, call_id="main:1")
    kept = [
        await add_attempt(store, estonia, "1", "+3725550001", NOW - 9 * DAY, proof=by_ee),
        await add_attempt(store, estonia, "1", "+3725550001", OLD, proof=by_us),
        await add_attempt(store, estonia, "1", "+3725550001", OLD),
        await add_attempt(store, estonia, "1", "+3725550001", OLD, proof=by_ee, outcome=None),
        await add_attempt(store, estonia, "1", "+3725550001", OLD, proof=by_ee, call_id="main:2"),
        await add_attempt(store, america, "2", "+12125551234", OLD, proof=by_us),
    ]
    await store.recordings.hold("main:2", NOW, "admin")
    assert await retain_attempts(store.database, store.lawfulness.profiles, NOW) == 1
    async with store.database.reading() as connection:
        assert list((await connection.execute(select(attempts.c.id).order_by(attempts.c.id))).scalars()) == kept
    (deed,) = await store.audit.of("attempts", "erased attempts")
    assert deed.detail == {"count": 1}
