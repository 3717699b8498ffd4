"""Helin's actions in AMI's words, and what the answers mean. The one place with these words on the way out.

Every value is checked before it may reach the wire: no CR, LF or NUL; the lengths that Asterisk's reader takes; names
and interfaces by allow-list. What fails is rejected with one sentence, never stripped: a value that had to be changed
to be harmless is not the value that someone meant.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cti.errors import NotSent
from routing import places
from routing.actions import (
    AddMember,
    ChangePriority,
    DialLead,
    GiveEntryPriority,
    HangUp,
    IssuePhonePassword,
    Listen,
    LogQueue,
    MuteRecording,
    Originate,
    PauseMember,
    Place,
    PlayDigits,
    RemoveMember,
    SayCallback,
    SayHours,
    SendTo,
    ShowLife,
    TellPlace,
)
from routing.attempts import is_attempt
from routing.priority import MAX_PRIORITY

Words = Sequence[tuple[str, str]]
"""An action as AMI's keys and values, ``Action`` first, without ``ActionID``."""

ToAsterisk = (
    AddMember
    | ChangePriority
    | DialLead
    | GiveEntryPriority
    | HangUp
    | IssuePhonePassword
    | Listen
    | LogQueue
    | MuteRecording
    | Originate
    | PauseMember
    | PlayDigits
    | RemoveMember
    | SayCallback
    | SayHours
    | SendTo
    | ShowLife
    | TellPlace
)

MAX_LINES = 128
MAX_LINE = 1022
"""Lines of an action, and bytes of a line without its CR LF, that Asterisk's reader takes (measured on 22.10)."""

_INTERFACE = re.compile(r"(?:PJSIP|SIP|IAX2|DAHDI|Agent)/[A-Za-z0-9_.+-]{1,80}", re.ASCII)
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}/[A-Za-z0-9_.+@:*#-]{1,120}(?:;[12])?", re.ASCII)
_UNIQUE_ID = re.compile(r"[A-Za-z0-9_.-]{1,150}", re.ASCII)
_ENDPOINT = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_CREDENTIAL = re.compile(r"[0-9a-f]{32}", re.ASCII)
_CONTEXT = re.compile(r"helin-[a-z]{1,40}", re.ASCII)
_EXTEN = re.compile(r"[A-Za-z0-9_+*#-]{1,80}", re.ASCII)
_DIAL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}/[A-Za-z0-9_.+@/:-]{1,160}", re.ASCII)
_VARIABLE = re.compile(r"HELIN_[A-Z]{1,20}", re.ASCII)
_VALUE = re.compile(r"[A-Za-z0-9_.+@/:;*#-]{0,200}", re.ASCII)
_SOUND = re.compile(r"[A-Za-z0-9_/-]{0,80}", re.ASCII)
_LINE = re.compile(r"[0-9]{1,4}:[0-9]{1,3}:[0-9]{1,3}", re.ASCII)
_LOG_DATA = re.compile(r"[A-Za-z0-9_.+*#-]{0,150}", re.ASCII)
_LOGGED = frozenset(
    ("ENTERQUEUE", "CONNECT", "RINGNOANSWER", "COMPLETEAGENT", "COMPLETECALLER", "BLINDTRANSFER", "ABANDON")
)
_E164 = re.compile(r"\+[1-9][0-9]{5,14}", re.ASCII)
_DIGITS = re.compile(r"[0-9A-D*#]{1,32}", re.ASCII)
_MODES = frozenset(("listen", "whisper", "barge"))
_TONE_MS = "120"
RING_MS = "20000"
MOST_RING_SECONDS = 120
_NOT_IN_NAMES = frozenset(",&|;\"'\\/${}()[]<>")


