"""Between an engine and the store's written requests: what changed there is told, what it wants is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from crm_store.errors import StoreError
from crm_store.requests import Request
from crm_store.store import Store
from cti.engine import Engine
from routing.letters import MoveRequest, WrittenRequest

LOOK_SECONDS = 1.0
"""How soon a request counts that another process wrote."""
OVERLAP = timedelta(seconds=10)
"""A change may be committed later than its stamp, and another machine's clock may be behind."""
ALL_EVERY = 60.0
"""Seconds between two looks at all of them, for what slips through the overlap."""

log = structlog.get_logger(__name__)


def written(request: Request) -> WrittenRequest:
    """As routing knows it."""
    return WrittenRequest(
        id=request.id,
        kind=request.kind,
        queue=request.queue,
        state=request.state,
        since=request.since,
        version=request.version,
        title=request.subject,
        name=request.contact_name or request.name or request.email or request.number,
        contact=request.contact,
        tier=request.tier,
        skills=tuple(sorted(request.skills.items())),
        due_at=request.due_at,
        not_before=request.not_before,
        agent=request.agent,
        offered_at=request.offered_at,
        parked_until=request.parked_until,
    )


async def move(store: Store, wish: MoveRequest) -> tuple[bool, WrittenRequest | None]:
    """Whether it was moved, and how it stands now. Raises StoreError."""
    now = datetime.now(UTC)
    if wish.to == "offered" and wish.agent is not None:
        moved = await store.requests.offer(wish.request, wish.agent, wish.most, now)
    elif wish.to == "done" and wish.agent is not None:
        moved = await store.requests.done(wish.request, wish.agent, now, wish.note)
    else:
        moved = await store.requests.move(
            wish.request, wish.to, now, was=wish.was, agent_was=wish.agent_was, agent=wish.agent,
            parked_until=wish.until,
        )  # fmt: skip
    stands = moved or await store.requests.get(wish.request)
    return moved is not None, None if stands is None else written(stands)


async def follow_requests(store: Store, engine: Engine) -> None:
    """Tells the engine how requests stand, for ever: all of them at first, then what changed."""
    loop = asyncio.get_running_loop()
    since, all_at = datetime.now(UTC), float("-inf")
    while True:
        asked_at = datetime.now(UTC)
        complete = loop.time() - all_at >= ALL_EVERY
        try:
            found = await store.requests.open() if complete else await store.requests.changed(since - OVERLAP)
            _tell(engine, found, complete)
            since, all_at = asked_at, loop.time() if complete else all_at
        except StoreError as away:
            log.debug("requests not read", why=str(away))
            all_at = float("-inf")
        await asyncio.sleep(LOOK_SECONDS)


def _tell(engine: Engine, found: Sequence[Request], complete: bool) -> None:
    if found or complete:
        engine.tell_requests([written(one) for one in found], complete=complete)
