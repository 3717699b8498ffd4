"""All that Asterisk has, asked for once: the only way to start, and the cure for every doubt.

The order in which a snapshot and the events around it are merged (``Ping`` gives Asterisk's own time, the *fence*)::

    log-in            events come from here on; they are put aside
    Ping → fence      put aside so far, or stamped before the fence: they go first, they are the past in their order
    lists             channels, queues, devices: what holds at some moment after the fence
    Ping              all that was put on the wire before the lists has arrived by now
    Snapshot          goes second
    the rest          stamped after the fence: goes last; what the lists already had changes nothing (rule 6)

Nothing is thrown away, so a call that came and went between log-in and fence is known by its events, one that hung up
while the lists were written by its Hangup, and one that ended before the log-in by its absence.

What cannot be had is named in ``lacks`` and left empty, if the rest is still true without it. Channels are not: without
a list of them nobody can say which calls are over, so then there is no snapshot at all.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from cti.actions import Words
from cti.errors import LinkError
from cti.translate import member_of
from routing import places
from routing.events import ChannelSeen, EntrySeen, MemberSeen, Snapshot
from routing.tapes import is_recording_path

Item = TypeVar("Item")

LIST_SECONDS = 10.0
NO_BOOT = "0"
RECORDING_VARIABLE = "HELIN_RECORDING"
WAITS_VARIABLE = "HELIN_WAITS"
_MOMENT = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?", re.ASCII)
"""Seconds since 1970."""


class Answered(Protocol):
    """What a snapshot needs of an answer (:class:`cti.link.Reply`)."""

    @property
    def fields(self) -> dict[str, str]: ...
    @property
    def items(self) -> tuple[dict[str, str], ...]: ...
    @property
    def suspects(self) -> int: ...
    @property
    def ok(self) -> bool: ...
    @property
    def denied(self) -> bool: ...
    @property
    def unknown(self) -> bool: ...
    @property
    def message(self) -> str: ...


Ask = Callable[[Words, float], Awaitable[Answered]]


class NoSnapshot(LinkError):
    """Asterisk did not tell what it has."""


@dataclass(frozen=True, slots=True)
class Taken:
    """``fence``: Asterisk's clock when it began, ``fenced_at`` ours, seconds since 1970. ``lacks``: a sentence each."""

    fence: float | None
    fenced_at: float
    channels: tuple[ChannelSeen, ...]
    queues: tuple[str, ...]
    members: tuple[MemberSeen, ...]
    entries: tuple[EntrySeen, ...]
    devices: tuple[tuple[str, str], ...]
    lacks: tuple[str, ...]

    def event(self, at: datetime, gap_from: datetime | None) -> Snapshot:
        return Snapshot(at, gap_from, self.channels, self.queues, self.members, self.entries, self.devices)


async def boot_of(ask: Ask) -> str:
    """This run of Asterisk: its start as digits, ``20261124T000102``; ``0`` where it does not tell."""
    reply = await ask([("Action", "CoreStatus")], LIST_SECONDS)
    started = reply.fields.get("CoreStartupDate", "") + "T" + reply.fields.get("CoreStartupTime", "")
    digits = "".join(mark for mark in started if mark.isascii() and (mark.isdigit() or mark == "T"))
    return digits if reply.ok and len(digits) == 15 else NO_BOOT


async def server_time(ask: Ask) -> float | None:
    """Asterisk's clock by a Ping."""
    reply = await ask([("Action", "Ping")], LIST_SECONDS)
    try:
        return float(reply.fields["Timestamp"])
    except (KeyError, ValueError):
        return None


async def take(ask: Ask, fenced: Callable[[float | None], None], clock: Callable[[], float]) -> Taken:
    """Raises NoSnapshot, or what ``ask`` raises. ``fenced`` is told as soon as the fence stands."""
    fence = await server_time(ask)
    fenced_at = clock()
    fenced(fence)
    lacks: list[str] = []
    channels = await _with_waits(ask, await _with_recordings(ask, await _channels(ask, lacks)))
    queues, members, entries = await _queues(ask, lacks)
    devices = await _devices(ask, lacks)
    await server_time(ask)
    return Taken(fence, fenced_at, channels, queues, members, entries, devices, tuple(lacks))


async def _channels(ask: Ask, lacks: list[str]) -> tuple[ChannelSeen, ...]:
    reply = await ask([("Action", "CoreShowChannels")], LIST_SECONDS)
    if not reply.ok and (reply.denied or reply.unknown):
        reply = await ask([("Action", "Status")], LIST_SECONDS)
    if not reply.ok:
        raise NoSnapshot(
            f"Asterisk does not list its channels ({reply.message or 'error'}): give the account write=call,reporting"
        )
    return tuple(_read(reply, ("CoreShowChannel", "Status"), _channel, lacks))