def check_lines(words: Iterable[tuple[str, str]]) -> None:
    """Raises NotSent if these lines must not reach the wire."""
    lines = 0
    for key, value in words:
        lines += 1
        if any(mark in part for part in (key, value) for mark in "\r\n\0"):
            raise NotSent(f"the value of {key[:40]!r} has a line break or a zero byte in it")
        try:
            size = len(f"{key}: {value}".encode())
        except UnicodeEncodeError:
            raise NotSent(f"the value of {key[:40]!r} is no text") from None
        if size > MAX_LINE:
            raise NotSent(f"the value of {key[:40]!r} is longer than Asterisk takes ({MAX_LINE} bytes a line)")
    if lines > MAX_LINES:
        raise NotSent(f"an action of {lines} lines is longer than Asterisk takes ({MAX_LINES})")


def steps_of(action: ToAsterisk) -> Sequence[Words]:
    """One AMI action after the other, each only if the one before was done. Raises NotSent for a value not allowed."""
    if isinstance(action, SendTo):
        return _send_to(action)
    if isinstance(action, PlayDigits):
        return _digits(action)
    if isinstance(action, SayHours):
        return _hours(action)
    return (words_of(action),)


def words_of(action: ToAsterisk) -> Words:
    """Of an action that is one of AMI's. Raises NotSent for a value that is not allowed."""
    return _WORDS[type(action)](action)


def _queue(name: str) -> tuple[str, str]:
    if not 0 < len(name) <= 80 or not name.isprintable() or _NOT_IN_NAMES & set(name) or name != name.strip():
        raise NotSent(f"{name[:40]!r} is no queue's name")
    return "Queue", name


def _interface(value: str) -> tuple[str, str]:
    if not _INTERFACE.fullmatch(value):
        raise NotSent(f"{value[:40]!r} is no phone's interface: it should look like PJSIP/1001")
    return "Interface", value


def _channel(key: str, value: str) -> tuple[str, str]:
    """A channel's name or its unique id. (Hangup takes a regular expression too, one that begins with a slash.)"""
    if not _CHANNEL.fullmatch(value) and not _UNIQUE_ID.fullmatch(value):
        raise NotSent(f"{value[:40]!r} is no channel")
    return key, value


def _text(key: str, value: str) -> tuple[str, str]:
    if len(value) > 80 or not value.isprintable():
        raise NotSent(f"the text for {key} is longer than 80 letters or has control characters")
    return key, value


def _add(action: AddMember) -> Words:
    return [
        ("Action", "QueueAdd"),
        _queue(action.queue),
        _interface(action.interface),
        _text("MemberName", action.name),
        ("Paused", "true" if action.paused else "false"),
    ]


def _remove(action: RemoveMember) -> Words:
    return [("Action", "QueueRemove"), _queue(action.queue), _interface(action.interface)]


def _pause(action: PauseMember) -> Words:
    paused = "true" if action.paused else "false"
    return [
        ("Action", "QueuePause"),
        _interface(action.interface),
        ("Paused", paused),
        _text("Reason", action.reason),
    ]


def _priority(action: ChangePriority) -> Words:
    return [
        ("Action", "QueueChangePriorityCaller"),
        _queue(action.queue),
        _channel("Caller", action.channel),
        _ranked("Priority", action.priority),
        ("Immediate", "yes"),
    ]


def _entry_priority(action: GiveEntryPriority) -> Words:
    """The dialplan keeps digits only of it: nothing but a number of this range may be said."""
    return [
        ("Action", "Setvar"),
        _channel("Channel", action.channel),
        ("Variable", "HELIN_PRIO"),
        _ranked("Value", action.priority),
    ]


def _callback(action: SayCallback) -> Words:
    word = "kept" if action.kept else "refused"
    return [("Action", "Setvar"), _channel("Channel", action.channel), ("Variable", "HELIN_CALLBACK"), ("Value", word)]


def _ranked(key: str, priority: int) -> tuple[str, str]:
    if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= MAX_PRIORITY:
        raise NotSent(f"{str(priority)[:40]!r} is no priority: it is a whole number from 0 to {MAX_PRIORITY}")
    return key, str(priority)


def _hang_up(action: HangUp) -> Words:
    return [("Action", "Hangup"), _channel("Channel", action.channel), ("Cause", "16")]


