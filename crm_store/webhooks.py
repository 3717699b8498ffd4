"""Webhooks: who is told what, how far each receiver is, and the stretch of the journal that comes next.

The place of a receiver stands here and what is told stands in the journal, so that a process that dies loses nothing:
the next one goes on behind the last place. Facts get their numbers in the order in which their transactions wrote, not
in which they ended: with several engines a number can appear behind a larger one. :func:`settled` therefore stops in
front of a hole until it is filled, or so old that its transaction must have failed.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import Row, delete, func, insert, or_, select, update

from crm_store.codec import decode_fact
from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.schema import facts
from crm_store.values import checked_text, needed_text, upsert
from crm_store.webhook_schema import webhook_failures, webhook_replays, webhooks
from routing.facts import Fact
from routing.outward import NAMES, kinds_of

MOST = 50
STRETCH = 5_000
"""So many numbers of the journal are looked at in one query."""
AT_ONCE = 100
SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
MOST_FAILURES = 1_000
State = Literal["off", "on", "away"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """``state``: away while its receiver cannot be reached since ``away_since``, for the reason ``trouble``; off may
    have a ``trouble`` too, when Helin turned it off. ``behind``: facts of the journal that it has not come to yet."""

    name: str
    url: str
    events: tuple[str, ...]
    active: bool
    state: State
    away_since: datetime | None
    trouble: str | None
    delivered_at: datetime | None
    behind: int
    failures: int
    replaying: bool


@dataclass(frozen=True, slots=True)
class Receiver:
    """What a delivery needs to know; ``secret`` is never shown or logged."""

    id: int
    name: str
    url: str
    secret: bytes
    kinds: frozenset[str]
    away_since: datetime | None
    place: int

    def __repr__(self) -> str:
        return f"Receiver({self.name!r})"


@dataclass(frozen=True, slots=True)
class Told:
    """A fact with its number in the journal, which never changes."""

    id: int
    kind: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Replay:
    id: int
    begin: datetime
    end: datetime
    place: int
    last: int


@dataclass(frozen=True, slots=True)
class Failure:
    """``fact``: its number, which the event's id has too."""

    fact: str
    at: datetime
    why: str


