"""Wrap-ups, drafts, preferences and the own day: what an agent leaves behind a call, and sees of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crm_store.days import state_seconds
from crm_store.errors import Refused
from crm_store.journal import Journal
from crm_store.schema import wrap_ups
from crm_store.service_tickets import TicketFilter
from crm_store.store import Store
from crm_store.tasks import TaskFilter
from crm_store.wrap_ups import Next, WrapUp, utc
from routing.facts import AgentChanged, Availability
from routing.story import Call
from tests.crm_store.story import answered, at, numbered


async def called(store: Store, known: bool = True, number: str | None = "+37255501000") -> Call:
    """A call of Mari's, or of nobody's that we know, that Anna has; its record is not written yet."""
    await store.users.put("anna", "Anna", "agent", password_hash="x")
    mari = (await store.contacts.add({"name": "Mari", "numbers": ["55501000"]})).id
    return Call("c1", "main", "inbound", number, None, None, at(0), contact=mari if known else None)


async def results(store: Store) -> list[tuple[Any, ...]]:
    async with store.database.reading() as connection:
        rows = await connection.execute(wrap_ups.select().order_by(wrap_ups.c.agent))
        return [(row.agent, row.disposition, row.contact_id is not None, row.next) for row in rows]


async def test_a_result_a_note_and_a_callback_together(store: Store) -> None:
    call = await called(store)
    await store.drafts.put("c1", "anna", "{}", at(1))
    await store.drafts.put("c1", "bert", "{}", at(1))
    wish = WrapUp("anna", "anna/c-1", "callback", "Call Mari.", next=Next("callback", at(900), None, "anna"))
    assert await store.wrap_ups.keep(call, wish, at(10))
    assert await store.wrap_ups.keep(call, wish, at(11))
    page = await store.interactions.of_contact(str(call.contact))
    assert [(one.disposition, one.note, one.call, one.at) for one in page.items] == [
        ("callback", "Call Mari.", "c1", at(0))
    ]
    tasks = (await store.tasks.page(TaskFilter())).items
    assert len(tasks) == 1
    made = tasks[0]
    assert (made.kind, made.text, made.due_at, made.time_zone, made.owner, made.number, made.contact, made.call) == (
        "callback", "Call Mari.", at(900), "Europe/Tallinn", "anna", "+37255501000", call.contact, "c1",
    )  # fmt: skip
    assert await results(store) == [("anna", "callback", True, "callback")]
    assert (await store.drafts.get("c1", "anna")).agent == "bert"
    assert await store.wrap_ups.dispositions_of("anna", at(0), at(20)) == {"callback": 1}


async def test_a_ticket_is_made_once_and_counted(store: Store) -> None:
    call = await called(store)
    wish = WrapUp("anna", "anna/c-1", "follow_up", next=Next("ticket", None, "Slow line\nsince Monday", None))
    for _ in range(2):
        assert await store.wrap_ups.keep(call, wish, at(10))
    tickets = (await store.service_tickets.page(TicketFilter())).items
    assert [(one.subject, one.text, one.owner, one.call) for one in tickets] == [
        ("Slow line", "Slow line\nsince Monday", None, "c1")
    ]
    contact = await store.contacts.get(str(call.contact))
    assert contact is not None
    assert contact.open_tickets == 1


async def test_each_agent_has_an_own_result(store: Store) -> None:
    call = await called(store)
    await store.wrap_ups.keep(call, WrapUp("anna", "1", "passed_on"), at(10))
    await store.wrap_ups.keep(call, WrapUp("bert", "2", "resolved"), at(20))
    await store.wrap_ups.keep(call, WrapUp("anna", "3", note="Later."), at(30))
    assert await results(store) == [("anna", "passed_on", True, None), ("bert", "resolved", True, None)]


async def test_of_nobody_we_know(store: Store) -> None:
    call = await called(store, known=False)
    assert await store.wrap_ups.keep(call, WrapUp("anna", "1", "wrong_number"), at(10))
    assert not await store.wrap_ups.keep(call, WrapUp("anna", "2", "other", "Who was it?"), at(10))
    assert not await store.wrap_ups.keep(call, WrapUp("anna", "3", "other", contact="99"), at(10))
    assert await store.wrap_ups.keep(call, WrapUp("anna", "4", next=Next("callback", at(60), "Back", None)), at(10))
    assert [(one.contact, one.number, one.owner) for one in (await store.tasks.page(TaskFilter())).items] == [
        (None, "+37255501000", None)
    ]
    assert await results(store) == [("anna", "wrong_number", False, "callback")]


@pytest.mark.parametrize(
    ("known", "number", "step", "says"),
    [
        (False, "+37255501000", Next("ticket", None, "x", None), "ticket is somebody's"),
        (True, None, Next("ticket", None, None, None), "what the ticket is about"),
        (True, None, Next("task", None, "x", None), "when the task is due"),
        (False, None, Next("callback", at(60), "x", None), "whom to call back"),
        (True, None, Next("task", at(60), "x", "nobody"), "no user nobody"),
        (True, None, Next("task", at(60), "x", None, "Mars/Olympus"), "time_zone"),
    ],
)
async def test_a_step_that_cannot_be_leaves_nothing(
    store: Store, known: bool, number: str | None, step: Next, says: str
) -> None:
    call = await called(store, known, number)
    with pytest.raises(Refused, match=says):
        await store.wrap_ups.keep(call, WrapUp("anna", "1", "other", next=step), at(10))
    assert await results(store) == []
    assert (await store.tasks.page(TaskFilter())).items == ()


def test_a_time_is_read_or_refused() -> None:
    assert utc("2026-11-24T11:00:00+02:00") == at(0).replace(microsecond=0)
    for bad in ("", "tomorrow", "2026-11-24T11:00:00", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(Refused, match="next_at"):
            utc(bad)


async def test_drafts_pass_on_to_the_next_agent(store: Store) -> None:
    assert (await store.drafts.get("c1", "anna")).text == ""
    await store.drafts.put("c1", "anna", '{"note":"half"}', at(1))
    await store.drafts.put("c1", "carl", '{"note":"older"}', at(0))
    seen = await store.drafts.get("c1", "bert")
    assert (seen.agent, seen.text, seen.changed_at) == ("anna", '{"note":"half"}', at(1))
    await store.drafts.put("c1", "bert", '{"note":"mine"}', at(2))
    assert (await store.drafts.get("c1", "bert")).agent == "bert"
    assert (await store.drafts.get("c1", "anna")).agent == "anna"
    await store.drafts.put("c1", "anna", " ", at(3))
    assert (await store.drafts.get("c1", "anna")).agent == "bert"
    for bad in ("ü" * 30_001, "a\0"):
        with pytest.raises(Refused):
            await store.drafts.put("c1", "anna", bad, at(3))
    await store.drafts.sweep(at(2) + timedelta(days=7))
    assert [(await store.drafts.get("c1", who)).agent for who in ("bert", "carl")] == ["bert", "bert"]


async def test_preferences_are_the_user_s_own(store: Store) -> None:
    user = (await store.users.put("anna", "Anna", "agent", password_hash="x")).value
    assert (await store.preferences.get(user.id)).preferences == {}
    given = {"theme": "dark", "keys": {"ready": "F2"}, "odd": "\0\ud800"}
    await store.preferences.put(user.id, given, at(0))
    await store.preferences.put(user.id, given, at(1))
    kept = await store.preferences.get(user.id)
    assert (kept.preferences, kept.changed_at) == (given, at(1))
    with pytest.raises(Refused):
        await store.preferences.put(user.id, {"x": "y" * 10_000}, at(2))


def state(second: float, availability: Availability, agent: str = "anna") -> AgentChanged:
    return AgentChanged(agent, at(second), availability, "none", None, at(second), (), None, True)


def test_time_in_states() -> None:
    states = [state(-50, "ready"), state(10, "paused"), state(30, "ready"), state(90, "wrap_up")]
    assert state_seconds(states, at(0), at(100)) == {"ready": 70.0, "paused": 20.0, "wrap_up": 10.0}
    assert state_seconds([state(40, "paused")], at(0), at(30)) == {}
    assert state_seconds([], at(0), at(30)) == {}


async def test_the_own_day(store: Store, tmp_path: Any) -> None:
    journal = Journal(store, tmp_path / "spool", 1_000_000)
    async with journal:
        states = (state(-5, "ready"), state(40, "paused"), state(50, "offline", 'an"_%'))
        journal.append(numbered((*answered("c1"), *states)))
        assert await journal.settled(20)
    day = await store.days.of("agent1", at(0), at(3600), at(3600))
    assert day.answered == 1
    assert day.team.agents == 1
    assert day.average_talk_seconds == day.talk_seconds == day.team.talk_seconds > 0
    mine = await store.days.of("anna", at(0), at(100), at(100))
    assert (mine.ready_seconds, mine.pause_seconds, mine.answered) == (40.0, 60.0, 0)
