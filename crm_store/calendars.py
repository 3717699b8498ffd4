"""Calendars as they are written: by ``helin apply``, the API and the panel, and as routing reads them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, get_args

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.public_holidays import countries
from crm_store.schema import calendars, queues
from crm_store.users import NEW, QUEUE_NAME, Put
from crm_store.values import checked_text, needed_text, version_of
from crm_store.zones import checked_zone
from routing.calendar_checks import LONGEST_EMERGENCY, Contradiction, check
from routing.calendars import WEEKDAYS, Calendar, Emergency, Span, SpecialDay, Then, span_of, text_of

_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDay:
    """A day that is not like its weekday; without ``hours`` it is closed. ``hours`` like ``09:00-17:00``."""

    date: date
    hours: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """As people write it: see routing.calendars.Calendar. ``hours``: by weekday, those left out are closed."""

    name: str
    time_zone: str
    queues: tuple[str, ...] = ()
    hours: Mapping[str, tuple[str, ...]]
    country: str = ""
    region: str = ""
    on_holidays: tuple[str, ...] = ()
    exceptions: tuple[ExceptionDay, ...] = ()
    closing_minutes: int = 0
    closed_sound: str = ""
    holiday_sound: str = ""
    late_sound: str = ""
    closed_queue: str = ""
    overflow_queue: str = ""
    overflow_after_seconds: int = 0
    overflow_when_alone: bool = False
    emergency_sound: str = ""
    emergency_then: Then = "hang_up"


class Calendars:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Calendar, ...]:
        async with self._database.reading() as connection:
            return await read_calendars(connection)

    async def by_name(self, name: str) -> Calendar | None:
        return next((one for one in await self.all() if one.name == name), None)

    async def put(self, wanted: CalendarFile, version: str | None = None) -> Put[Calendar]:
        """The calendar of this name is so from now on; an emergency stays as it is.

        ``version``: what the caller believes to change, NEW where there should be none yet. Raises Refused with one
        sentence for what cannot be, Conflict when somebody was faster.
        """
        calendar = await checked(wanted)
        async with self._database.writing() as connection:
            every = {one.name: one for one in await read_calendars(connection, lock=True)}
            had = every.get(calendar.name)
            _check_version(calendar.name, had, version)
            calendar = replace(calendar, emergency=had.emergency if had else None)
            await _check_beside(connection, {**every, calendar.name: calendar}, [calendar])
            await _write(connection, had, calendar)
        return Put(calendar, _changed(had, calendar))

    async def put_some(self, wanted: Sequence[CalendarFile]) -> dict[str, tuple[str, ...]]:
        """Makes these be so, all or none. The fields of each that were not so before, by name."""
        some = [await checked(one) for one in wanted]
        async with self._database.writing() as connection:
            had = {one.name: one for one in await read_calendars(connection, lock=True)}
            await _check_beside(connection, {**had, **{one.name: one for one in some}}, some)
            for one in some:
                await _write(connection, had.get(one.name), one)
        return {one.name: _changed(had.get(one.name), one) for one in some}

    async def remove(self, name: str) -> bool:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(calendars).where(calendars.c.name == name))).rowcount > 0

    async def alarm(self, name: str, emergency: Emergency | None) -> Calendar | None:
        """Switches the emergency message on or off. Raises Refused for one that lasts for no time, or too long."""
        if emergency is not None and not emergency.since < emergency.until <= emergency.since + LONGEST_EMERGENCY:
            raise Refused("until", "an emergency message ends within seven days; switch it on again then")
        values = {
            "emergency_since": emergency.since if emergency else None,
            "emergency_until": emergency.until if emergency else None,
            "emergency_by": emergency.by if emergency else None,
        }
        async with self._database.writing() as connection:
            await connection.execute(update(calendars).where(calendars.c.name == name).values(**values))
            return next((one for one in await read_calendars(connection) if one.name == name), None)


async def checked(wanted: CalendarFile, others: Sequence[Calendar] = ()) -> Calendar:
    """As routing reads it. Raises Refused for what cannot be, also beside the others."""
    calendar = calendar_of(wanted)
    check_beside(calendar, others)
    if calendar.country:
        # The first look reads a library, away from the loop.
        known = await asyncio.to_thread(countries)
        if calendar.country not in known:
            raise Refused(
                "country", f"no public holidays are known for {calendar.country[:10]!r}; write a code like EE"
            )
        if calendar.region and calendar.region not in known[calendar.country]:
            some = ", ".join(known[calendar.country][:60]) or "none"
            raise Refused("region", f"{calendar.country} has no region {calendar.region[:40]!r}; it has {some}")
    return calendar


def calendar_of(wanted: CalendarFile) -> Calendar:
    """Raises Refused for what cannot be read."""
    unknown = sorted(set(wanted.hours) - set(WEEKDAYS))
    if unknown:
        raise Refused("hours", f"{unknown[0][:20]!r} is no weekday: write {', '.join(WEEKDAYS)}")
    given = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    for apart in ("hours", "on_holidays", "exceptions"):
        del given[apart]
    for field in ("closed_queue", "overflow_queue"):
        if given[field] and not QUEUE_NAME.fullmatch(given[field]):
            raise Refused(field, f"{given[field][:40]!r} is no queue's name")
    needed_text("emergency_then", wanted.emergency_then, 20, among=get_args(Then))
    given["time_zone"] = checked_zone(needed_text("time_zone", wanted.time_zone, 40))
    if wanted.country and not _COUNTRY.fullmatch(wanted.country):
        raise Refused("country", "country must be a code of two capital letters, like EE")
    return Calendar(
        **{**given, "name": needed_text("name", wanted.name, 80), "queues": tuple(sorted(set(wanted.queues)))},
        week=tuple(_spans("hours", wanted.hours.get(day, ()), day) for day in WEEKDAYS),
        on_holidays=_spans("on_holidays", wanted.on_holidays, "on holidays"),
        exceptions=tuple(sorted(map(_special, wanted.exceptions), key=lambda one: one.day)),
    )


def _special(one: ExceptionDay) -> SpecialDay:
    if not 1990 <= one.date.year <= 2200:
        raise Refused("exceptions", f"{one.date}: the year must be between 1990 and 2200")
    return SpecialDay(
        one.date, _spans("exceptions", one.hours, str(one.date)), checked_text("name", one.name, 100) or ""
    )


def _spans(field: str, texts: Sequence[str], what: str) -> tuple[Span, ...]:
    try:
        return tuple(sorted(span_of(text) for text in texts))
    except ValueError as error:
        raise Refused(field, f"{what}: {error}") from None


def file_of(calendar: Calendar) -> CalendarFile:
    """As people write it."""
    return CalendarFile(
        hours={day: _texts(spans) for day, spans in zip(WEEKDAYS, calendar.week, strict=True) if spans},
        on_holidays=_texts(calendar.on_holidays),
        exceptions=tuple(
            ExceptionDay(date=one.day, hours=_texts(one.spans), name=one.name) for one in calendar.exceptions
        ),
        **{name: getattr(calendar, name) for name in _SAME},
    )


_SAME = tuple(
    {one.name for one in fields(CalendarFile)} & {one.name for one in fields(Calendar)} - {"on_holidays", "exceptions"}
)


def _texts(spans: Sequence[Span]) -> tuple[str, ...]:
    return tuple(text_of(span) for span in spans)


def calendar_version(calendar: Calendar) -> str:
    """Of what is set; an emergency that begins or ends changes nothing in it."""
    return version_of(_Body(_body(calendar)))


@dataclass(frozen=True)
class _Body:
    body: dict[str, Any]


def _body(calendar: Calendar) -> dict[str, Any]:
    """As the database keeps it."""
    body = asdict(file_of(calendar))
    body["exceptions"] = [{**one, "date": one["date"].isoformat()} for one in body["exceptions"]]
    return body


def _changed(had: Calendar | None, now: Calendar) -> tuple[str, ...]:
    before, after = asdict(file_of(had)) if had else {}, asdict(file_of(now))
    return tuple(name for name, value in after.items() if had is None or before[name] != value)


def _check_version(name: str, now: Calendar | None, believed: str | None) -> None:
    if believed is None or believed == (NEW if now is None else calendar_version(now)):
        return
    if believed == NEW:
        raise Conflict("version", f"there is a calendar {name} already")
    raise Conflict("version", f"somebody else has changed the calendar {name} meanwhile; read it again")


async def _write(connection: AsyncConnection, had: Calendar | None, calendar: Calendar) -> None:
    values = {"name": calendar.name, "body": _body(calendar)}
    if had is None:
        await connection.execute(insert(calendars).values(**values))
    elif _changed(had, calendar):
        await connection.execute(update(calendars).where(calendars.c.name == had.name).values(**values))


async def _check_beside(connection: AsyncConnection, every: Mapping[str, Calendar], new: Sequence[Calendar]) -> None:
    """``every`` is what there would be."""
    known = set((await connection.execute(select(queues.c.name))).scalars())
    for calendar in new:
        check_queues(calendar, known)
        check_beside(calendar, tuple(every.values()))


def check_queues(calendar: Calendar, known: Collection[str]) -> None:
    """Raises Refused for a queue that there is not."""
    for queue in calendar.queues:
        if queue not in known:
            raise Refused("queues", f"there is no queue {queue[:40]}; make it first, or take it out")


def check_beside(calendar: Calendar, others: Sequence[Calendar]) -> None:
    """Raises Refused for what cannot be, by itself or beside the others."""
    try:
        check(calendar, others)
    except Contradiction as error:
        raise Refused(error.field, f"calendar {calendar.name}: {error}") from None


async def read_calendars(connection: AsyncConnection, lock: bool = False) -> tuple[Calendar, ...]:
    """By name. ``lock``: nobody else changes one until the end of the transaction."""
    query = select(calendars).order_by(calendars.c.name)
    return tuple(_calendar(row) for row in await connection.execute(query.with_for_update() if lock else query))


def _calendar(row: Row[Any]) -> Calendar:
    exceptions = tuple(
        ExceptionDay(date=date.fromisoformat(one["date"]), hours=tuple(one["hours"]), name=one["name"])
        for one in row.body["exceptions"]
    )
    calendar = calendar_of(CalendarFile(**{**row.body, "exceptions": exceptions}))
    if row.emergency_since is None:
        return calendar
    return replace(calendar, emergency=Emergency(row.emergency_since, row.emergency_until, row.emergency_by))
