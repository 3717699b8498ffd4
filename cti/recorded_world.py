"""What the stand-in Asterisk has: channels, queues, members, waiting callers, device states.

It learns all of it from the events it plays, so that its lists say what a real one's would at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cti import frames

Fields = dict[str, str]

_CHANNEL_KEYS = (
    "Channel", "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "ConnectedLineNum",
    "ConnectedLineName", "Language", "AccountCode", "Context", "Exten", "Priority", "Uniqueid", "Linkedid",
)  # fmt: skip
_MEMBER_KEYS = (
    "Queue", "MemberName", "Interface", "StateInterface", "Membership", "Penalty", "CallsTaken", "LastCall",
    "LastPause", "LoginTime", "InCall", "Status", "Paused", "PausedReason", "Ringinuse", "Wrapuptime",
)  # fmt: skip


def fields_of(message: bytes) -> Fields:
    """Key to first value, believing everything: this side wrote it, or it is a client's action.

    An action's variables are all there, one a line.
    """
    found: Fields = {}
    for line in message.decode("utf-8", "replace").split("\r\n"):
        key, colon, value = line.partition(":")
        if colon and key == "Variable" and key in found:
            found[key] += "\n" + value.removeprefix(" ")
        elif colon:
            found.setdefault(key, value.removeprefix(" "))
    return found


def member(queue: str, interface: str, name: str, *, paused: bool = False, reason: str = "", status: int = 1) -> Fields:
    """A dynamic queue member in AMI's words."""
    values = (queue, name, interface, interface, "dynamic", "0", "0", "0", "0", "0", "0")
    return dict(zip(_MEMBER_KEYS, (*values, str(status), str(int(paused)), reason, "0", "0"), strict=True))


@dataclass(slots=True)
class World:
    """Keyed by unique id, queue name, (queue, interface), unique id, device. A channel has its BridgeId too."""

    channels: dict[str, Fields] = field(default_factory=dict)
    queues: dict[str, None] = field(default_factory=dict)
    members: dict[tuple[str, str], Fields] = field(default_factory=dict)
    waiting: dict[str, Fields] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)
    globals: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)

    def seed(self, messages: Iterable[bytes]) -> None:
        """Take the queues and members that a tape speaks of as being there before it begins."""
        for message in messages:
            fields = fields_of(message)
            queue = fields.get("Queue")
            if queue is None:
                continue
            self.queues[queue] = None
            if fields.get("Interface") and fields.get("Event") in (
                "QueueMemberStatus",
                "QueueMemberPause",
                "AgentCalled",
            ):
                key = (queue, fields["Interface"])
                self.members.setdefault(key, member(*key, fields.get("MemberName", fields["Interface"])))

    def apply(self, message: bytes) -> None:
        fields = fields_of(message)
        event = fields.get("Event", "")
        unique = fields.get("Uniqueid", "")
        if event == "Newchannel":
            self.channels[unique] = {key: fields.get(key, "") for key in _CHANNEL_KEYS} | {"BridgeId": ""}
        elif unique in self.channels:
            self._channel(event, unique, fields)
        if event.startswith("Queue"):
            self._queue(event, fields)
        elif event == "DeviceStateChange":
            self.devices[fields["Device"]] = fields["State"]

    def _channel(self, event: str, unique: str, fields: Fields) -> None:
        channel = self.channels[unique]
        channel.update({key: fields[key] for key in _CHANNEL_KEYS if key in fields})
        if event == "Hangup":
            del self.channels[unique]
            self.waiting.pop(unique, None)
        elif event == "BridgeEnter":
            channel["BridgeId"] = fields["BridgeUniqueid"]
        elif event == "BridgeLeave":
            channel["BridgeId"] = ""
        elif event == "Newexten":
            channel["Application"], channel["ApplicationData"] = fields["Application"], fields["AppData"]
        elif event == "Rename":
            channel["Channel"] = fields["Newname"]

    def _queue(self, event: str, fields: Fields) -> None:
        queue = fields.get("Queue", "")
        self.queues[queue] = None
        key = (queue, fields.get("Interface", ""))
        if event == "QueueCallerJoin":
            self.waiting[fields["Uniqueid"]] = fields
        elif event == "QueueCallerLeave":
            self.waiting.pop(fields["Uniqueid"], None)
        elif event == "QueueMemberAdded":
            self.members[key] = {name: fields.get(name, "") for name in _MEMBER_KEYS}
        elif event == "QueueMemberRemoved":
            self.members.pop(key, None)
        elif event.startswith("QueueMember") and key in self.members:
            self.members[key].update({name: fields[name] for name in _MEMBER_KEYS if name in fields})

    def channel(self, name_or_id: str) -> Fields | None:
        """By unique id or by name, as Asterisk itself looks it up."""
        by_name = (each for each in self.channels.values() if each["Channel"] == name_or_id)
        return self.channels.get(name_or_id) or next(by_name, None)

    def show_channels(self) -> Iterator[Fields]:
        for each in self.channels.values():
            yield {key: each.get(key, "") for key in _CHANNEL_KEYS} | {
                "Application": each.get("Application", ""),
                "ApplicationData": each.get("ApplicationData", ""),
                "Duration": "00:00:01",
                "BridgeId": each["BridgeId"],
            }

    def queue_status(self) -> Iterator[tuple[str, Fields]]:
        """Event name and fields, each queue's parameters before its members and callers."""
        for queue in self.queues:
            entries = [each for each in self.waiting.values() if each["Queue"] == queue]
            yield "QueueParams", {"Queue": queue, "Max": "0", "Strategy": "rrmemory", "Calls": str(len(entries))}
            for (of, interface), each in self.members.items():
                if of == queue:
                    renamed = {"Queue": queue, "Name": each["MemberName"], "Location": interface}
                    yield "QueueMember", renamed | {key: each[key] for key in _MEMBER_KEYS[3:] if key != "Ringinuse"}
            for position, each in enumerate(entries, 1):
                keys = ("Channel", "Uniqueid", "CallerIDNum", "CallerIDName")
                entry = {"Queue": queue, "Position": str(position)} | {key: each[key] for key in keys}
                yield "QueueEntry", entry | {"Wait": "1", "Priority": "0"}


def write_event(name: str, privilege: str, stamp: float, fields: Fields) -> bytes:
    lines = [f"Event: {name}", f"Privilege: {privilege},all", f"Timestamp: {stamp:.6f}", "SystemName: lab"]
    return "\r\n".join([*lines, *(f"{key}: {value}" for key, value in fields.items())]).encode()


def privilege_of(message: bytes) -> str:
    """The event's class, e.g. ``call``."""
    return (frames.value_of(message, b"Privilege") or b"").decode().partition(",")[0]
