"""No input raises; what contradicts is not believed; nothing grows without bound."""

from __future__ import annotations

import typing
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from routing.actions import AskAbout
from routing.commands import Command
from routing.events import (
    BridgeEntered,
    Channel,
    ChannelChanged,
    ChannelEnded,
    ChannelStarted,
    Event,
    HangupAsked,
    Snapshot,
    Suspicious,
    TelephonyEvent,
    Tick,
)
from routing.facts import CALL_FACTS, AgentChanged, Drifted
from routing.frozen import Frozen
from tests.routing.told import NAMES, RECEIVED, capture, fold_all, new_switchboard, play, unlike

NAME = "queue_answered_caller_hangup"
LIVE = "lab-1795467039.0"


def kinds() -> list[type]:
    return [
        *typing.get_args(TelephonyEvent),
        *(kind for kind in typing.get_args(Event) if is_dataclass(kind) or issubclass(kind, Frozen)),
    ]


CHANNELS = [
    Channel(f"1.{n}", f"1.{n // 2 * 2}", name, state, context, exten, "+3725550011", "A\x00\u202eB")
    for n, (name, state, context, exten) in enumerate(
        [
            ("PJSIP/trunk-1", "Ring", "from-trunk", "+3725550100"),
            ("PJSIP/1003-2", "Down", "agents", "s"),
            ("Local/1004@agents-3;1", "Down", "agents", "1002"),
            ("Local/1004@agents-3;2", "Ring", "agents", "1002"),
            ("PJSIP/1004-4", "Up", "agents", ""),
            ("", "", "", ""),
            ("PJSIP/1003-5", "Ring", "agents", "1002"),
        ]
    )
]
moments = st.integers(-5, 200).map(lambda seconds: RECEIVED + timedelta(seconds=seconds))
texts = st.one_of(
    st.sampled_from(["", "1.0", "1.1", "1.2", "b1", "b2", "support", "PJSIP/1001", "ANSWER", "TIMEOUT", "PJSIP/9@x"]),
    st.text(max_size=12),
)


def value_of(hint: object) -> st.SearchStrategy[object]:
    if hint is Channel:
        return st.sampled_from(CHANNELS)
    if hint is datetime:
        return moments
    if hint is str:
        return texts
    if hint is int:
        return st.integers(-3, 10_000_000_000)
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        inner = [each for each in arguments if each is not Ellipsis]
        if len(inner) == 1:
            return st.lists(value_of(inner[0]), max_size=4).map(tuple)
        return st.tuples(*(value_of(each) for each in inner))
    if typing.get_origin(hint) is typing.Literal:
        return st.sampled_from(arguments)
    if arguments:
        return st.one_of(*(value_of(each) for each in arguments))
    if hint is type(None):
        return st.none()
    if isinstance(hint, type) and (issubclass(hint, Frozen) or is_dataclass(hint)):
        return built(hint)
    return st.from_type(hint)  # type: ignore[arg-type]


def built(kind: type) -> st.SearchStrategy[object]:
    hints = typing.get_type_hints(kind)
    if kind in (ChannelStarted, ChannelEnded):
        return st.builds(same_words, st.just(kind), moments, st.sampled_from(CHANNELS), st.integers(0, 130))
    return st.builds(kind, **{name: value_of(hint) for name, hint in hints.items()})


def same_words(kind: type, at: datetime, words: Channel, cause: int) -> object:
    more = {"cause": cause} if kind is ChannelEnded else {}
    return kind(
        at=at, id=words.id, linked=words.linked, name=words.name, state=words.state, context=words.context,
        exten=words.exten, number=words.number, caller_name=words.caller_name, **more,
    )  # fmt: skip


anything = st.lists(st.one_of([built(kind) for kind in dict.fromkeys(kinds())]), max_size=40)


@settings(max_examples=80, deadline=None)
@given(anything)
def test_no_event_raises_and_the_facts_still_fold(events: list[Event]) -> None:
    board = new_switchboard()
    facts = []
    now = RECEIVED
    for event in events:
        now += timedelta(seconds=0.4)
        facts += board.receive(event, now)[0]
    for _ in range(3):
        now += timedelta(seconds=2)
        facts += board.receive(Tick(now), now)[0]
    facts += board.receive(Snapshot(now, now, (), (), (), ()), now)[0]
    for call in fold_all(facts).values():
        assert not call.active
        assert call.ended_at is not None
        assert call.ended_at >= call.started_at
    assert board.calls() == {}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(NAMES), anything, st.data())