def _mute(action: MuteRecording) -> Words:
    """Of all recordings of the channel. Asterisk goes on writing, silence: the file keeps its length."""
    state = "1" if action.muted else "0"
    return [("Action", "MixMonitorMute"), _channel("Channel", action.channel), ("Direction", "both"), ("State", state)]


def _fits(what: re.Pattern[str], value: str, sentence: str) -> str:
    if not what.fullmatch(value):
        raise NotSent(f"{value[:40]!r} is no {sentence}")
    return value


def _send_to(action: SendTo) -> Sequence[Words]:
    """First what each channel must know, then both at once."""
    if not 1 <= len(action.places) <= 2:
        raise NotSent("one channel or two can be sent, not more")
    steps: list[Words] = []
    redirect: list[tuple[str, str]] = [("Action", "Redirect")]
    for place, prefix in zip(action.places, ("", "Extra"), strict=False):
        steps += _known_there(place)
        redirect += [
            _channel("ExtraChannel" if prefix else "Channel", place.channel),
            (f"{prefix}Context", _fits(_CONTEXT, place.context, "context of Helin's")),
            (f"{prefix}Exten", _fits(_EXTEN, place.exten, "extension")),
            (f"{prefix}Priority", "1"),
        ]
    return (*steps, redirect)


def _known_there(place: Place) -> list[Words]:
    return [
        [
            ("Action", "Setvar"),
            _channel("Channel", place.channel),
            ("Variable", _fits(_VARIABLE, name, "variable of Helin's")),
            ("Value", _fits(_VALUE, value, "value for a channel")),
        ]
        for name, value in place.variables
    ]


def _life(action: ShowLife) -> Words:
    """A global variable."""
    return [("Action", "Setvar"), ("Variable", "HELIN_BEAT"), ("Value", str(action.beat))]


def _told_place(action: TellPlace) -> Words:
    numbers = ":".join(str(number) for number in (action.position, action.low, action.high))
    return [
        ("Action", "Setvar"),
        _channel("Channel", action.channel),
        ("Variable", "HELIN_LINE"),
        ("Value", _fits(_LINE, numbers, "place in line")),
    ]


def _log_queue(action: LogQueue) -> Words:
    interface = "NONE" if action.interface == "NONE" else _interface(action.interface)[1]
    if action.event not in _LOGGED:
        raise NotSent(f"{action.event[:40]!r} is no event of queue_log")
    if not _UNIQUE_ID.fullmatch(action.channel):
        raise NotSent(f"{action.channel[:40]!r} is no channel's id")
    return [
        ("Action", "QueueLog"),
        _queue(action.queue),
        ("Event", action.event),
        ("Uniqueid", action.channel),
        ("Interface", interface),
        ("Message", "|".join(_fits(_LOG_DATA, part, "value for queue_log") for part in action.data)),
    ]


def _digits(action: PlayDigits) -> Sequence[Words]:
    channel = _channel("Channel", action.channel)
    digits = _fits(_DIGITS, action.digits, "row of digits")
    return [[("Action", "PlayDTMF"), channel, ("Digit", digit), ("Duration", _TONE_MS)] for digit in digits]


def _hours(action: SayHours) -> Sequence[Words]:
    """Three global variables, which the dialplan's contexts helin-hours and helin-closed take apart at colons."""
    queue = _queue(action.queue)[1]
    shut = ":".join(f"{one.start}-{one.end}-{one.late}-{'h' if one.holiday else 'c'}" for one in action.closed)
    until = str(action.emergency_until) if action.emergency_until else ""
    emergency = f"{until}:{action.emergency_then}:{_sound(action.emergency_sound)}" if until else ""
    rules = (
        _sound(action.closed_sound),
        _sound(action.holiday_sound),
        _sound(action.late_sound),
        _other_queue(action.closed_queue),
        _other_queue(action.overflow_queue),
        str(action.overflow_after_seconds),
        "1" if action.overflow_when_alone else "0",
    )
    values = (("HOURS", shut), ("EMERGENCY", emergency), ("RULES", ":".join(rules)))
    return [[("Action", "Setvar"), ("Variable", f"HELIN_{name}_{queue}"), ("Value", value)] for name, value in values]