async def _with_recordings(ask: Ask, channels: tuple[ChannelSeen, ...]) -> tuple[ChannelSeen, ...]:
    """What the dialplan wrote on the channels that it records: the only trace of a beginning that nobody heard."""
    if not channels:
        return channels
    values = await _variables(ask, RECORDING_VARIABLE)
    files = {id_: file for id_, file in values.items() if is_recording_path(file)}
    return tuple(replace(each, recording=files.get(each.id, "")) for each in channels) if files else channels


async def _with_waits(ask: Ask, channels: tuple[ChannelSeen, ...]) -> tuple[ChannelSeen, ...]:
    """For which queue and since when the dialplan holds callers for Helin: ``support@1764264000.123``."""
    if not any(each.context in places.OF_HOLD or each.context == places.WAIT for each in channels):
        return channels
    values = await _variables(ask, WAITS_VARIABLE)
    return tuple(_waits(each, values.get(each.id, "")) for each in channels)


def _waits(channel: ChannelSeen, value: str) -> ChannelSeen:
    queue, _, since = value.rpartition("@")
    if not queue or not _MOMENT.fullmatch(since):
        return channel
    return replace(channel, waits=queue, waits_since=datetime.fromtimestamp(float(since), UTC))


async def _variables(ask: Ask, name: str) -> dict[str, str]:
    """A variable's value on each channel that has it, by the channel's id."""
    reply = await ask([("Action", "Status"), ("Variables", name)], LIST_SECONDS)
    found: dict[str, str] = {}
    for item in reply.items if reply.ok else ():
        key, _, value = item.get("Variable", "").partition("=")
        if key == name and value:
            found[item.get("Uniqueid", "")] = value
    return found


async def _queues(ask: Ask, lacks: list[str]) -> tuple[tuple[str, ...], tuple[MemberSeen, ...], tuple[EntrySeen, ...]]:
    reply = await ask([("Action", "QueueStatus")], LIST_SECONDS)
    if not reply.ok and not reply.unknown:
        raise NoSnapshot(f"Asterisk does not list its queues ({reply.message or 'error'})")
    if not reply.ok:
        lacks.append("this Asterisk has no queues: its module app_queue is not loaded")
    names = tuple(item["Queue"] for item in reply.items if item.get("Event") == "QueueParams" and "Queue" in item)
    members = tuple(_read(reply, ("QueueMember",), member_of, lacks))
    return names, members, tuple(_read(reply, ("QueueEntry",), _entry, lacks))


async def _devices(ask: Ask, lacks: list[str]) -> tuple[tuple[str, str], ...]:
    reply = await ask([("Action", "DeviceStateList")], LIST_SECONDS)
    if reply.denied:
        lacks.append("the AMI account may not list device states (write=call): phones show as unknown")
    elif not reply.ok:
        lacks.append("this Asterisk lists no device states (res_manager_devicestate): phones show as unknown")
    pairs = ((item.get("Device", ""), item.get("State", "")) for item in reply.items)
    return tuple((device, state) for device, state in pairs if device and not device.startswith("Queue:"))


def _read(
    reply: Answered, names: tuple[str, ...], read: Callable[[dict[str, str]], Item], lacks: list[str]
) -> Iterable[Item]:
    """An item that cannot be read is left out and named: what is forged in it harms only the channel it came from."""
    for item in reply.items:
        if item.get("Event") in names:
            try:
                yield read(item)
            except (KeyError, ValueError) as error:
                lacks.append(f"an item of {names[0]} was not believed ({error})")
    if reply.suspects:
        lacks.append(f"{reply.suspects} items beside {names[0]} were not believed")


def _seconds(item: dict[str, str]) -> int:
    if "Seconds" in item:
        return int(item["Seconds"])
    hours, minutes, seconds = item.get("Duration", "0:0:0").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _known(value: str | None) -> str:
    return "" if value is None or value == "<unknown>" else value


def _channel(item: dict[str, str]) -> ChannelSeen:
    return ChannelSeen(
        id=item["Uniqueid"],
        linked=item.get("Linkedid") or item["Uniqueid"],
        name=item["Channel"],
        state=item.get("ChannelStateDesc", ""),
        context=item.get("Context", ""),
        exten=item.get("Exten", ""),
        number=_known(item.get("CallerIDNum")),
        caller_name=_known(item.get("CallerIDName")),
        connected=_known(item.get("ConnectedLineNum")),
        bridge=item.get("BridgeId") or item.get("BridgeID") or None,
        application=item.get("Application", ""),
        application_data=item.get("ApplicationData") or item.get("Data", ""),
        seconds=_seconds(item),
    )


def _entry(item: dict[str, str]) -> EntrySeen:
    return EntrySeen(
        queue=item["Queue"],
        channel=item["Uniqueid"],
        position=int(item["Position"]),
        wait_seconds=int(item["Wait"]),
        priority=int(item.get("Priority", "0")),
    )
