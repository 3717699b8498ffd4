"""Opening hours: calendars, what they mean, and the emergency message."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from agent_ui.bus.port import DirectoryChanged
from agent_ui.http.bodies import CalendarBody, CalendarFields, EmergencyBody, PreviewBody
from agent_ui.http.node import NODE, SESSION, Node, body, found, moment, now, said
from agent_ui.http.problems import Problem
from crm_store.calendars import CalendarFile, ExceptionDay, calendar_version, checked, file_of
from crm_store.public_holidays import countries, holidays_of, make_ready
from crm_store.users import NEW, Put
from routing.calendar_checks import warnings
from routing.calendar_preview import MOST_DAYS, DayKind, StepKind, hears, strip
from routing.calendars import Calendar, Emergency, Kind, Stretch, now_in, opens_next

EMERGENCY_LASTS = timedelta(hours=4)
"""When nobody says until when."""


class NowShape(msgspec.Struct, frozen=True):
    """``until``: as long as it stays so, at least. ``opens_at``: when it is open next (now, if it is); null: never."""

    kind: Kind
    name: str
    until: datetime
    opens_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings(CalendarFile):
    """``version`` changes with any of it, not with an emergency. ``warnings``: what is probably not meant."""

    version: str
    emergency: Emergency | None
    now: NowShape
    warnings: tuple[str, ...]


class DayShape(msgspec.Struct, frozen=True):
    """A day of the calendar's zone, in stretches without a gap."""

    date: date
    kind: DayKind
    name: str
    stretches: tuple[Stretch, ...]


class StepShape(msgspec.Struct, frozen=True):
    """What a caller meets next: see docs/reference/http-api.md."""

    kind: StepKind
    sound: str
    why: str
    queue: str
    seconds: int
    at: datetime | None


class PreviewShape(msgspec.Struct, frozen=True):
    """``hears``: what a caller meets who calls ``queue`` at ``at``."""

    time_zone: str
    days: tuple[DayShape, ...]
    at: datetime
    queue: str
    hears: tuple[StepShape, ...]
    warnings: tuple[str, ...]


class CountryShape(msgspec.Struct, frozen=True):
    """ISO codes."""

    code: str
    regions: tuple[str, ...]


async def _settings(calendar: Calendar) -> CalendarSettings:
    at = now()
    await make_ready([(calendar.country, calendar.region)], at.year)
    held = now_in(calendar, at, holidays_of)
    opens_at = opens_next(calendar, at, holidays_of)
    emergency = calendar.emergency if calendar.in_emergency(at) else None
    return CalendarSettings(
        **{name: getattr(file_of(calendar), name) for name in CalendarFile.__dataclass_fields__},
        version=calendar_version(calendar),
        emergency=emergency,
        now=NowShape(held.kind, held.name, held.end, opens_at),
        warnings=warnings(calendar, at, holidays_of),
    )


async def calendars(request: web.Request) -> web.Response:
    found_ = await request.app[NODE].store.calendars.all()
    return said({"items": [await _settings(one) for one in found_], "next": None})


async def calendar(request: web.Request) -> web.Response:
    return said(await _settings(await _named(request)))


async def _named(request: web.Request) -> Calendar:
    one = await request.app[NODE].store.calendars.by_name(request.match_info["name"])
    if one is None:
        raise Problem(404, "There is no such calendar.")
    return one


async def add_calendar(request: web.Request) -> web.Response:
    wish = await body(request, CalendarBody)
    return await _is(request, await request.app[NODE].store.calendars.put(_file(wish.name, wish), NEW))


async def put_calendar(request: web.Request) -> web.Response:
    """A calendar of this name is so from now on."""
    wish = await body(request, CalendarFields)
    file = _file(request.match_info["name"], wish)
    return await _is(request, await request.app[NODE].store.calendars.put(file, wish.version))


async def _is(request: web.Request, put: Put[Calendar]) -> web.Response:
    if put.changed:
        await _done(request, "put", put.value.name, {"changed": list(put.changed)})
    return said(await _settings(put.value), 201 if "name" in put.changed else 200)


async def remove_calendar(request: web.Request) -> web.Response:
    """Its queues are open from now on."""
    name = request.match_info["name"]
    found(await request.app[NODE].store.calendars.remove(name), "calendar")
    await _done(request, "removed", name)
    return web.Response(status=204)


async def set_emergency(request: web.Request) -> web.Response:
    """One click: on for four hours, or until it is said; or off."""
    wish, name, at = await body(request, EmergencyBody), request.match_info["name"], now()
    until = (wish.until or at + EMERGENCY_LASTS).replace(microsecond=0)
    alarm = Emergency(at, until, request[SESSION].user.login) if wish.on else None
    one = await request.app[NODE].store.calendars.alarm(name, alarm)
    if one is None:
        raise Problem(404, "There is no such calendar.")
    await _done(request, "emergency on" if wish.on else "emergency off", name, {"until": until.isoformat()})
    return said(await _settings(one))


async def _done(request: web.Request, what: str, name: str, detail: dict[str, object] | None = None) -> None:
    """Engines write it to their Asterisk at once."""
    node: Node = request.app[NODE]
    node.tell(DirectoryChanged())
    await node.store.audit.add(now(), request[SESSION].user.login, what, f"calendar:{name}", detail)


async def preview(request: web.Request) -> web.Response:
    at, queue = moment(request, "at") or now(), request.query.get("queue", "")
    return said(await _preview(request, await _named(request), at, _days(request), queue))


async def preview_of(request: web.Request) -> web.Response:
    """Of one that is not kept: what the form would mean."""
    wish = await body(request, PreviewBody)
    every = await request.app[NODE].store.calendars.all()
    one = await checked(_file(wish.calendar.name, wish.calendar), every)
    return said(await _preview(request, one, wish.at or now(), wish.days, wish.queue))


async def _preview(request: web.Request, one: Calendar, at: datetime, days: int, queue: str) -> PreviewShape:
    await make_ready([(one.country, one.region)], at.year)
    every = await request.app[NODE].store.calendars.all()
    others = {each: other for other in every if other.name != one.name for each in other.queues}
    queue = queue or (one.queues[0] if one.queues else "")
    first = at.astimezone(ZoneInfo(one.time_zone)).date()
    return PreviewShape(
        one.time_zone,
        tuple(DayShape(day.date, day.kind, day.name, day.stretches) for day in strip(one, first, days, holidays_of)),
        at,
        queue,
        tuple(StepShape(**asdict(step)) for step in hears(one, queue, at, holidays_of, others)),
        warnings(one, at, holidays_of),
    )


def _days(request: web.Request) -> int:
    text = request.query.get("days", "14")
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:4]) <= MOST_DAYS:
        raise Problem(422, f"days: a whole number from 1 to {MOST_DAYS}.")
    return int(text)


async def holiday_countries(request: web.Request) -> web.Response:
    await make_ready([("EE", "")], now().year)
    return said({"items": [CountryShape(code, regions) for code, regions in countries().items()], "next": None})


def _file(name: str, wish: CalendarFields) -> CalendarFile:
    given = wish.model_dump(exclude={"version", "exceptions", "name", "hours", "queues", "on_holidays"})
    return CalendarFile(
        name=name,
        queues=tuple(wish.queues),
        hours={day: tuple(spans) for day, spans in wish.hours.items()},
        on_holidays=tuple(wish.on_holidays),
        exceptions=tuple(ExceptionDay(date=one.date, hours=tuple(one.hours), name=one.name) for one in wish.exceptions),
        **given,
    )
