"""AMI's words in, Helin's events out: the one place where an event's name and keys are known on the way in.

``translate`` takes a parsed message and gives a typed event, or None when this one says nothing that is needed. It
decides nothing and remembers nothing. A message that lacks what its event must have becomes ``Suspicious``, which the
Switchboard quarantines. Stamps are Asterisk's own (``Timestamp``, with ``timestampevents=yes``), else the time of
receipt.

Source of names and keys: Asterisk 18–22's event documentation and recorded calls (``tests/captures``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from routing import events as said
from routing.attempts import HEARD
from routing.events import Channel
from routing.facts import Heard
from routing.tapes import is_recording_path

Fields = Mapping[str, str]
_UNKNOWN = "<unknown>"


class _Lacking(ValueError):
    """The event lacks a key without which it means nothing, or has a value that cannot be."""


def translate(fields: Fields, received: datetime | None = None) -> said.Event | None:
    """The event of this message; None: none that matters. ``received``: the stamp of those that bring none."""
    step = _STEPS.get(fields.get("Event", ""))
    if step is None:
        return None
    try:
        return step(fields, _at(fields, received))
    except KeyError as key:
        what = f"{fields['Event']} without {key.args[0]}"
    except _Lacking as lacking:
        what = str(lacking)
    return said.Suspicious(received, what, fields.get("Uniqueid", ""))


def _at(fields: Fields, received: datetime | None) -> datetime:
    stamp = fields.get("Timestamp")
    if stamp is not None:
        try:
            return datetime.fromtimestamp(float(stamp), UTC)
        except (ValueError, OverflowError, OSError):
            raise _Lacking(f"{fields['Event']} with a Timestamp that is none") from None
    return received or datetime.now(UTC)


def _text(value: str | None) -> str:
    return "" if value is None or value == _UNKNOWN else value


def _number(fields: Fields, key: str) -> int:
    value = fields[key]
    if not value.isascii() or not value.isdigit() or len(value) > 11:
        raise _Lacking(f"{fields['Event']} with a {key} that is no number")
    return int(value)


def _maybe_number(fields: Fields, key: str) -> int | None:
    value = fields.get(key, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None


def _moment(fields: Fields, key: str) -> datetime | None:
    """A Unix time in whole seconds; 0 is never."""
    seconds = _maybe_number(fields, key)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _keys(prefix: str) -> tuple[str, ...]:
    names = ("Uniqueid", "Linkedid", "Channel", "ChannelStateDesc", "Context", "Exten", "CallerIDNum", "CallerIDName",
             "ConnectedLineNum")  # fmt: skip
    return tuple(prefix + name for name in names)


_BLOCKS = {
    prefix: _keys(prefix)
    for prefix in (
        "", "Dest", "Transferer", "Transferee", "OrigTransferer", "SecondTransferer", "TransferTarget", "LocalOne",
        "LocalTwo", "Spyer", "Spyee",
    )
}  # fmt: skip


def _channel(fields: Fields, prefix: str = "") -> Channel:
    """The channel block with this prefix (``Dest``, ``Transferer``, …)."""
    return Channel(*_words(fields, prefix))


def _words(fields: Fields, prefix: str = "") -> tuple[str, str, str, str, str, str, str, str, str]:
    id_, linked, name, state, context, exten, number, caller, connected = _BLOCKS[prefix]
    get = fields.get
    unique, digits, called, other = fields[id_], get(number, ""), get(caller, ""), get(connected, "")
    return (
        unique,
        get(linked, unique),
        fields[name],
        get(state, ""),
        get(context, ""),
        get(exten, ""),
        "" if digits == _UNKNOWN else digits,
        "" if called == _UNKNOWN else called,
        "" if other == _UNKNOWN else other,
    )


def _maybe_channel(fields: Fields, prefix: str) -> Channel | None:
    return _channel(fields, prefix) if fields.get(prefix + "Uniqueid") else None


def _started(fields: Fields, at: datetime) -> said.Event:
    return said.ChannelStarted(at, *_words(fields))


def _ended(fields: Fields, at: datetime) -> said.Event:
    id_, linked, name, state, context, exten, number, caller, connected = _words(fields)
    return said.ChannelEnded(
        at, id_, linked, name, _maybe_number(fields, "Cause"), state, context, exten, number, caller, connected
    )


def _changed(fields: Fields, at: datetime) -> said.Event:
    return said.ChannelChanged(at, _channel(fields))


def _renamed(fields: Fields, at: datetime) -> said.Event:
    id_ = fields["Uniqueid"]
    channel = Channel(id_, fields.get("Linkedid", id_), fields["Channel"])
    return said.ChannelRenamed(at, channel, fields["Newname"])


def _hangup_request(fields: Fields, at: datetime) -> said.Event:
    return said.HangupAsked(at, _channel(fields), True, _maybe_number(fields, "Cause"))


def _soft_hangup(fields: Fields, at: datetime) -> said.Event:
    return said.HangupAsked(at, _channel(fields), False, _maybe_number(fields, "Cause"))


def _dial_began(fields: Fields, at: datetime) -> said.Event:
    return said.DialBegan(at, _maybe_channel(fields, ""), _channel(fields, "Dest"), fields.get("DialString", ""))


def _dial_state(fields: Fields, at: datetime) -> said.Event | None:
    if fields.get("DialStatus") != "RINGING":
        return None
    return said.DialRang(at, _maybe_channel(fields, ""), _channel(fields, "Dest"))


def _dial_ended(fields: Fields, at: datetime) -> said.Event:
    return said.DialEnded(
        at, _maybe_channel(fields, ""), _channel(fields, "Dest"), fields["DialStatus"], fields.get("Forward", "")
    )


def _bridge_entered(fields: Fields, at: datetime) -> said.Event:
    return said.BridgeEntered(
        at,
        _channel(fields),
        fields["BridgeUniqueid"],
        _number(fields, "BridgeNumChannels"),
        fields.get("SwapUniqueid") or None,
        fields.get("BridgeTechnology", ""),
        _text(fields.get("BridgeName")),
    )


def _bridge_exited(fields: Fields, at: datetime) -> said.Event:
    return said.BridgeExited(at, _channel(fields), fields["BridgeUniqueid"], _number(fields, "BridgeNumChannels"))


def _bridges_merged(fields: Fields, at: datetime) -> said.Event:
    return said.BridgesMerged(at, fields["ToBridgeUniqueid"], fields["FromBridgeUniqueid"])


def _bridge_gone(fields: Fields, at: datetime) -> said.Event:
    return said.BridgeGone(at, fields["BridgeUniqueid"])


def _local_joined(fields: Fields, at: datetime) -> said.Event:
    return said.LocalJoined(at, _channel(fields, "LocalOne"), _channel(fields, "LocalTwo"))


def _hold(fields: Fields, at: datetime) -> said.Event:
    return said.HoldBegan(at, _channel(fields))


def _unhold(fields: Fields, at: datetime) -> said.Event:
    return said.HoldEnded(at, _channel(fields))


def _user_event(fields: Fields, at: datetime) -> said.Event | None:
    """What the shipped dialplan says behind each Queue(): ``UserEvent(HelinQueue,Queue: …,Status: ${QUEUESTATUS})``,

    behind each MixMonitor(): ``UserEvent(HelinRecording,File: …)``, behind the Dial() of a consultation:
    ``UserEvent(HelinConsult,Status: ${DIALSTATUS})``, and of an agent in mode *direct*: ``UserEvent(HelinOffer,…)``.
    Who wants a callback: ``UserEvent(HelinCallback,Queue: …)``. Who answered a campaign: ``UserEvent(HelinDialled,…)``.
    """
    if fields.get("UserEvent") == "HelinRecording":
        return said.RecordingBegan(at, _channel(fields), _recording_path(fields["File"]))
    if fields.get("UserEvent") == "HelinConsult":
        return said.ConsultTold(at, _channel(fields), fields["Status"])
    if fields.get("UserEvent") == "HelinCallback":
        return said.CallbackAsked(at, _channel(fields), fields["Queue"])
    if fields.get("UserEvent") == "HelinOffer":
        return said.OfferTold(at, _channel(fields), fields["Agent"], fields["Status"])
    if fields.get("UserEvent") == "HelinDialled":
        return said.DialledTold(at, _channel(fields), _heard(fields["Status"]))
    if fields.get("UserEvent") != "HelinQueue" or not fields.get("Status"):
        return None
    return said.QueueTold(at, _channel(fields), fields["Status"], fields.get("Queue", ""))


def _heard(status: str) -> Heard:
    heard = HEARD.get(status)
    if heard is None:
        raise _Lacking(f"HelinDialled with the Status {status[:40]!r}")
    return heard


def _music(fields: Fields, at: datetime) -> said.Event:
    return said.MusicBegan(at, _channel(fields))


def _silence(fields: Fields, at: datetime) -> said.Event:
    return said.MusicEnded(at, _channel(fields))


def _queue_entered(fields: Fields, at: datetime) -> said.Event:
    position = _number(fields, "Position")
    behind = max(0, (_maybe_number(fields, "Count") or 0) - position)
    return said.QueueEntered(at, _channel(fields), fields["Queue"], position, behind)


def _newexten(fields: Fields, at: datetime) -> said.Event | None:
    """Queue() is about to run: ``support,t,,,120``, the fifth argument is its timeout in seconds."""
    if fields.get("Application") != "Queue":
        return None
    parts = fields["AppData"].split(",")
    timeout = _maybe_number({"": parts[4].strip()}, "") if len(parts) > 4 else None
    return said.QueueAsked(at, _channel(fields), parts[0], timeout)


def _variable(fields: Fields, at: datetime) -> said.Event | None:
    if fields.get("Variable") != "QUEUESTATUS" or not fields.get("Value"):
        return None
    return said.QueueTold(at, _channel(fields), fields["Value"])


def _queue_exited(fields: Fields, at: datetime) -> said.Event:
    return said.QueueExited(at, _channel(fields), fields["Queue"])


def _queue_given_up(fields: Fields, at: datetime) -> said.Event:
    return said.QueueGivenUp(at, _channel(fields), fields["Queue"], _number(fields, "HoldTime"))


def _member_called(fields: Fields, at: datetime) -> said.Event:
    return said.MemberCalled(at, _channel(fields), _channel(fields, "Dest"), fields["Queue"], fields["Interface"])


def _member_connected(fields: Fields, at: datetime) -> said.Event:
    return said.MemberConnected(at, _channel(fields), _channel(fields, "Dest"), fields["Queue"], fields["Interface"])


def _member_completed(fields: Fields, at: datetime) -> said.Event:
    return said.MemberCompleted(
        at,
        _channel(fields),
        _maybe_channel(fields, "Dest"),
        fields["Queue"],
        fields["Interface"],
        fields.get("Reason", ""),
    )


def _member_missed(fields: Fields, at: datetime) -> said.Event:
    return said.MemberMissed(at, _channel(fields), _maybe_channel(fields, "Dest"), fields["Queue"], fields["Interface"])


def member_of(fields: Fields) -> said.MemberSeen:
    """A member as QueueMember (in a list), QueueMemberStatus, QueueMemberAdded and QueueMemberPause tell it."""
    return said.MemberSeen(
        queue=fields["Queue"],
        interface=fields.get("Interface") or fields["Location"],
        name=fields.get("MemberName") or fields.get("Name", ""),
        paused=fields.get("Paused") == "1",
        reason=fields.get("PausedReason", ""),
        status=_number(fields, "Status"),
        in_call=fields.get("InCall") == "1",
        wrap_up_seconds=_maybe_number(fields, "Wrapuptime") or 0,
        paused_at=_moment(fields, "LastPause"),
    )


def _member_changed(fields: Fields, at: datetime) -> said.Event:
    return said.MemberChanged(at, member_of(fields))


def _member_gone(fields: Fields, at: datetime) -> said.Event:
    return said.MemberGone(at, fields["Queue"], fields.get("Interface") or fields["Location"])


def _device(fields: Fields, at: datetime) -> said.Event | None:
    device = fields["Device"]
    if device.startswith("Queue:"):
        return None
    return said.DeviceChanged(at, device, fields["State"])


def _blind(fields: Fields, at: datetime) -> said.Event:
    return said.Transferred(
        at,
        "blind",
        fields.get("Result") == "Success",
        _channel(fields, "Transferer"),
        _maybe_channel(fields, "Transferee"),
        exten=fields.get("Extension", ""),
    )


def _attended(fields: Fields, at: datetime) -> said.Event:
    return said.Transferred(
        at,
        "attended",
        fields.get("Result") == "Success",
        _channel(fields, "OrigTransferer"),
        _maybe_channel(fields, "Transferee"),
        second=_maybe_channel(fields, "SecondTransferer"),
        target=_maybe_channel(fields, "TransferTarget"),
    )


def _originated(fields: Fields, at: datetime) -> said.Event:
    return said.OriginateEnded(
        at,
        _text(fields.get("Uniqueid")) or None,
        fields.get("Response") == "Success",
        _maybe_number(fields, "Reason") or 0,
        fields.get("Exten", ""),
        _text(fields.get("Channel")),
        fields.get("Application", ""),
    )


def _spy(fields: Fields, at: datetime) -> said.Event:
    return said.SpyBegan(at, _channel(fields, "Spyer"), _channel(fields, "Spyee"))


def _spied(fields: Fields, at: datetime) -> said.Event:
    return said.SpyEnded(at, _channel(fields, "Spyer"))


def _recording_path(path: str) -> str:
    if not is_recording_path(path):
        raise _Lacking(f"a recording in {path[:80]!r}, which is no path below the folder of recordings")
    return path


def _recorder(fields: Fields, at: datetime) -> said.Event:
    return said.RecorderBegan(at, _channel(fields))


def _recorder_muted(fields: Fields, at: datetime) -> said.Event | None:
    """One direction alone is no pause; what wakes one direction ends it."""
    muted = fields["State"] == "1"
    if muted and fields.get("Direction") != "both":
        return None
    return said.RecordingMuted(at, _channel(fields), muted)


def _shutdown(fields: Fields, at: datetime) -> said.Event:
    return said.ShuttingDown(at, fields.get("Restart") == "True")


_STEPS: dict[str, Callable[[Fields, datetime], said.Event | None]] = {
    "Newchannel": _started,
    "Hangup": _ended,
    "Newstate": _changed,
    "NewCallerid": _changed,
    "NewConnectedLine": _changed,
    "Rename": _renamed,
    "HangupRequest": _hangup_request,
    "SoftHangupRequest": _soft_hangup,
    "DialBegin": _dial_began,
    "DialState": _dial_state,
    "DialEnd": _dial_ended,
    "BridgeEnter": _bridge_entered,
    "BridgeLeave": _bridge_exited,
    "BridgeMerge": _bridges_merged,
    "BridgeDestroy": _bridge_gone,
    "LocalBridge": _local_joined,
    "Hold": _hold,
    "Unhold": _unhold,
    "MusicOnHoldStart": _music,
    "MusicOnHoldStop": _silence,
    "Newexten": _newexten,
    "VarSet": _variable,
    "UserEvent": _user_event,
    "QueueCallerJoin": _queue_entered,
    "QueueCallerLeave": _queue_exited,
    "QueueCallerAbandon": _queue_given_up,
    "AgentCalled": _member_called,
    "AgentConnect": _member_connected,
    "AgentComplete": _member_completed,
    "AgentRingNoAnswer": _member_missed,
    "QueueMemberAdded": _member_changed,
    "QueueMemberStatus": _member_changed,
    "QueueMemberPause": _member_changed,
    "QueueMemberRemoved": _member_gone,
    "DeviceStateChange": _device,
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "OriginateResponse": _originated,
    "ChanSpyStart": _spy,
    "ChanSpyStop": _spied,
    "MixMonitorStart": _recorder,
    "MixMonitorMute": _recorder_muted,
    "Shutdown": _shutdown,
}

MARKS: dict[bytes, bytes] = {
    b"Newexten": b"\r\nApplication: Queue\r\n",
    b"VarSet": b"\r\nVariable: QUEUESTATUS\r\n",
    b"UserEvent": b"\r\nUserEvent: Helin",
}
"""Events of which all but a few say nothing here: only those with this line in them are wanted."""

WANTED: frozenset[bytes] = frozenset(name.encode() for name in _STEPS) - MARKS.keys()
"""The first line of any other event is all that is ever read of it."""


def is_wanted(name: bytes, message: bytes) -> bool:
    """Whether this message must be parsed. ``name``: its event's."""
    if name in WANTED:
        return True
    mark = MARKS.get(name)
    return mark is not None and mark in message
