"""Snapshots: what ended unseen, what goes on, what was never known; and calls of a life before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from routing.actions import Place, SendTo
from routing.events import (
    BridgeEntered,
    Channel,
    ChannelEnded,
    ChannelSeen,
    ChannelStarted,
    EntrySeen,
    Event,
    LinkDown,
    LinkUp,
    MemberChanged,
    MemberSeen,
    QueueExited,
    QueueGivenUp,
    Snapshot,
    Tick,
)
from routing.facts import CallEnded, CallQueued, CallUnqueued, Fact
from routing.picture import Picture
from routing.story import Call
from routing.switchboard import Switchboard
from tests.routing.told import NAMES, RECEIVED, capture, fold_all, new_switchboard, play, unlike

CALL = "queue_answered_caller_hangup"
TALKING = 24
"""So many of its events, and agent1 talks with the caller."""


def heard(board: Switchboard, events: Sequence[Event]) -> list[Fact]:
    facts: list[Fact] = []
    now = RECEIVED
    for event in events:
        now = max(now, getattr(event, "at", None) or now)
        facts += board.receive(event, now)[0]
    return facts


def last_at(events: Sequence[Event]) -> datetime:
    return max(event.at for event in events if getattr(event, "at", None) is not None)  # type: ignore[union-attr]


def nothing(at: datetime, gap_from: datetime | None) -> Snapshot:
    return Snapshot(at, gap_from, (), ("support",), (), ())


def channel(id_: str, linked: str, name: str, **words: object) -> ChannelSeen:
    given = {
        "state": "Up", "context": "from-trunk", "exten": "+3725550100", "number": "+3725550011",
        "caller_name": "Ann", "connected": "", "bridge": None, "application": "", "application_data": "", "seconds": 5,
    } | words  # fmt: skip
    return ChannelSeen(id=id_, linked=linked, name=name, **given)  # type: ignore[arg-type]


def one(facts: Sequence[Fact]) -> Call:
    (call,) = fold_all(facts).values()
    return call


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_cut_off_by_a_gap_ends_inside_it(name: str) -> None:
    """After every event of every capture: the link goes, comes back, and Asterisk has nothing any more."""
    events = capture(name)
    whole = play(events).calls
    for place in range(0, len(events), 3):
        before = events[:place]
        board = new_switchboard()
        facts = heard(board, before)
        gap_from = last_at(before) if before else RECEIVED
        at = gap_from + timedelta(seconds=90)
        facts += heard(board, [LinkDown(gap_from, "cable"), LinkUp(at, "0"), nothing(at, gap_from)])
        assert board.calls() == {}
        for call in fold_all(facts).values():
            assert call.ended_at is not None
            assert call.outcome is not None
            if call.ended_at > gap_from:
                assert call.estimated
                assert call.ended_at <= at
            elif not call.estimated:
                assert unlike({call.id: whole[call.id]}, {call.id: call}) == []
        if place == len(events) // 3 * 3:
            assert not any(board.sizes().values())


def test_a_call_that_ended_in_the_gap() -> None:
    board = new_switchboard()
    events = capture(CALL)[:TALKING]
    facts = heard(board, events)
    gap_from = last_at(events) + timedelta(seconds=3)
    at = gap_from + timedelta(seconds=60)
    facts += heard(board, [LinkDown(gap_from, "x"), LinkUp(at, "0"), nothing(at, gap_from)])
    call = one(facts)
    assert (call.ended_at, call.outcome, call.ended_by, call.estimated) == (gap_from, "answered", None, True)
    assert [(each.ended_at, each.ended_by, each.estimated) for each in call.segments] == [(gap_from, None, True)]


def test_a_call_that_goes_on_over_a_gap() -> None:
    board = new_switchboard()
    events = capture(CALL)
    facts = heard(board, events[:TALKING])
    at = last_at(events[:TALKING]) + timedelta(seconds=1)
    (story,) = board._exchange.stories.values()
    there = tuple(
        channel(chan.id, chan.linked, chan.name, bridge=chan.bridge, context=chan.context, exten=chan.exten)
        for chan in story.live.values()
    )
    gap = Snapshot(at, at - timedelta(seconds=1), there, ("support",), (), ())
    facts += heard(board, [LinkDown(at, "x"), LinkUp(at, "0"), gap, *events[TALKING:]])
    assert unlike(play(events).calls, fold_all(facts)) == []
    assert not one(facts).estimated


@pytest.mark.parametrize(
    ("name", "place"),
    [
        *((CALL, place) for place in range(3, 27, 4)),
        *(("attended_transfer_refer", place) for place in range(30, 47, 4)),
    ],
)
def test_killed_and_started_again_in_the_middle_of_a_call(name: str, place: int) -> None:
    """The new life knows what the store holds, and what Asterisk has now; the end is the same."""
    events = capture(name)
    first = new_switchboard()
    facts = heard(first, [LinkUp(RECEIVED, "20261124T000102"), *events[:place]])
    at = last_at(events[:place])
    there = tuple(
        channel(
            chan.id, chan.linked, chan.name, bridge=chan.bridge, context=chan.context, exten=chan.exten,
            number=chan.number, caller_name=chan.caller_name,
            state="Up" if chan.up else ("Down" if chan.dialled else "Ring"),
            application="AppQueue" if chan.dialled else "Queue", application_data="support,,,,120",
        )
        for story in first._exchange.stories.values() for chan in story.live.values()
    )  # fmt: skip
    waiting = tuple(
        EntrySeen(chan.stay.queue, chan.id, 1, round((at - chan.stay.began_at).total_seconds()), 0)
        for chan in first._exchange.channels.values()
        if chan.stay is not None and chan.stay.left_at is None
    )
    board = new_switchboard()
    board.restore(list(fold_all(facts).values()))
    gap = Snapshot(at, at - timedelta(seconds=1), there, ("support",), (), waiting)
    facts += heard(board, [LinkUp(at, "20261124T000102"), gap, *events[place:]])
    whole = fold_all(heard(new_switchboard(), [LinkUp(RECEIVED, "20261124T000102"), *events]))
    assert unlike(whole, fold_all(facts)) == []
    assert board.calls() == {}


def test_calls_of_another_run_of_asterisk_are_over() -> None:
    first = new_switchboard()
    events = capture(CALL)[:TALKING]
    facts = heard(first, [LinkUp(RECEIVED, "1"), *events])
    gap_from = last_at(events) + timedelta(seconds=1)
    at = gap_from + timedelta(seconds=30)
    board = new_switchboard()
    board.restore(list(fold_all(facts).values()))
    assert set(board.calls()) == {one(facts).id}
    same_ids = tuple(channel(leg.leg, "lab-1795467039.0", "PJSIP/trunk-00000000") for leg in one(facts).legs[:1])
    new = heard(board, [LinkUp(at, "2"), Snapshot(at, gap_from, same_ids, ("support",), (), ())])
    calls = fold_all([*facts, *new])
    old = calls[one(facts).id]
    assert (old.outcome, old.estimated, old.ended_at) == ("answered", True, gap_from)
    (fresh,) = (call for id_, call in calls.items() if id_ != old.id)
    assert fresh.active
    assert fresh.id == "lab-2-lab-1795467039.0"


@pytest.mark.parametrize(
    ("place", "direction", "outcome"),
    [(4, "inbound", "abandoned"), (10, "inbound", "abandoned"), (24, "inbound", "answered")],
)
def test_what_only_the_store_knew_ends_by_its_record(place: int, direction: str, outcome: str) -> None:
    facts = heard(new_switchboard(), capture(CALL)[:place])
    board = new_switchboard()
    board.restore([one(facts)])
    known = last_at(capture(CALL)[:place])
    at = known + timedelta(seconds=40)
    facts += heard(board, [LinkUp(at, "9"), nothing(at, known - timedelta(seconds=20))])
    call = one(facts)
    assert (call.direction, call.outcome, call.ended_by, call.estimated) == (direction, outcome, None, True)
    assert call.ended_at is not None
    assert call.ended_at <= known, "the gap began before its last fact"
    assert call.ended_at >= known - timedelta(seconds=2)


def test_channels_that_were_never_heard_of_are_taken_in() -> None:
    """First start on a busy Asterisk: one talks, one waits, one is a spy."""
    board = new_switchboard()
    at = RECEIVED
    there = (
        channel("1.1", "1.1", "PJSIP/trunk-1", bridge="b1", application="Queue", application_data="support,,,,60"),
        channel("1.2", "1.1", "PJSIP/1001-2", context="agents", exten="", number="1001", bridge="b1",
                application="AppQueue", seconds=3),
        channel("1.3", "1.3", "PJSIP/trunk-3", state="Ring", context="helin-wait", exten="s", number="+3725550012",
                application="Queue", application_data="support,t,,,120", seconds=40),
        channel("1.4", "1.4", "PJSIP/1002-4", context="agents", exten="s", number="1002", application="ChanSpy"),
    )  # fmt: skip
    entries = (EntrySeen("support", "1.3", 1, 38, 0),)
    facts = heard(board, [LinkUp(at, "7"), Snapshot(at, None, there, ("support",), (), entries)])
    calls = fold_all(facts)
    talking, waiting = calls["lab-7-1.1"], calls["lab-7-1.3"]
    assert len(calls) == 2
    assert talking.estimated
    assert [(each.agent, each.estimated) for each in talking.segments] == [("agent1", True)]
    assert talking.started_at == at - timedelta(seconds=5)
    assert (waiting.waiting_in, waiting.waiting_since, waiting.number) == (
        "support",
        at - timedelta(seconds=38),
        "+3725550012",
    )
    assert board.agents()["agent1"].leg == "talking"
    facts += heard(board, [ChannelEnded(at + timedelta(seconds=9), "1.3", "1.3", "PJSIP/trunk-3", 127)])
    assert fold_all(facts)["lab-7-1.3"].outcome == "abandoned"


def test_a_snapshot_while_listening_waits_a_tick_for_the_hangup_behind_it() -> None:
    """It was taken on doubt; what it lacks may have hung up while it was written, and its Hangup is in line."""
    board = new_switchboard()
    events = capture(CALL)
    last = len(events) - 4
    facts = heard(board, events[:last])
    at = last_at(events[:last])
    facts += heard(board, [nothing(at, None), *events[last:]])
    assert unlike(play(events).calls, fold_all(facts)) == []
    assert not one(facts).estimated


def test_what_a_snapshot_lacks_is_over_a_tick_later() -> None:
    board = new_switchboard()
    facts = heard(board, capture(CALL)[:TALKING])
    at = last_at(capture(CALL)[:TALKING]) + timedelta(seconds=5)
    facts += heard(board, [nothing(at, None)])
    assert len(board.calls()) == 1
    facts += heard(board, [Tick(at + timedelta(seconds=1))])
    assert board.calls() == {}
    assert (one(facts).ended_at, one(facts).estimated) == (at, True)


def test_a_channel_of_the_snapshot_that_began_just_then_is_no_second_call() -> None:
    """Its Newchannel stands in line behind the snapshot that already had it."""
    board = new_switchboard()
    events = capture(CALL)
    begin = events[0]
    assert isinstance(begin, ChannelStarted)
    seen = channel(begin.id, begin.linked, begin.name, state="Ring", seconds=0, caller_name="Caller 1")
    snapshot = Snapshot(begin.at, None, (seen,), ("support",), (), ())
    facts = heard(board, [LinkUp(begin.at, "0"), snapshot, *events])
    assert unlike(play(events).calls, fold_all(facts)) == []


def test_asterisks_members_and_queues_replace_what_was_known() -> None:
    board = new_switchboard()
    member = MemberSeen("support", "PJSIP/1001", "Agent One", False, "", 1, False)
    heard(board, [Snapshot(RECEIVED, None, (), ("support", "short"), (member,), (), (("PJSIP/1001", "NOT_INUSE"),))])
    assert (board.agents()["agent1"].availability, board.agents()["agent1"].queues) == ("ready", ("support",))
    facts = heard(board, [Snapshot(RECEIVED, None, (), ("support",), (), ())])
    assert board.agents()["agent1"].availability == "offline"
    assert {type(fact).__name__ for fact in facts} == {"AgentChanged", "QueueSeen", "QueueGone"}


def test_after_the_gap_the_picture_has_no_ghosts() -> None:
    board = new_switchboard()
    events = capture("queue_priority_withdraw")
    facts = heard(board, events[: len(events) // 2])
    gap_from = last_at(events[: len(events) // 2])
    at = gap_from + timedelta(seconds=20)
    facts += heard(board, [LinkDown(gap_from, "x"), LinkUp(at, "next"), nothing(at, gap_from)])
    picture = Picture()
    from routing.facts import Recorded

    assert all(picture.apply(Recorded("s", number, fact)) for number, fact in enumerate(facts, 1))
    assert picture.calls == {}
    assert all(agent.leg == "none" for agent in picture.agents.values())
    assert sum(isinstance(fact, CallEnded) for fact in facts) == len(fold_all(facts))


def held(id_: str, since: datetime | None, **words: object) -> ChannelSeen:
    hold = {"context": "helin-hold", "exten": "s", "bridge": "h", "waits": "support", "waits_since": since}
    data = {"application": "BridgeWait", "application_data": "helin-hold-support,participant,m(helin)S(20)"}
    return channel(id_, id_, f"PJSIP/trunk-{id_[:-2]}", **(hold | data | words))


def offered(board: Switchboard, event: Event, now: datetime) -> list[tuple[str, str]]:
    _, actions = board.receive(event, now)
    return [(place.channel, place.exten) for each in actions if isinstance(each, SendTo) for place in each.places]


def test_who_is_held_is_found_with_their_age_wherever_they_are_in_it() -> None:
    """In the bridge, hearing an announcement, and while an agent rings, who may not be offered a second call."""
    board, now = new_switchboard(), RECEIVED
    early, late = now - timedelta(seconds=90), now - timedelta(seconds=20)
    says = {
        "context": "helin-announce",
        "bridge": None,
        "application": "Playback",
        "application_data": "queue-thereare",
    }
    rings = {"context": "helin-ring", "bridge": None, "application": "Dial", "application_data": "PJSIP/1002,20"}
    phone = channel(
        "4.1", "3.0", "PJSIP/1002-4", state="Ringing", context="agents", exten="s", application="AppDial", number="1002"
    )
    members = tuple(MemberSeen("support", f"PJSIP/100{n}", f"{n}", False, "", 1, False) for n in (1, 2))
    channels = (held("1.0", late), held("2.0", early, **says), held("3.0", now, **rings), phone)
    board.receive(LinkUp(now, "b"), now)
    sent = offered(board, Snapshot(now, now, channels, ("support",), members, ()), now)
    waiting = {call.id[-3:]: (call.waiting_in, call.waiting_since) for call in board.calls().values()}
    assert waiting == {"1.0": ("support", late), "2.0": ("support", early), "3.0": ("support", now)}
    assert sent == [("PJSIP/trunk-2", "1001")]
    assert offered(board, Tick(now + timedelta(seconds=1)), now + timedelta(seconds=1)) == []


def test_who_talks_or_is_on_hold_is_not_held_for_helin() -> None:
    board, now = new_switchboard(), RECEIVED
    talks = held("1.0", now, context="helin-ring", bridge="b", application="Dial", application_data="PJSIP/1001,20")
    phone = channel("1.1", "1.0", "PJSIP/1001-1", context="agents", exten="s", bridge="b", application="AppDial")
    parked = held("2.0", now, context="helin-held", application_data="helin-held-2.0,participant")
    member = MemberSeen("support", "PJSIP/1002", "2", False, "", 1, False)
    board.receive(LinkUp(now, "b"), now)
    assert offered(board, Snapshot(now, now, (talks, phone, parked), ("support",), (member,), ()), now) == []
    assert all(call.waiting_in is None for call in board.calls().values())


def test_who_has_gone_on_into_app_queue_meanwhile_is_fetched_back_with_their_age() -> None:
    """app_queue says that the caller left and gave up; it is one wait all the same."""
    board, now = new_switchboard(), RECEIVED
    since = now - timedelta(seconds=90)
    data = {"application": "Queue", "application_data": "support,ctb(x),,,120", "context": "helin-wait", "bridge": None}
    caller = held("1.0", since, **data)
    entry = EntrySeen("support", "1.0", 1, 30, 0)
    paused = MemberSeen("support", "PJSIP/1001", "1", True, "lunch", 1, False)
    board.receive(LinkUp(now, "b"), now)
    snapshot = Snapshot(now, now, (caller,), ("support",), (paused,), (entry,))
    _, actions = board.receive(snapshot, now)
    assert SendTo((Place("PJSIP/trunk-1", "helin-hold", "s"),)) in actions
    words = Channel("1.0", "1.0", "PJSIP/trunk-1", "Up", "helin-hold", "s")
    facts = heard(
        board,
        [
            QueueExited(now, words, "support"),
            BridgeEntered(now, words, "h", 1, name="helin-hold-support"),
            QueueGivenUp(now, words, "support", 30),
            Tick(now + timedelta(seconds=3)),
        ],
    )
    assert not any(isinstance(fact, CallUnqueued) for fact in facts)
    (call,) = board.calls().values()
    assert (call.waiting_in, call.waiting_since) == ("support", since)
    ready = MemberChanged(now, replace(paused, paused=False, reason=""))
    assert offered(board, ready, now) == [("PJSIP/trunk-1", "1001")]


def test_a_call_of_the_store_that_is_held_goes_on_waiting() -> None:
    board, now = new_switchboard(), RECEIVED
    board.receive(LinkUp(now, "b"), now)
    board.receive(Snapshot(now, now, (held("1.0", now),), ("support",), (), ()), now)
    calls = list(board.calls().values())
    board, later = new_switchboard(), now + timedelta(seconds=9)
    board.restore(calls)
    board.receive(LinkUp(later, "b"), later)
    facts, _ = board.receive(Snapshot(later, now, (held("1.0", now),), ("support",), (), ()), later)
    assert not any(isinstance(fact, CallQueued | CallUnqueued) for fact in facts)
    assert [call.waiting_since for call in board.calls().values()] == [now]
