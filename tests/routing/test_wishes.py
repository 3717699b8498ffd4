"""Commands: allowed or refused with one sentence, done when Asterisk says so, answered once. And wrapping up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec.structs import replace as changed

from routing.actions import (
    Action,
    AddMember,
    Answer,
    ChangePriority,
    GiveEntryPriority,
    HangUp,
    LookUp,
    PauseMember,
    RemoveMember,
)
from routing.commands import Command, Result, Role
from routing.events import (
    ActionDone,
    CallerFound,
    ChannelSeen,
    DeviceChanged,
    Directory,
    EntrySeen,
    Event,
    LinkUp,
    MemberChanged,
    MemberGone,
    MemberSeen,
    Person,
    QueueEntered,
    QueuePlan,
    Snapshot,
    Tick,
)
from routing.facts import AgentChanged, CallerKnown, Fact, RequestRanked
from routing.switchboard import Switchboard
from tests.routing.told import PEOPLE, RECEIVED, capture, fold_all

MEMBER = MemberSeen("support", "PJSIP/1001", "Agent One", False, "", 1, False)
PLANS = (QueuePlan("support", wrap_up_seconds=30, max_wait_seconds=60), QueuePlan("short"))


class Shop:
    """A switchboard and its clock."""

    def __init__(self, *members: MemberSeen, plans: tuple[QueuePlan, ...] = PLANS) -> None:
        self.board = Switchboard("lab", Directory(PEOPLE, plans), frozenset({"from-trunk"}), "s")
        self.now = RECEIVED
        self.facts: list[Fact] = []
        self.hear(LinkUp(self.now, "0"))
        self.hear(Snapshot(self.now, None, (), ("support", "short"), members, ()))

    def hear(self, event: Event) -> list[Action]:
        self.now = max(self.now, getattr(event, "at", None) or self.now)
        facts, actions = self.board.receive(event, self.now)
        self.facts += facts
        return actions

    def wish(
        self, name: str, id_: str = "1", by: str = "agent1", role: Role = "agent", agent: str = "", **args: str
    ) -> list[Action]:
        return self.hear(Command(id_, by, role, name, agent or by, tuple(args.items())))

    def tick(self, seconds: float = 1.0) -> list[Action]:
        self.now += timedelta(seconds=seconds)
        return self.hear(Tick(self.now))

    def done(self, action: Action, ok: bool = True, code: str = "", message: str = "") -> list[Action]:
        return self.hear(ActionDone(self.now, action.command, ok, code, message))  # type: ignore[union-attr,arg-type]

    def state(self, agent: str = "agent1") -> tuple[str, str, str | None]:
        told = self.board.agents()[agent]
        return told.availability, told.leg, told.reason


def refused(actions: list[Action]) -> tuple[str, str]:
    (answer,) = actions
    assert isinstance(answer, Answer)
    assert not answer.result.ok
    assert answer.result.message.endswith(".")
    return answer.result.code, answer.result.message


def test_pause_is_an_action_then_an_answer_and_asterisk_says_the_state() -> None:
    shop = Shop(MEMBER)
    (action,) = shop.wish("pause", reason="lunch")
    assert action == PauseMember("PJSIP/1001", True, "lunch", action.command)  # type: ignore[union-attr]
    assert shop.state() == ("ready", "none", None), "nothing has happened yet"
    assert shop.done(action) == [Answer("agent1", Result("1", True))]
    shop.hear(MemberChanged(shop.now, replace(MEMBER, paused=True, reason="lunch")))
    assert shop.state() == ("paused", "none", "lunch")
    (action,) = shop.wish("ready", "2")
    assert action == PauseMember("PJSIP/1001", False, "", action.command)  # type: ignore[union-attr]


def test_the_same_command_again_gets_the_first_answer_and_no_second_effect() -> None:
    shop = Shop(MEMBER)
    (action,) = shop.wish("pause", "7")
    assert shop.wish("pause", "7") == [], "it is under way"
    (answer,) = shop.done(action)
    assert shop.wish("pause", "7") == [answer]
    assert shop.wish("pause", "7", by="agent2", agent="agent2") != [answer], "another's 7 is another command"
    assert shop.done(action) == [], "an answer that comes twice is given once"


def test_several_queues_are_one_command_and_the_first_failure_counts() -> None:
    shop = Shop()
    shop.board.receive(Directory((replace(PEOPLE[0], queues=("support", "short")),), PLANS), shop.now)
    one, two = shop.wish("log_in")
    assert [(each.queue, each.interface, each.name) for each in (one, two)] == [  # type: ignore[union-attr]
        ("support", "PJSIP/1001", "Agent 1"),
        ("short", "PJSIP/1001", "Agent 1"),
    ]
    assert shop.done(one, False, "failed", "Asterisk says: no.") == []
    assert shop.done(two) == [Answer("agent1", Result("1", False, "failed", "Asterisk says: no."))]


def test_log_in_and_out() -> None:
    shop = Shop()
    (add,) = shop.wish("log_in")
    assert isinstance(add, AddMember)
    shop.done(add)
    shop.hear(MemberChanged(shop.now, MEMBER))
    assert shop.state()[0] == "ready"
    assert shop.wish("log_in", "2") == [Answer("agent1", Result("2", True))], "there already"
    (remove,) = shop.wish("log_out", "3")
    assert isinstance(remove, RemoveMember)
    shop.done(remove)
    shop.hear(MemberGone(shop.now, "support", "PJSIP/1001"))
    assert shop.state()[0] == "offline"
    assert shop.wish("log_out", "4") == [Answer("agent1", Result("4", True))]


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("ready", {}, "not_possible"),
        ("pause", {}, "not_possible"),
        ("pause", {"reason": "x" * 81}, "invalid"),
        ("pause", {"reason": "a\r\nAction: Originate"}, "invalid"),
        ("pause", {"reason": "wrap_up"}, "invalid"),
        ("log_in", {"queues": "sales"}, "not_allowed"),
        ("hang_up", {"call": "no-such"}, "not_possible"),
        ("dance", {}, "unknown"),
    ],
)
def test_what_cannot_be_is_refused(name: str, args: dict[str, str], code: str) -> None:
    assert refused(Shop().wish(name, **args))[0] == code


def test_only_chiefs_act_on_others_and_on_queues_of_others() -> None:
    shop = Shop(MEMBER)
    assert refused(shop.wish("pause", by="agent2", agent="agent1"))[0] == "not_allowed"
    (action,) = shop.wish("pause", "2", by="chief", role="supervisor", agent="agent1", reason="help")
    assert isinstance(action, PauseMember)
    add, again = shop.wish("log_in", "3", by="chief", role="supervisor", agent="agent1", queues="short")
    assert isinstance(add, AddMember)
    assert add.paused
    assert isinstance(again, PauseMember), "the pause that is on its way holds in the new queue too"
    assert again.reason == "help"
    assert (
        refused(shop.wish("log_in", "4", by="chief", role="supervisor", agent="agent1", queues="nil"))[0]
        == "not_possible"
    )
    assert refused(shop.wish("pause", "5", by="chief", role="supervisor", agent="nobody"))[0] == "unknown"


def test_not_ready_is_not_remembered() -> None:
    """When the link is back, the same command may be tried again."""
    shop = Shop(MEMBER)
    (action,) = shop.wish("pause", "1")
    (answer,) = shop.done(action, False, "not_ready", "Helin is not connected to the telephone system.")
    assert isinstance(answer, Answer)
    assert answer.result.code == "not_ready"
    assert isinstance(shop.wish("pause", "1")[0], PauseMember)


def until(name: str, kind: str) -> list[Event]:
    events = list(capture(name))
    place = next(i for i, event in enumerate(events) if type(event).__name__ == kind)
    return events[: place + 1]


def test_hang_up_ends_the_agents_leg_and_the_record_says_the_agent() -> None:
    shop = Shop(MEMBER)
    events = list(capture("queue_answered_caller_hangup"))
    talking = len(until("queue_answered_caller_hangup", "MemberConnected")) + 3
    for event in events[:talking]:
        shop.hear(event)
    (call,) = shop.board.calls()
    (action,) = shop.wish("hang_up", call=call)
    assert action == HangUp("lab-1795467039.1", action.command)  # type: ignore[union-attr]
    assert refused(shop.wish("hang_up", "2", by="agent2", agent="agent2", call=call))[0] == "not_possible"
    for event in events[talking:]:
        if type(event).__name__ not in ("HangupAsked", "MemberCompleted"):
            shop.hear(event)
    (ended,) = fold_all(shop.facts).values()
    assert [each.ended_by for each in ended.segments] == ["agent"]


def wrapped_up(plans: tuple[QueuePlan, ...] = PLANS) -> Shop:
    shop = Shop(MEMBER, plans=plans)
    for event in capture("queue_answered_caller_hangup"):
        actions = shop.hear(event)
        if any(isinstance(action, PauseMember) for action in actions):
            assert actions == [PauseMember("PJSIP/1001", True, "wrap_up")]
    return shop


def test_after_a_queues_talk_the_agent_wraps_up_and_time_ends_it() -> None:
    shop = wrapped_up()
    assert shop.state() == ("wrap_up", "none", None)
    paused = replace(MEMBER, paused=True, reason="wrap_up")
    shop.hear(MemberChanged(shop.now, paused))
    assert shop.state() == ("wrap_up", "none", None), "our own pause is no pause"
    assert shop.tick(29) == []
    assert shop.tick(2) == [PauseMember("PJSIP/1001", False, "")]
    assert shop.state() == ("ready", "none", None)


@pytest.mark.parametrize("found", [False, True])
def test_time_does_not_end_a_wrap_up_that_the_queue_requires(found: bool) -> None:
    plans = (replace(PLANS[0], wrap_up_required=True),)
    paused = replace(MEMBER, paused=True, reason="wrap_up")
    shop = Shop(paused, plans=plans) if found else wrapped_up(plans)
    shop.hear(MemberChanged(shop.now, paused))
    for _ in range(3):
        assert shop.tick(100) == []
    assert shop.state()[0] == "wrap_up"
    (action,) = shop.wish("wrapped_up")
    assert action == PauseMember("PJSIP/1001", False, "", action.command)  # type: ignore[union-attr]


def test_the_agent_may_end_wrapping_up() -> None:
    shop = wrapped_up()
    shop.hear(MemberChanged(shop.now, replace(MEMBER, paused=True, reason="wrap_up")))
    (action,) = shop.wish("ready")
    assert action == PauseMember("PJSIP/1001", False, "", action.command)  # type: ignore[union-attr]
    assert shop.state()[0] == "ready"
    assert shop.tick(60) == []


def test_a_pause_in_the_talk_outranks_wrapping_up() -> None:
    shop = Shop(MEMBER)
    events = list(capture("queue_answered_caller_hangup"))
    middle = len(until("queue_answered_caller_hangup", "MemberConnected"))
    for event in events[:middle]:
        shop.hear(event)
    shop.hear(MemberChanged(shop.now, replace(MEMBER, paused=True, reason="lunch")))
    assert shop.state() == ("paused", "talking", "lunch")
    for event in events[middle:]:
        if not isinstance(event, MemberChanged):
            assert not [action for action in shop.hear(event) if isinstance(action, PauseMember)]
    assert shop.state() == ("paused", "none", "lunch")


def test_found_wrapping_up_after_a_restart_the_time_begins_anew() -> None:
    shop = Shop(replace(MEMBER, paused=True, reason="wrap_up"))
    assert shop.state() == ("wrap_up", "none", None)
    assert shop.tick(1) == []
    assert shop.tick(31) == [PauseMember("PJSIP/1001", False, "")]


def test_states_follow_the_phone() -> None:
    shop = Shop(MEMBER)
    seen: list[str] = []
    for event in capture("queue_answered_hold_dtmf"):
        shop.hear(event)
        leg = shop.state()[1]
        if not seen or seen[-1] != leg:
            seen.append(leg)
    assert seen == ["none", "ringing", "talking", "hold", "talking", "none"]
    told = [fact for fact in shop.facts if isinstance(fact, AgentChanged) and fact.agent == "agent1"]
    assert all(fact.call is not None for fact in told if fact.leg != "none")


def test_a_phone_that_cannot_ring_is_not_reachable() -> None:
    shop = Shop(MEMBER)
    assert shop.board.agents()["agent1"].reachable
    shop.hear(DeviceChanged(shop.now, "PJSIP/1001", "UNAVAILABLE"))
    assert not shop.board.agents()["agent1"].reachable
    shop.hear(DeviceChanged(shop.now, "PJSIP/1001", "NOT_INUSE"))
    assert shop.board.agents()["agent1"].reachable
    shop.hear(DeviceChanged(shop.now, "PJSIP/stranger", "UNAVAILABLE"))
    assert "PJSIP/stranger" not in shop.board.agents()


def test_an_agent_who_gets_a_login_keeps_the_membership() -> None:
    shop = Shop(replace(MEMBER, interface="PJSIP/1009"))
    assert shop.board.agents()["PJSIP/1009"].availability == "ready"
    shop.hear(Directory((*PEOPLE, Person("nine", "Nine", "PJSIP/1009", "1009", ("support",))), PLANS))
    assert shop.board.agents()["nine"].availability == "ready"
    assert shop.board.agents()["PJSIP/1009"].availability == "offline"


def found(shop: Shop, number: int, tier: str | None) -> list[Action]:
    call = next(call.id for call in shop.board.calls().values() if call.number == f"+372555002{number}")
    return shop.hear(CallerFound(shop.now, call, ("c1", "c2") if tier is None else (f"contact-{number}",), tier, "{}"))


def three_waiting() -> Shop:
    shop = Shop()
    waiting = [
        i for i, event in enumerate(capture("queue_priority_withdraw")) if type(event).__name__ == "QueueEntered"
    ]
    for event in capture("queue_priority_withdraw")[: waiting[-1] + 1]:
        shop.hear(event)
    return shop


def test_the_number_is_looked_up_at_once() -> None:
    shop = Shop()
    (action,) = shop.hear(capture("queue_priority_withdraw")[0])
    assert isinstance(action, LookUp)
    assert action.number == "+3725550021"


def test_a_better_tier_is_moved_to_the_front_when_the_look_up_answers() -> None:
    shop = three_waiting()
    assert found(shop, 1, None) == []
    (move,) = found(shop, 3, "A")
    assert move == ChangePriority("support", "PJSIP/trunk-0000003d", 1)
    known = [fact for fact in shop.facts if isinstance(fact, CallerKnown)]
    assert [(fact.contact, fact.tier) for fact in known] == [(None, None), ("contact-3", "A")]
    ranked = [fact for fact in shop.facts if isinstance(fact, RequestRanked)][-1]
    assert ranked.score == round(sum(points for _, points in ranked.reasons), 4)
    call = next(call for call in shop.board.calls().values() if call.number == "+3725550023")
    assert (call.score, call.tier) == (ranked.score, "A")
    assert shop.tick(6) == [], "in order already"


def third_arrives() -> tuple[Shop, QueueEntered]:
    """Two wait, the third is known before the queue; with the event of its entry."""
    shop = Shop()
    events = capture("queue_priority_withdraw")
    waiting = [i for i, event in enumerate(events) if isinstance(event, QueueEntered)]
    for event in events[: waiting[-1]]:
        shop.hear(event)
    assert found(shop, 3, "A") == [GiveEntryPriority("PJSIP/trunk-0000003d", 4)]
    entered = events[waiting[-1]]
    assert isinstance(entered, QueueEntered)
    return shop, entered


def test_who_is_known_before_the_queue_comes_in_at_the_right_place() -> None:
    shop, entered = third_arrives()
    assert shop.hear(changed(entered, position=1, behind=2)) == []
    assert shop.tick(6) == [], "in order already"
    assert found(shop, 2, "B") == [ChangePriority("support", "PJSIP/trunk-0000003c", 1)], "after the third"


def test_where_the_dialplan_does_not_take_it_along_the_caller_is_moved_on_entry() -> None:
    shop, entered = third_arrives()
    assert (entered.position, entered.behind) == (3, 0)
    assert shop.hear(entered) == [ChangePriority("support", "PJSIP/trunk-0000003d", 4)]
    assert shop.tick(6) == []


def test_a_stranger_gets_no_priority_and_neither_does_who_waits_already() -> None:
    shop = Shop()
    events = capture("queue_priority_withdraw")
    entered = next(i for i, event in enumerate(events) if isinstance(event, QueueEntered))
    for event in events[:entered]:
        shop.hear(event)
    assert found(shop, 1, None) == []
    shop.hear(events[entered])
    assert found(shop, 1, "A") == []


def test_after_a_restart_the_line_is_what_asterisk_has() -> None:
    first = three_waiting()
    found(first, 3, "A")
    calls = list(fold_all(first.facts).values())
    shop = Shop.__new__(Shop)
    shop.board, shop.now, shop.facts = (
        Switchboard("lab", Directory(PEOPLE, PLANS), frozenset({"from-trunk"}), "s"),
        first.now,
        [],
    )
    shop.board.restore(calls)
    there = tuple(
        ChannelSeen(chan.id, chan.linked, chan.name, "Up", "from-trunk", "s", chan.number, "", "", None, "Queue", "", 1)
        for chan in first.board._exchange.channels.values()
    )
    entries = tuple(
        EntrySeen("support", chan.id, 1, 1, 1 if chan.number.endswith("3") else 0)
        for chan in first.board._exchange.channels.values()
    )
    shop.hear(LinkUp(shop.now, "0"))
    shop.hear(Snapshot(shop.now, None, there, ("support",), (), entries))
    assert shop.tick(6) == [], "in order as it is"
    second = next(call.id for call in shop.board.calls().values() if call.number == "+3725550022")
    moved = shop.hear(CallerFound(shop.now, second, ("c",), "A", ""))
    assert moved == [ChangePriority("support", "PJSIP/trunk-0000003c", 2)]


def test_who_waited_too_long_goes_before_all() -> None:
    shop = three_waiting()
    found(shop, 3, "A")
    first = min(call.waiting_since for call in shop.board.calls().values() if call.waiting_since is not None)
    assert shop.tick((first + timedelta(seconds=60.3) - shop.now).total_seconds()) == [
        ChangePriority("support", "PJSIP/trunk-0000003c", 2),
        ChangePriority("support", "PJSIP/trunk-0000003b", 3),
    ]
    ranked = [fact for fact in shop.facts if isinstance(fact, RequestRanked)][-3:]
    assert ranked[0].reasons[0][0] == "waited 60 s of at most 60 s"
    assert [fact.score for fact in ranked] == sorted((fact.score for fact in ranked), reverse=True)


def test_a_queue_that_helin_distributes_itself_is_left_alone() -> None:
    shop = Shop()
    shop.hear(Directory(PEOPLE, (QueuePlan("support", mode="direct"),)))
    for event in capture("queue_priority_withdraw")[:12]:
        shop.hear(event)
    assert [action for _ in range(3) for action in shop.tick(6)] == []


def test_an_answer_for_a_call_that_just_ended_still_counts() -> None:
    shop = Shop()
    for event in capture("queue_abandoned_no_agent"):
        shop.hear(event)
    (call,) = fold_all(shop.facts)
    shop.hear(CallerFound(shop.now, call, ("c9",), "B", "{}"))
    (ended,) = fold_all(shop.facts).values()
    assert (ended.contact, ended.outcome) == ("c9", "abandoned")
    assert shop.hear(CallerFound(shop.now, "never-was", ("c9",), "B", "{}")) == []
