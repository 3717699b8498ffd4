"""Recordings: which channel is recorded into which file, and whether it is paused for card data.

The dialplan begins them (:class:`routing.events.RecordingBegan`); Helin only pauses and resumes. A pause holds for the
whole call: whatever is recorded in it, and whatever begins to be recorded later (a second line, another recorder,
another call that is joined to it), is muted, and muted again after every gap, until somebody resumes by a command.
When in doubt, sound is lost rather than a card number kept. A fact is told only once Asterisk has confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from routing import events as said
from routing.actions import AskAbout, MuteRecording
from routing.commands import CHIEFS, Command, Refused
from routing.exchange import Exchange
from routing.facts import CallFact, RecordingPaused, RecordingResumed, RecordingStarted
from routing.knowledge import Chan, Story, Tape
from routing.story import Call

RECORDING_COMMANDS: Final = ("pause_recording", "resume_recording")
MAX_PATH = 200
_PATH = re.compile(r"[A-Za-z0-9_+=-][A-Za-z0-9_+=.-]*(?:/[A-Za-z0-9_+=-][A-Za-z0-9_+=.-]*){0,8}\.wav", re.ASCII)


def is_recording_path(path: str) -> bool:
    """A plain relative path to a WAV file: no part begins with a dot, so none leads up or is hidden."""
    return len(path) <= MAX_PATH and _PATH.fullmatch(path) is not None


class Tapes:
    """What events and commands teach about recordings; what must be muted goes to the exchange's ``actions``."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    # -- what Asterisk says --------------------------------------------------------------------------------------------

    def began(self, e: said.RecordingBegan) -> None:
        chan = self._exchange.see(e.channel, e.at)
        if chan is not None and chan.tape is None:
            chan.tape = Tape(e.file, e.at)

    def recorder_began(self, e: said.RecorderBegan) -> None:
        """Of whatever origin: in a paused call it is muted too."""
        chan = self._exchange.see(e.channel, e.at, touch=False)
        if chan is not None and chan.story.hushed_by is not None:
            self._exchange.actions.append(MuteRecording(chan.id, True))

    def muted(self, e: said.RecordingMuted) -> None:
        chan = self._exchange.see(e.channel, e.at, touch=False)
        if chan is not None and chan.tape is not None:
            self._set(chan, chan.tape, e.muted)

    def _set(self, chan: Chan, tape: Tape, muted: bool) -> None:
        """``wanted`` differs when nobody here wanted it: then nobody knows who did."""
        story = chan.story
        if tape.wanted is not muted and not (tape.asked and muted):
            tape.by = None
        tape.wanted, tape.asked = None, False
        if tape.muted is muted:
            return
        tape.muted = muted
        if muted and story.hushed_by is None:
            story.hushed_by = tape.by or ""
        elif not muted:
            story.hushed_by = None
        self._exchange.touched[story] = None

    # -- what people want ----------------------------------------------------------------------------------------------

    def wanted(self, command: Command) -> list[MuteRecording]:
        """Raises Refused. A pause is tried even where no recording is known of: Asterisk knows better."""
        story = self._exchange.stories.get(dict(command.args).get("call", ""))
        if story is None or story.call is None:
            raise Refused("not_possible", "This call is over.")
        in_it = any(chan.agent == command.by and chan.sure for chan in story.live.values())
        if not in_it and command.role not in CHIEFS:
            raise Refused("not_allowed", "You are not in this call.")
        muted = command.name == "pause_recording"
        taped = _taped(story)
        if not taped and not muted:
            raise Refused("not_possible", "This call is not being recorded.")
        for chan in taped:
            assert chan.tape is not None  # noqa: S101 - as selected
            chan.tape.wanted, chan.tape.by = muted, command.by
        chans = taped or [chan for chan in story.live.values() if chan.outside and chan.sure]
        if not chans:
            raise Refused("not_possible", "This call is not being recorded.")
        return [MuteRecording(chan.id, muted) for chan in chans]

    def confirmed(self, command: Command) -> None:
        """Asterisk has done all that ``command`` wanted; its events may say so before or after."""
        muted = command.name == "pause_recording"
        story = self._exchange.stories.get(dict(command.args).get("call", ""))
        if story is None:
            return
        for chan in _taped(story):
            if chan.tape is not None and chan.tape.wanted is muted:
                self._set(chan, chan.tape, muted)
        if muted and not _taped(story):
            story.hushed_by = command.by
            self._exchange.actions.append(AskAbout(next(iter(story.live), ""), "it is recorded, and nothing said so"))

    # -- a pause holds -------------------------------------------------------------------------------------------------

    def keep_hushed(self, story: Story) -> None:
        """What is recorded in a paused call and not muted yet will be."""
        if story.hushed_by is None:
            return
        for chan in _taped(story):
            tape = chan.tape
            if tape is not None and not tape.muted and not tape.asked:
                tape.asked, tape.by = True, story.hushed_by or None
                self._exchange.actions.append(MuteRecording(chan.id, True))

    def after_snapshot(self, gap: bool) -> None:
        """After a ``gap`` nobody knows what happened to a mute in it: all are set again."""
        for story in self._exchange.stories.values():
            if gap and story.hushed_by is not None:
                taped = [chan for chan in _taped(story) if chan.tape is not None and chan.tape.muted]
                self._exchange.actions += [MuteRecording(chan.id, True) for chan in taped]
            self.keep_hushed(story)


def _taped(story: Story) -> list[Chan]:
    return [chan for chan in story.live.values() if chan.tape is not None]


def tell_tape(story: Story, chan: Chan, tape: Tape, at: datetime, tell: Callable[[Story, CallFact], None]) -> None:
    """The facts that became true."""
    if not tape.told:
        tape.told = True
        tell(story, RecordingStarted(story.id, tape.began_at, tape.file, chan.id, tape.estimated))
    if tape.muted != tape.told_muted:
        tape.told_muted = tape.muted
        kind = RecordingPaused if tape.muted else RecordingResumed
        tell(story, kind(story.id, at, chan.id, tape.by))


def found_tape(file: str, at: datetime) -> Tape:
    """Of a channel that a snapshot shows to be recorded: since when nobody knows."""
    return Tape(file, at, estimated=True)


def tape_of(call: Call, leg: str) -> Tape | None:
    """As the record has it."""
    for each in call.recordings:
        if each.leg == leg and each.ended_at is None:
            by = each.pauses[-1].by if each.paused else None
            return Tape(each.file, each.started_at, each.paused, by=by, told=True, told_muted=each.paused)
    return None


def hushed_by(call: Call) -> str | None:
    """Who paused the call's recordings, as the record has it."""
    for each in call.recordings:
        if each.paused and each.ended_at is None:
            return each.pauses[-1].by or ""
    return None
