"""Recordings: paused by command, told when Asterisk has confirmed, paused for the whole call until somebody resumes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.actions import Action, Answer, AskAbout, MuteRecording
from routing.commands import Command, Role
from routing.events import (
    ActionDone,
    BridgeEntered,
    Channel,
    ChannelSeen,
    ChannelStarted,
    Event,
    LinkUp,
    RecorderBegan,
    RecordingBegan,
    RecordingMuted,
    Snapshot,
)
from routing.facts import Fact, RecordingPaused, RecordingResumed, RecordingStarted
from routing.story import Call
from routing.switchboard import Switchboard
from routing.tapes import is_recording_path
from tests.routing.told import DIRECTORY, RECEIVED

CALL = "lab-0-1.0"
FILE = "2026/11/23/support-1.0.wav"
CALLER = Channel("1.0", "1.0", "PJSIP/trunk-0", "Up", "from-trunk", "+3725550100", "+3725550011")
PHONE = Channel("1.1", "1.0", "PJSIP/1001-1", "Up", "agents", "s", "1001")
SEEN = tuple(
    ChannelSeen(each.id, "1.0", each.name, "Up", each.context, each.exten, each.number, "", "", "b1", "Queue", "", 9)
    for each in (CALLER, PHONE)
)


class Shop:
    """A switchboard with a call of agent1's in it, recorded or not; ``told`` are the facts about recordings."""

    def __init__(self, recorded: bool = True, restored: tuple[Call, ...] = ()) -> None:
        self.board = Switchboard("lab", DIRECTORY, frozenset({"from-trunk"}), "s")
        self.board.restore(restored)
        self.now = RECEIVED
        self.told: list[Fact] = []
        self.hear(LinkUp(self.now, "0"))
        if not restored:
            self.hear(Snapshot(self.now, None, (), ("support",), (), ()))
            for each in (CALLER, PHONE):
                state = "Ring" if each is CALLER else "Down"
                self.hear(
                    ChannelStarted(
                        self.now, each.id, "1.0", each.name, state, each.context, each.exten, each.number, ""
                    )
                )
            if recorded:
                self.hear(RecordingBegan(self.now, CALLER, FILE))
            for count, each in enumerate((PHONE, CALLER), 1):
                self.hear(BridgeEntered(self.now, each, "b1", count))

    def hear(self, event: Event) -> list[Action]:
        self.now += timedelta(seconds=0.01)
        facts, actions = self.board.receive(event, self.now)
        self.told += [each for each in facts if isinstance(each, RecordingStarted | RecordingPaused | RecordingResumed)]
        return actions

    def wish(
        self, name: str, id_: str = "1", by: str = "agent1", role: Role = "agent", call: str = CALL
    ) -> list[Action]:
        return self.hear(Command(id_, by, role, name, by, (("call", call),)))

    def done(self, action: Action, ok: bool = True) -> list[Action]:
        assert isinstance(action, MuteRecording)
        assert action.command is not None
        return self.hear(ActionDone(self.now, action.command, ok, "" if ok else "no_answer", "" if ok else "silence"))

    @property
    def state(self) -> str | None:
        return self.board.calls()[CALL].recording

    def paused(self) -> Shop:
        (action,) = self.wish("pause_recording")
        self.done(action)
        assert self.state == "paused"
        return self


def test_paused_and_resumed_when_asterisk_has_confirmed() -> None:
    shop = Shop()
    assert shop.state == "on"
    (action,) = shop.wish("pause_recording")
    assert action == MuteRecording("1.0", True, action.command)  # type: ignore[union-attr]
    assert shop.state == "on", "nothing is told before Asterisk says so"
    shop.hear(RecordingMuted(shop.now, CALLER, True))
    assert shop.state == "paused"
    (answer,) = shop.done(action)
    assert isinstance(answer, Answer)
    assert answer.result.ok
    (back,) = shop.wish("resume_recording", "2", "agent1")
    shop.done(back)
    shop.hear(RecordingMuted(shop.now, CALLER, False))
    assert shop.state == "on"
    assert [(type(each), getattr(each, "by", None)) for each in shop.told] == [
        (RecordingStarted, None), (RecordingPaused, "agent1"), (RecordingResumed, "agent1"),
    ]  # fmt: skip
    (recording,) = shop.board.calls()[CALL].recordings
    assert (recording.file, recording.leg, recording.pauses[0].by) == (FILE, "1.0", "agent1")