class Webhooks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Webhook, ...]:
        """By name."""
        failed = select(func.count()).where(webhook_failures.c.webhook_id == webhooks.c.id).scalar_subquery()
        open_ = webhook_replays.c.done_at.is_(None) & (webhook_replays.c.webhook_id == webhooks.c.id)
        replays = select(func.count()).select_from(webhook_replays).where(open_).scalar_subquery()
        last = select(func.max(facts.c.id)).scalar_subquery()
        query = select(webhooks, failed.label("failures"), replays.label("replays"), last.label("last"))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(webhooks.c.name))).all()
        return tuple(_webhook(row) for row in rows)

    async def get(self, name: str) -> Webhook | None:
        return next((one for one in await self.all() if one.name == name), None)

    async def put(
        self,
        name: str,
        now: datetime,
        *,
        url: str | None = None,
        secret: str | None = None,
        events: Sequence[str] | None = None,
        active: bool | None = None,
        new: bool | None = None,
    ) -> tuple[str, ...]:
        """Makes or changes the one of this name; the fields that were not so before. A new one begins with what happens
        from now on. ``new`` True: Conflict when it is there; False: Refused when it is not. Raises Refused."""
        name = needed_text("name", name, 80)
        async with self._database.writing() as connection:
            had = (await connection.execute(select(webhooks).where(webhooks.c.name == name))).first()
            if had is not None and new:
                raise Conflict("name", f"there is a webhook {name} already; change that one, or choose another name")
            if had is None and new is False:
                raise Refused("name", f"there is no webhook {name}; see helin webhooks list")
            if had is None and secret is None:
                raise Refused("secret", f"webhook {name} is new and needs a secret, like {fresh_secret()}")
            wish = checked(url, secret, events, active)
            if had is None:
                await self._add(connection, name, wish, now)
                return tuple(wish)
            changed = tuple(key for key, value in wish.items() if getattr(had, key) != value)
            if changed:
                values = {key: wish[key] for key in changed} | {"changed_at": now, "trouble": None, "away_since": None}
                await connection.execute(update(webhooks).where(webhooks.c.id == had.id).values(values))
        return changed

    async def _add(self, connection: Any, name: str, wish: dict[str, Any], now: datetime) -> None:
        if "url" not in wish:
            raise Refused("url", f"webhook {name} is new and needs a url, like https://shop.example/helin")
        if (await connection.execute(select(func.count()).select_from(webhooks))).scalar_one() >= MOST:
            raise Refused("name", f"there may be at most {MOST} webhooks")
        last = (await connection.execute(select(func.max(facts.c.id)))).scalar() or 0
        row = {"events": ["call"], "active": True, "place": last, "changed_at": now} | wish | {"name": name}
        await connection.execute(insert(webhooks).values(row))

    async def remove(self, name: str) -> bool:
        async with self._database.writing() as connection:
            done = await connection.execute(delete(webhooks).where(webhooks.c.name == name))
        return done.rowcount > 0

    # For the delivery

    async def take(self, holder: str, now: datetime, seconds: float) -> tuple[Receiver, ...]:
        """Those that are on and that this process delivers for the next ``seconds``: nobody else has them."""
        mine = or_(webhooks.c.holder == holder, webhooks.c.held_until.is_(None), webhooks.c.held_until < now)
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(webhooks).where(webhooks.c.active, mine))).all()
        if not rows:
            return ()
        held = {"holder": holder, "held_until": now + timedelta(seconds=seconds)}
        ids = [row.id for row in rows]
        async with self._database.writing() as connection:
            await connection.execute(update(webhooks).where(webhooks.c.id.in_(ids), mine).values(held))
            theirs = select(webhooks.c.id).where(webhooks.c.id.in_(ids), webhooks.c.holder == holder)
            have = set((await connection.execute(theirs)).scalars())
        return tuple(_receiver(row) for row in rows if row.id in have)

    async def let_go(self, holder: str) -> None:
        free = {"holder": None, "held_until": None}
        async with self._database.writing() as connection:
            await connection.execute(update(webhooks).where(webhooks.c.holder == holder).values(free))

    async def numbers(self, after: int) -> tuple[int, ...]:
        """Those of the facts behind this one, at most ``STRETCH``."""
        query = select(facts.c.id).where(facts.c.id > after).order_by(facts.c.id).limit(STRETCH)
        async with self._database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def stretch(
        self,
        kinds: frozenset[str],
        after: int,
        last: int,
        begin: datetime | None = None,
        end: datetime | None = None,
    ) -> tuple[tuple[Told, ...], int]:
        """What is to be told between ``after`` and ``last`` (inclusive), and up to which number that is all."""
        until = min(last, after + STRETCH)
        query = select(facts.c.id, facts.c.kind, facts.c.body).where(
            facts.c.id > after, facts.c.id <= until, facts.c.kind.in_(kinds)
        )
        if begin is not None and end is not None:
            query = query.where(facts.c.at >= begin, facts.c.at < end)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(facts.c.id).limit(AT_ONCE))).all()
        told = tuple(Told(row.id, row.kind, decode_fact(row.kind, row.body)) for row in rows)
        return told, until if len(told) < AT_ONCE else told[-1].id

    async def came_to(self, id: int, holder: str, place: int, delivered_at: datetime | None) -> bool:
        """All up to ``place`` is done. False: another process delivers this one now."""
        values: dict[str, Any] = {"place": place}
        if delivered_at is not None:
            values |= {"delivered_at": delivered_at, "away_since": None, "trouble": None}
        return await self._set(id, holder, values)

    async def is_away(self, id: int, holder: str, why: str, since: datetime, off: bool) -> None:
        """The receiver cannot be reached; ``off``: it is not tried any more until somebody turns it on again."""
        values: dict[str, Any] = {"away_since": since, "trouble": why[:500]}
        await self._set(id, holder, values | ({"active": False} if off else {}))

    async def _set(self, id: int, holder: str, values: dict[str, Any]) -> bool:
        mine = (webhooks.c.id == id) & (webhooks.c.holder == holder)
        async with self._database.writing() as connection:
            return (await connection.execute(update(webhooks).where(mine).values(values))).rowcount > 0

    async def failed(self, id: int, fact: int, at: datetime, why: str) -> None:
        """This one is not told, having been refused often enough. The oldest beyond a thousand are forgotten."""
        row = {"webhook_id": id, "fact_id": fact, "at": at, "why": why[:500]}
        of = select(webhook_failures.c.fact_id).where(webhook_failures.c.webhook_id == id)
        keep = of.order_by(webhook_failures.c.fact_id.desc()).limit(MOST_FAILURES)
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, webhook_failures, row, ("webhook_id", "fact_id")), row)
            old = webhook_failures.c.fact_id.not_in(keep.scalar_subquery())
            await connection.execute(delete(webhook_failures).where(webhook_failures.c.webhook_id == id, old))

    async def failures(self, name: str) -> tuple[Failure, ...]:
        """Newest first."""
        query = select(webhook_failures).join(webhooks).where(webhooks.c.name == name)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(webhook_failures.c.fact_id.desc()).limit(200))).all()
        return tuple(Failure(str(row.fact_id), row.at, row.why) for row in rows)

    # Again

    async def replay(self, name: str, begin: datetime, end: datetime, by: str, now: datetime) -> None:
        """Tells what happened from ``begin`` to ``end`` once more, with the ids of then. Raises Refused."""
        if not begin < end:
            raise Refused("to", "to must be later than from")
        async with self._database.writing() as connection:
            id_ = (await connection.execute(select(webhooks.c.id).where(webhooks.c.name == name))).scalar()
            if id_ is None:
                raise Refused("name", f"there is no webhook {name}; see helin webhooks list")
            last = (await connection.execute(select(func.max(facts.c.id)))).scalar() or 0
            row = {
                "webhook_id": id_, "from_at": begin, "to_at": end, "place": 0, "last": last, "sent": 0, "by": by,
                "asked_at": now,
            }  # fmt: skip
            await connection.execute(insert(webhook_replays).values(row))
            again = webhook_failures.c.webhook_id == id_
            within = select(facts.c.id).where(facts.c.at >= begin, facts.c.at < end)
            await connection.execute(delete(webhook_failures).where(again, webhook_failures.c.fact_id.in_(within)))

    async def replays(self, id: int) -> tuple[Replay, ...]:
        """Those that are not done, oldest first."""
        query = select(webhook_replays).where(webhook_replays.c.webhook_id == id, webhook_replays.c.done_at.is_(None))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(webhook_replays.c.id))).all()
        return tuple(Replay(row.id, row.from_at, row.to_at, row.place, row.last) for row in rows)

    async def replayed(self, id: int, place: int, sent: int, done_at: datetime | None) -> None:
        values = {"place": place, "sent": webhook_replays.c.sent + sent, "done_at": done_at}
        async with self._database.writing() as connection:
            await connection.execute(update(webhook_replays).where(webhook_replays.c.id == id).values(values))


