"""Helin's actions in AMI's words, and what the answers mean. The one place with these words on the way out.

Every value is checked before it may reach the wire: no CR, LF or NUL; the lengths that Asterisk's reader takes; names
and interfaces by allow-list. What fails is rejected with one sentence, never stripped: a value that had to be changed
to be harmless is not the value that someone meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cti.errors import NotSent
from routing.actions import (
    AddMember,
    ChangePriority,
    GiveEntryPriority,
    HangUp,
    MuteRecording,
    PauseMember,
    RemoveMember,
)
from routing.priority import MAX_PRIORITY

Words = Sequence[tuple[str, str]]
"""An action as AMI's keys and values, ``Action`` first, without ``ActionID``."""

ToAsterisk = AddMember | ChangePriority | GiveEntryPriority | HangUp | MuteRecording | PauseMember | RemoveMember

MAX_LINES = 128
MAX_LINE = 1022
"""Lines of an action, and bytes of a line without its CR LF, that Asterisk's reader takes (measured on 22.10)."""

_INTERFACE = re.compile(r"(?:PJSIP|SIP|IAX2|DAHDI|Agent)/[A-Za-z0-9_.+-]{1,80}", re.ASCII)
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,19}/[A-Za-z0-9_.+@:*#-]{1,120}(?:;[12])?", re.ASCII)
_UNIQUE_ID = re.compile(r"[A-Za-z0-9_.-]{1,150}", re.ASCII)
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


def words_of(action: ToAsterisk) -> Words:
    """Raises NotSent for a value that is not allowed."""
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


_WORDS: dict[type, Callable[[Any], Words]] = {
    AddMember: _add,
    RemoveMember: _remove,
    PauseMember: _pause,
    ChangePriority: _priority,
    GiveEntryPriority: _entry_priority,
    HangUp: _hang_up,
    MuteRecording: _mute,
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