def _sound(name: str) -> str:
    return _fits(_SOUND, name, "sound")


def _other_queue(name: str) -> str:
    if ":" in name:
        raise NotSent(f"{name[:40]!r} is no queue's name")
    return _queue(name)[1] if name else ""


def _originate(action: Originate) -> Words:
    """Async always: otherwise the whole session stands still while the phone rings."""
    exten = _fits(_EXTEN, action.exten, "extension")
    answer = [("Variable", "PJSIP_HEADER(add,X-Helin-Answer)=now")] if action.answer else []
    if not _UNIQUE_ID.fullmatch(action.channel):
        raise NotSent(f"{action.channel[:40]!r} is no channel's id")
    return [
        ("Action", "Originate"),
        ("Channel", _interface(action.interface)[1]),
        ("ChannelId", action.channel),
        ("Context", "helin-call"),
        ("Exten", exten),
        ("Priority", "1"),
        ("CallerID", f"<{exten}>"),
        ("Timeout", RING_MS),
        ("Variable", f"HELIN_TARGET={_fits(_DIAL, action.dial, 'dial string')}"),
        *answer,
        ("Async", "true"),
    ]


def _listen(action: Listen) -> Words:
    """As an Originate: the phone of who listens is rung, and the dialplan spies on the agent's channel."""
    if action.mode not in _MODES:
        raise NotSent(f"{action.mode[:40]!r} is no way to listen")
    answer = [("Variable", "PJSIP_HEADER(add,X-Helin-Answer)=now")] if action.answer else []
    return [
        ("Action", "Originate"),
        ("Channel", _interface(action.interface)[1]),
        ("ChannelId", _fits(_UNIQUE_ID, action.channel, "channel's id")),
        ("Context", places.LISTEN),
        ("Exten", action.mode),
        ("Priority", "1"),
        ("CallerID", "<*>"),
        ("Timeout", RING_MS),
        ("Variable", f"HELIN_SPIED={_fits(_CHANNEL, action.spied, 'channel')}"),
        *answer,
        ("Async", "true"),
    ]


def _dial_lead(action: DialLead) -> Words:
    """The hangup handler comes with the call: it writes down the end of one that never gets into the dialplan too."""
    if not is_attempt(action.channel) or not _UNIQUE_ID.fullmatch(action.channel):
        raise NotSent(f"{action.channel[:40]!r} is no attempt's channel")
    if not 1 <= action.ring_seconds <= MOST_RING_SECONDS:
        raise NotSent(f"{action.ring_seconds} seconds is no time to ring: 1 to {MOST_RING_SECONDS}")
    known = {
        "HELIN_QUEUE": _queue(action.queue)[1],
        "HELIN_CAMPAIGN": _fits(_VALUE, action.campaign, "campaign's id"),
        "HELIN_ATTEMPT": _fits(_VALUE, action.attempt, "attempt's id"),
        "HELIN_AMD": "yes" if action.detect else "",
        "HELIN_MESSAGE": _sound(action.message),
        "HELIN_FORGET": _fits(_VALUE, ":".join(action.forget), "list of channels"),
    }
    return [
        ("Action", "Originate"),
        ("Channel", _fits(_DIAL, action.dial, "dial string")),
        ("ChannelId", action.channel),
        ("Context", places.DIALLED),
        ("Exten", "s"),
        ("Priority", "1"),
        ("CallerID", f"<{_fits(_E164, action.caller_number, 'number in the form +37255501234')}>"),
        ("Timeout", str(action.ring_seconds * 1000)),
        *(("Variable", f"{name}={value}") for name, value in known.items()),
        ("Variable", "CHANNEL(hangup_handler_push)=helin-dialled-gone\\,s\\,1"),
        ("Async", "true"),
    ]


def exists(channel: str) -> Words:
    """Asks whether there is a channel with this unique id."""
    return [
        ("Action", "Getvar"),
        ("Channel", _fits(_UNIQUE_ID, channel, "channel's id")),
        ("Variable", "CHANNEL(uniqueid)"),
    ]