def settled(numbers: Sequence[int], after: int, hole_old: bool) -> int:
    """Up to which of ``numbers`` (ascending, behind ``after``) no smaller one can still come.

    ``hole_old``: what is missing right behind ``after`` has been missing so long that it will not come.
    """
    if hole_old and numbers:
        after = numbers[0] - 1
    for number in numbers:
        if number != after + 1:
            break
        after = number
    return after


def fresh_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def checked_url(url: str) -> str:
    """Raises Refused. Where the name leads is looked at with each connection, not here: it can change."""
    text = needed_text("url", url, 2_000)
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or "@" in parts.netloc or parts.fragment or any(c <= " " or c in '\\"<>^`|' for c in text):
        raise Refused(
            "url", "url must be an address like https://shop.example/helin, without a name and password in it"
        )
    return text


def secret_bytes(secret: str) -> bytes:
    """Of ``whsec_`` and base64 of 24 to 64 bytes. Raises Refused."""
    try:
        raw = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not secret.startswith(SECRET_PREFIX) or not 24 <= len(raw) <= 64:
        raise Refused("secret", f"secret must be {SECRET_PREFIX} and 24 to 64 random bytes in base64")
    return raw


def checked(url: str | None, secret: str | None, events: Sequence[str] | None, active: bool | None) -> dict[str, Any]:
    """What is given of a webhook, as it is kept. Raises Refused."""
    wish: dict[str, Any] = {}
    if url is not None:
        wish["url"] = checked_url(url)
    if secret is not None:
        secret_bytes(secret)
        wish["secret"] = secret
    if events is not None:
        wish["events"] = sorted({_event(one) for one in events})
        if not wish["events"]:
            raise Refused("events", f"events must name at least one of {', '.join(NAMES)}")
    if active is not None:
        wish["active"] = active
    return wish


def _event(name: str) -> str:
    if checked_text("events", name, 80) not in NAMES:
        raise Refused("events", f"{name[:40]!r} is no event; there are {', '.join(NAMES)}")
    return name


def _webhook(row: Row[Any]) -> Webhook:
    state: State = "off" if not row.active else "away" if row.away_since is not None else "on"
    behind = max(0, (row.last or 0) - row.place) if row.active else 0
    return Webhook(
        row.name, row.url, tuple(row.events), bool(row.active), state, row.away_since, row.trouble, row.delivered_at,
        behind, row.failures, row.replays > 0,
    )  # fmt: skip


def _receiver(row: Row[Any]) -> Receiver:
    kinds = kinds_of(row.events)
    return Receiver(row.id, row.name, row.url, secret_bytes(row.secret), kinds, row.away_since, row.place)