def test_noise_about_others_does_not_touch_a_call(name: str, noise: list[Event], draw: st.DataObject) -> None:
    """Whatever is said of other channels in between."""
    events = list(capture(name))
    calls = play(events).calls
    harmless = [
        event
        for event in noise
        if isinstance(event, TelephonyEvent)
        and not isinstance(event, Suspicious)
        and "Member" not in type(event).__name__
    ]
    for each in harmless:
        events.insert(draw.draw(st.integers(0, len(events))), each)
    got = play(events).calls
    assert unlike(calls, {id_: call for id_, call in got.items() if id_ in calls}) == []


def hear(events: list[Event]) -> tuple[list[object], list[object], object]:
    board = new_switchboard()
    facts: list[object] = []
    actions: list[object] = []
    for event in events:
        told, to_do = board.receive(event, getattr(event, "at", None) or RECEIVED)
        facts += told
        actions += to_do
    return facts, actions, board


def test_a_known_channel_by_another_name_is_asked_about_and_not_believed() -> None:
    events = list(capture(NAME))[:24]
    begin = events[0]
    assert isinstance(begin, ChannelStarted)
    at = events[-1].at + timedelta(seconds=1)  # type: ignore[union-attr]
    forged = replace(begin, at=at, name="PJSIP/1001-666")
    facts, actions, board = hear([*events, forged])
    assert isinstance(facts[-1], Drifted)
    assert actions[-1] == AskAbout(LIVE, "the channel known as PJSIP/trunk-00000000 was called PJSIP/1001-666")
    ended = ChannelEnded(at, LIVE, LIVE, "PJSIP/trunk-666", 16)
    _, actions, board = hear([*events, ended])
    assert isinstance(actions[-1], AskAbout)
    assert len(board.calls()) == 1  # type: ignore[attr-defined]


def test_an_unknown_channel_is_not_believed_at_once() -> None:
    at = RECEIVED
    unknown = Channel("9.9", "9.9", "PJSIP/trunk-99", "Ring", "from-trunk", "+3725550100", "+3725550011", "x")
    facts, actions, board = hear([BridgeEntered(at, unknown, "b", 1)])
    assert [type(fact).__name__ for fact in facts if not isinstance(fact, AgentChanged)] == ["Drifted"]
    assert actions == [AskAbout("9.9", "PJSIP/trunk-99 came up without its beginning")]
    assert board.calls() == {}  # type: ignore[attr-defined]
    later = at + timedelta(seconds=1)
    facts, actions, board = hear([BridgeEntered(at, unknown, "b", 1), ChannelChanged(later, unknown)])
    assert len(board.calls()) == 1, "said twice"  # type: ignore[attr-defined]


def test_a_snapshot_without_it_makes_an_unbelieved_channel_vanish_without_a_word() -> None:
    unknown = Channel("9.9", "9.9", "PJSIP/trunk-99", "Ring", "from-trunk", "+3725550100")
    facts, _, board = hear(
        [HangupAsked(RECEIVED, unknown, True, 16), Snapshot(RECEIVED, None, (), (), (), ()), Tick(RECEIVED)]
    )
    assert not [fact for fact in facts if type(fact) in CALL_FACTS]
    assert not any(board.sizes().values())  # type: ignore[attr-defined]


def test_what_was_quarantined_is_told_and_asked_about() -> None:
    events = list(capture(NAME))[:5]
    facts, actions, _ = hear([*events, Suspicious(None, "Hangup without Channel", LIVE)])
    assert isinstance(facts[-1], Drifted)
    assert facts[-1].what == "not believed: Hangup without Channel"
    assert isinstance(actions[-1], AskAbout)


def test_a_linkedid_that_changes_once_joins_nothing() -> None:
    """Two calls become one only when Asterisk says so twice."""
    events = list(capture("queue_priority_withdraw"))[:14]
    at = events[-1].at + timedelta(seconds=1)  # type: ignore[union-attr]
    odd = Channel("lab-1795467276.66", "lab-1795467275.65", "PJSIP/trunk-0000003c", "Up", "from-trunk", "+3725550121")
    _, _, board = hear([*events, ChannelChanged(at, odd)])
    assert len(board.calls()) == 3  # type: ignore[attr-defined]
    facts, _, board = hear([*events, ChannelChanged(at, odd), ChannelChanged(at + timedelta(seconds=1), odd)])
    assert len(board.calls()) == 2  # type: ignore[attr-defined]
    assert "CallMerged" in {type(fact).__name__ for fact in facts}


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("Ann\x00\r\n\x1b[31m", "Ann[31m"),
        ("\u202eevil\u2066", "evil"),
        ("x" * 3000, "x" * 200),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("Õie Ööbik 🐦", "Õie Ööbik 🐦"),
    ],
)
def test_what_a_caller_claims_is_kept_as_text_and_bounded(claimed: str, kept: str) -> None:
    begin = capture(NAME)[0]
    assert isinstance(begin, ChannelStarted)
    facts, _, _ = hear([replace(begin, caller_name=claimed, number="+372\x005550011" + "9" * 90)])
    (call,) = fold_all(facts).values()  # type: ignore[arg-type]
    assert call.name == kept
    assert call.number == ("+3725550011" + "9" * 90)[:64]