def test_without_asterisk_s_word_it_is_not_paused_and_the_agent_hears_it() -> None:
    shop = Shop()
    (action,) = shop.wish("pause_recording")
    (answer,) = shop.done(action, ok=False)
    assert isinstance(answer, Answer)
    assert (answer.result.ok, answer.result.code) == (False, "no_answer")
    assert shop.state == "on"


@pytest.mark.parametrize(
    ("name", "by", "role", "call", "code"),
    [
        ("pause_recording", "agent2", "agent", CALL, "not_allowed"),
        ("resume_recording", "agent2", "agent", CALL, "not_allowed"),
        ("pause_recording", "agent1", "agent", "lab-0-7.7", "not_possible"),
        ("pause_recording", "boss", "supervisor", CALL, ""),
    ],
)
def test_who_may(name: str, by: str, role: Role, call: str, code: str) -> None:
    (first,) = Shop().wish(name, by=by, role=role, call=call)
    assert (first.result.code if isinstance(first, Answer) else "") == code


def test_what_is_not_known_to_be_recorded_is_muted_all_the_same() -> None:
    """Its beginning may have been missed. The snapshot that follows finds the file, and it is paused."""
    shop = Shop(recorded=False)
    assert shop.state is None
    (action,) = shop.wish("pause_recording")
    assert isinstance(action, MuteRecording)
    assert any(isinstance(each, AskAbout) for each in shop.done(action))
    found = tuple(replace(each, recording=FILE if each.id == "1.0" else "") for each in SEEN)
    again = shop.hear(Snapshot(shop.now, None, found, ("support",), (), ()))
    assert MuteRecording("1.0", True) in again
    shop.hear(RecordingMuted(shop.now, CALLER, True))
    assert shop.state == "paused"
    assert shop.wish("resume_recording", "9", "agent1") == [MuteRecording("1.0", False, "agent1\n9")]


def test_a_pause_survives_a_restart_and_is_set_again() -> None:
    """Helin was killed: the record knows, and Asterisk is told once more, since nobody saw the gap."""
    before = Shop().paused()
    after = Shop(restored=tuple(before.board.calls().values()))
    actions = after.hear(Snapshot(after.now, RECEIVED, SEEN, ("support",), (), ()))
    assert MuteRecording("1.0", True) in actions
    assert after.state == "paused"
    after.hear(RecordingMuted(after.now, CALLER, True))
    assert after.told == []
    (action,) = after.wish("resume_recording", "2")
    after.done(action)
    assert after.state == "on"


def test_whatever_else_is_recorded_in_a_paused_call_is_muted() -> None:
    shop = Shop().paused()
    assert shop.hear(RecorderBegan(shop.now, CALLER)) == [MuteRecording("1.0", True)]
    outside = Channel("1.2", "1.0", "PJSIP/trunk-2", "Down", "from-trunk", "s", "+3725550012")
    shop.hear(ChannelStarted(shop.now, "1.2", "1.0", outside.name, "Down", "from-trunk", "s", "+3725550012", ""))
    assert MuteRecording("1.2", True) in shop.hear(RecordingBegan(shop.now, outside, "2026/11/23/outbound-1.2.wav"))
    assert shop.state == "on", "until Asterisk has confirmed, it is said to be running"
    shop.hear(RecordingMuted(shop.now, outside, True))
    assert shop.state == "paused"
    assert len(shop.wish("resume_recording", "5")) == 2


@given(st.text(max_size=30) | st.text("./a-\\%\0", max_size=12).map(lambda text: text + ".wav"))
def test_a_path_is_relative_and_plain_or_refused(path: str) -> None:
    if is_recording_path(path):
        assert path.isascii()
        assert not path.startswith("/")
        assert not any(part in ("", ".", "..") or part.startswith(".") for part in path.split("/"))


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".wav",
        "/a.wav",
        "../a.wav",
        "a/../b.wav",
        "a//b.wav",
        "a/.b.wav",
        "a.mp3",
        "a.wav\n",
        "ä.wav",
        "a" * 210 + ".wav",
    ],
)
def test_hostile_paths(path: str) -> None:
    assert not is_recording_path(path)


def test_a_plain_path() -> None:
    assert is_recording_path("2026/11/23/support-main-1795774070.0.wav")
