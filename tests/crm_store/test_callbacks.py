"""Callbacks in the store: one in flight, at lawful hours, not against the list, tried again some times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_store.errors import Refused
from crm_store.requests import Request
from crm_store.store import Store

NUMBER = "+37255501000"
DAY = datetime(2026, 11, 27, 10, tzinfo=UTC)
NIGHT = datetime(2026, 11, 27, 20, tzinfo=UTC)
MORNING = datetime(2026, 11, 28, 6, tzinfo=UTC)


@pytest.fixture
async def shop(store: Store) -> Store:
    await store.queues.put("support")
    await store.users.put("agent1", name="Agent One", role="agent", password_hash="x")
    return store


async def taken(shop: Store, now: datetime) -> Request:
    """One that agent1 has accepted."""
    made = (await shop.callbacks.ask(NUMBER, "support", now)).request
    await shop.requests.offer(made.id, "agent1", 2, now)
    found = await shop.requests.move(made.id, "taken", now, was=("offered",), agent_was="agent1", agent="agent1")
    assert found is not None
    return found


async def test_it_keeps_its_place_and_there_is_one_for_a_number(shop: Store) -> None:
    since = DAY - timedelta(minutes=14)
    made = await shop.callbacks.ask("5550 1000", "support", DAY, since, "Mari")
    assert (made.new, made.request.number, made.request.since, made.request.not_before) == (True, NUMBER, since, None)
    again = await shop.callbacks.ask(NUMBER, "support", DAY)
    assert (again.new, again.request) == (False, made.request)


async def test_at_night_it_waits_for_the_morning_where_the_number_is(shop: Store) -> None:
    request = (await shop.callbacks.ask(NUMBER, "support", NIGHT)).request
    assert (request.not_before, request.expires_at) == (MORNING, MORNING + timedelta(hours=24))
    with pytest.raises(Refused, match="not an hour"):
        await shop.callbacks.check(request, NIGHT)
    await shop.callbacks.check(request, MORNING)


@pytest.mark.parametrize(
    ("number", "says"),
    [("112", "Emergency numbers"), ("nobody", "is no login"), ("+372 900 1234", "premium rate")],
)
async def test_what_is_not_dialled_gets_no_callback(shop: Store, number: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        await shop.callbacks.ask(number, "support", DAY)


async def test_the_do_not_call_list_is_asked_before_each_dial(shop: Store) -> None:
    await shop.do_not_call.add(NUMBER, "marketing", "chief", None, DAY)
    request = (await shop.callbacks.ask(NUMBER, "support", DAY)).request
    await shop.do_not_call.add(NUMBER, "all", "chief", None, DAY)
    with pytest.raises(Refused, match="do-not-call list"):
        await shop.callbacks.check(request, DAY)
    with pytest.raises(Refused, match="do-not-call list"):
        await shop.callbacks.ask(NUMBER, "support", DAY)


async def test_who_called_again_or_was_reached_is_not_called_back(shop: Store) -> None:
    await shop.callbacks.ask(NUMBER, "support", DAY)
    assert [one.state for one in await shop.callbacks.called(NUMBER, DAY)] == ["cancelled"]
    await taken(shop, DAY)
    done = await shop.callbacks.dialled(NUMBER, "agent1", "call-1", True, DAY)
    assert done is not None
    assert (done.state, done.call) == ("done", "call-1")
    assert (await shop.callbacks.ask(NUMBER, "support", DAY)).new, "tomorrow there may be another one"


async def test_not_reached_it_is_tried_again_some_times_at_its_place(shop: Store) -> None:
    now, first = DAY, await taken(shop, DAY)
    for call in ("call-1", "call-2"):
        back = await shop.callbacks.dialled(NUMBER, "agent1", call, False, now)
        assert back is not None
        assert (back.state, back.since, back.not_before) == ("waiting", first.since, now + timedelta(minutes=15))
        now += timedelta(minutes=20)
        await shop.requests.offer(back.id, "agent1", 2, now)
        await shop.requests.move(back.id, "taken", now, was=("offered",), agent_was="agent1", agent="agent1")
    last = await shop.callbacks.dialled(NUMBER, "agent1", "call-3", False, now)
    assert last is not None
    assert last.state == "expired"
    assert await shop.callbacks.dialled(NUMBER, "agent1", "call-4", True, now) is None