def test_an_event_of_no_known_kind_is_drift() -> None:
    facts, actions = new_switchboard().receive(object(), RECEIVED)  # type: ignore[arg-type]
    assert isinstance(facts[0], Drifted)
    assert actions == []


def call_number(n: int) -> list[Event]:
    """A short call with ids of its own."""

    def renamed(words: Channel) -> Channel:
        return replace(words, id=f"{words.id}x{n}", linked=f"{words.linked}x{n}", name=f"{words.name}{n:x}")

    later = timedelta(seconds=n * 20)
    found: list[Event] = []
    for event in capture("queue_abandoned_ringing"):
        changed = {"at": event.at + later}  # type: ignore[union-attr]
        for word in ("channel", "dialled", "member"):
            if isinstance(getattr(event, word, None), Channel):
                changed[word] = renamed(getattr(event, word))
        if isinstance(event, ChannelStarted | ChannelEnded):
            changed |= {"id": f"{event.id}x{n}", "linked": f"{event.linked}x{n}", "name": f"{event.name}{n:x}"}
        found.append(replace(event, **changed))  # type: ignore[arg-type]
    return found


def test_many_calls_leave_nothing_but_bounded_memories(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound, most in (
        ("switchboard.ENDED_CALLS", 100),
        ("echoes.REMEMBERED", 500),
        ("exchange.ENDED_KEPT", 300),
    ):
        monkeypatch.setattr(f"routing.{bound}", most)
    board = new_switchboard()
    for n in range(200):
        for event in call_number(n):
            board.receive(event, event.at)  # type: ignore[union-attr]
    at = event.at  # type: ignore[union-attr]
    for n in range(3):
        board.receive(Tick(at + timedelta(seconds=2 * n + 2)), at + timedelta(seconds=2 * n + 2))
    assert not any(board.sizes().values())
    assert len(board._ended) == 100
    assert len(board._echoes._heard) + len(board._echoes._heard_before) <= 1000
    assert len(board._exchange.ended) <= 300
    assert not board._desk._of_leg
    assert len(board._desk.agents()) == 4


def test_a_storm_of_made_up_channels_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.exchange.MAX_CHANNELS", 1000)
    board = new_switchboard()
    for n in range(1500):
        words = Channel(f"8.{n}", f"8.{n}", f"PJSIP/trunk-{n:x}", "Ring", "from-trunk", "1")
        board.receive(ChannelChanged(RECEIVED + timedelta(microseconds=n), words), RECEIVED)
    assert board.sizes()["channels"] == 1000
    assert board.calls() == {}
    board.receive(Snapshot(RECEIVED, None, (), (), (), ()), RECEIVED)
    assert not any(board.sizes().values())


def test_a_story_that_should_have_gone_on_is_asked_about_once_an_hour() -> None:
    board = new_switchboard()
    words = ChannelStarted(RECEIVED, "1.1", "1.1", "Local/1@x-1;1", "Down", "x", "1", "", "")
    board.receive(words, RECEIVED)
    asked = []
    for minute in range(1, 130):
        now = RECEIVED + timedelta(minutes=minute)
        asked += [minute for action in board.receive(Tick(now), now)[1] if isinstance(action, AskAbout)]
    assert asked == [1, 61, 121]


def test_clocks_that_jump_harm_no_call() -> None:
    """Asterisk's clock an hour back in the middle of a call."""
    events = list(capture(NAME))
    calls = play(events).calls
    back = [replace(event, at=event.at - timedelta(hours=1)) for event in events[24:]]  # type: ignore[union-attr, type-var]
    got = play([*events[:24], *back]).calls
    (ours,), (theirs,) = calls.values(), got.values()
    assert (theirs.outcome, theirs.ended_by, len(theirs.segments)) == (ours.outcome, ours.ended_by, 1)
    assert theirs.ended_at is not None
    assert theirs.ended_at >= theirs.started_at
    assert all(leg.ended_at is not None for leg in theirs.legs)


def test_commands_are_events_too() -> None:
    _, actions = new_switchboard().receive(Command("1", "agent1", "agent", "", "agent1"), datetime.now(UTC))
    assert len(actions) == 1
