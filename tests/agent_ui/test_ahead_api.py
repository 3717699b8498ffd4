"""The next half hour and a pause's price over HTTP, from a live picture and from what the records say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_ui.board import Board
from agent_ui.http.routes import PREFIX
from agent_ui.looking import Looking
from routing.events import Directory, QueuePlan
from routing.facts import AgentChanged
from routing.outlook import Habits
from routing.picture import Picture
from tests.agent_ui.test_api import Site, site
from tests.crm_store.story import abandoned, answered, at
from tests.crm_store.test_calls import record

__all__ = ["site"]

LUNCH = "pause-price?reason=lunch"


def put_to_work(board: Board, logins: list[str], counted: bool = True) -> None:
    """Agents who are free for support; today is counted, and nobody has called."""
    now = datetime.now(UTC)
    for login in logins:
        board.picture.agents[login] = AgentChanged(login, now, "ready", "none", None, now, ("support",), None, True)
    if counted:
        board.today.warmed(board.today.warming())
        board.today.advance(now)


async def test_the_wall_is_told_what_to_expect(site: Site) -> None:
    await site.store.queues.put("support", target_seconds=15)
    chief = await site.token("supervisor")
    board = site.web.hub.board
    board.use(await site.store.directory())
    put_to_work(board, ["agent", "two"])
    status, said = await site.ask("GET", f"{PREFIX}/next-half-hour", chief)
    assert (status, said["minutes"]) == (200, 30)
    (one,) = said["items"]
    assert (one["queue"], one["offered"], one["service_level"], one["lost"]) == ("support", 0, None, 0)
    assert (one["agents"]["free"], one["target_seconds"], one["handle_known"]) == (2, 15, False)
    again = (await site.ask("GET", f"{PREFIX}/next-half-hour", chief))[1]
    assert again == said, "it is kept for some seconds"


async def test_a_pause_shows_its_price(site: Site) -> None:
    await site.store.queues.put("support", target_seconds=15)
    board = site.web.hub.board
    board.use(await site.store.directory())
    put_to_work(board, ["agent", "two"])
    chief, mine = await site.token("supervisor"), await site.token("agent")
    status, said = await site.ask("GET", f"{PREFIX}/me/{LUNCH}", mine)
    (one,) = said["items"]
    assert (status, said["agent"], one["queue"]) == (200, "agent", "support")
    assert (one["now"]["agents"]["free"], one["paused"]["agents"]["free"], one["paused"]["agents"]["away"]) == (2, 1, 1)
    status, said = await site.ask("GET", f"{PREFIX}/agents/two/{LUNCH}", chief)
    assert (status, said["items"][0]["paused"]["agents"]["free"]) == (200, 1)
    assert (await site.ask("GET", f"{PREFIX}/agents/nobody/{LUNCH}", chief))[0] == 404
    assert (await site.ask("GET", f"{PREFIX}/me/pause-price?reason={'x' * 61}", mine))[0] == 422
    assert (await site.ask("GET", f"{PREFIX}/me/pause-price?reason=%00", mine))[0] == 422
    assert (await site.ask("GET", f"{PREFIX}/me/{LUNCH}", chief))[1]["items"] == [], "nobody counts on who is offline"


async def test_the_price_follows_from_calls_and_limits() -> None:
    now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    board = Board(Picture(), Directory(queues=(QueuePlan("support"),)))
    put_to_work(board, [f"a{n}" for n in range(6)], counted=False)
    looking = Looking(board)
    looking.limits = {"coffee": 10}
    begin = now - timedelta(minutes=30)
    forecast = tuple((begin + timedelta(minutes=30 * n), 60.0) for n in range(4))
    looking.habits = {"support": Habits(180.0, 90.0, forecast)}
    (lunch,), (coffee,) = [await looking.price("a1", reason, now) for reason in ("lunch", "coffee")]
    found = [one.figures for one in (lunch.now, coffee.then, lunch.then)]
    levels = [one.level or 0.0 for one in found if one is not None]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] - levels[2] > 0.03


async def test_what_the_records_say_of_a_queue(site: Site, tmp_path: Path) -> None:
    await site.store.queues.put("support", target_seconds=15)
    facts = [fact for n in range(6) for fact in answered(f"a{n}", begin=n * 20)]
    some = [fact for n in range(6) for fact in abandoned(f"b{n}", begin=200 + n * 20)]
    await record(site.store, tmp_path / "spool", [*facts, *some])
    now = at(7200)
    habits = await site.store.habits.all(now)
    assert habits["support"].handle == pytest.approx(55.0)
    assert (habits["support"].patience, habits["sales"].handle) == (None, None)
    assert habits["sales"].patience == pytest.approx(8.0)
    assert await site.store.habits.all(now + timedelta(days=40)) == {}