def written_at_end(channel: str) -> Words:
    """Asks for what helin-dialled-gone left of an attempt."""
    key = _fits(_UNIQUE_ID, channel, "channel's id")
    return [("Action", "DBGet"), ("Family", "helin-dialled"), ("Key", key)]


def _phone_password(action: IssuePhonePassword) -> Words:
    """AstDB is closed to an account without the class system, so the dialplan writes it (context helin-password)."""
    if not _ENDPOINT.fullmatch(action.endpoint):
        raise NotSent(f"{action.endpoint[:40]!r} is no SIP endpoint's name")
    if not _CREDENTIAL.fullmatch(action.credential):
        raise NotSent("the credential is no MD5 in hex")
    return [
        ("Action", "Originate"),
        ("Channel", f"Local/{action.endpoint}@helin-password/n"),
        ("Application", "Hangup"),
        ("Variable", f"HELIN_CREDENTIAL={action.credential}"),
        ("Variable", f"HELIN_ISSUE={_issue(action)}"),
        ("Async", "true"),
    ]


def _issue(action: IssuePhonePassword) -> str:
    """Tells one password from the next, and nothing about it."""
    return hashlib.sha256(f"issue {action.credential}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether it was done is asked for until ``words`` are answered with ``value``. ``lacking``: why it is not."""

    words: Words
    value: str
    lacking: str


def confirmation_of(action: ToAsterisk) -> Confirmation | None:
    """None: Asterisk's answer to the action says that it is done."""
    if not isinstance(action, IssuePhonePassword):
        return None
    variable = ("Variable", f"HELIN_ISSUED_{action.endpoint}")
    lacking = f"The dialplan did not take it for {action.endpoint}: see context helin-password, or run 'helin doctor'."
    return Confirmation([("Action", "Getvar"), variable], _issue(action), lacking)


_WORDS: dict[type, Callable[[Any], Words]] = {
    AddMember: _add,
    RemoveMember: _remove,
    PauseMember: _pause,
    ChangePriority: _priority,
    GiveEntryPriority: _entry_priority,
    HangUp: _hang_up,
    MuteRecording: _mute,
    IssuePhonePassword: _phone_password,
    Originate: _originate,
    Listen: _listen,
    DialLead: _dial_lead,
    SayCallback: _callback,
    ShowLife: _life,
    TellPlace: _told_place,
    LogQueue: _log_queue,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """``code`` as in routing.commands.Result."""

    ok: bool
    code: str = ""
    message: str = ""


_GOOD_ENOUGH = ("already there", "not there")
_MEANS = (
    ("no such channel", "not_possible", "this call is over"),
    ("unable to find channel", "not_possible", "this call is over"),
    ("specified channel not found", "not_possible", "this call is over"),
    ("channel does not exist", "not_possible", "this call is over"),
    ("cannot set mute flag", "not_possible", "this call is not being recorded"),
    ("channel not up", "not_possible", "this call is over"),
    ("channel not found", "not_possible", "this call is over"),
    ("no such queue", "not_possible", "Asterisk has no such queue"),
    ("interface not found", "not_possible", "this phone is in no queue of Asterisk's"),
    ("permission denied", "failed", "the AMI account lacks a class for this: run 'helin doctor'"),
    ("invalid/unknown command", "failed", "Asterisk lacks the module for this: run 'helin doctor'"),
)


def outcome_of(action: ToAsterisk, ok: bool, message: str) -> Outcome:
    """What Asterisk's answer means for who wanted it. What is already as wanted counts as done."""
    lower = message.lower()
    if ok:
        return Outcome(True)
    if isinstance(action, AddMember | RemoveMember) and lower.endswith(_GOOD_ENOUGH):
        return Outcome(True)
    for spelling, code, sentence in _MEANS:
        if spelling in lower:
            return Outcome(False, code, sentence)
    return Outcome(False, "failed", f"Asterisk says: {message or 'error'}")
