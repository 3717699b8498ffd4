"""The hub over real wires: what each panel is told, and that what it is told adds up to the picture."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agent_ui import hub as hub_module
from agent_ui.board import Board, Me, me
from agent_ui.bus.port import CampaignLine, CampaignsSeen, Notice, PanelsOpen, PanelTaken, SignedOut
from agent_ui.follow import NOT_ABOUT_A_CALL
from agent_ui.hub import Hub, Panel
from agent_ui.shapes import encode
from crm_store.mailboxes import MailboxTrouble
from routing.commands import Role
from routing.events import Directory, Person, QueuePlan
from routing.facts import (
    AgentChanged,
    AgentMissed,
    AgentRinging,
    AlarmChanged,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallerKnown,
    CallHeld,
    CallMerged,
    CallQueued,
    CallResumed,
    CallTransferred,
    CallUnqueued,
    Fact,
    LegAnswered,
    LegEnded,
    LegStarted,
    LinkChanged,
    QueueGone,
    QueueSeen,
    Recorded,
    RequestRanked,
    SegmentEnded,
    WrittenChanged,
    WrittenRanked,
)
from routing.picture import Picture
from tests.agent_ui.lines import Line, Nobody
from tests.agent_ui.reducer import State, from_snapshot, reduce

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)
POP = '{"contacts":[{"id":"7","name":"Mari <b>Maasikas</b>"}],"history":[{"note":"õ"}]}'
DIRECTORY = Directory(
    people=(
        Person("anna", "Anna", "PJSIP/1001", "1001", ("support",), team="North"),
        Person("ben", "Ben", "PJSIP/1002", "1002", ("support", "sales")),
        Person("chief", "Chief", "PJSIP/1009", "1009", ()),
    ),
    queues=(QueuePlan("support"), QueuePlan("sales", target_seconds=60)),
)


class Shop:
    """A hub with a picture that facts are put into one by one."""

    def __init__(self) -> None:
        self.now = T0
        self.seq = 0
        self.told: list[Notice] = []
        self.picture = Picture()
        self.hub = Hub(Board(self.picture, DIRECTORY), lambda: self.now, self.told.append, lambda: None)
        today = self.hub.board.today
        today.warmed(today.warming())
        today.advance(T0)

    def connect(self, login: str, role: Role = "agent", team: str | None = None, **more: Any) -> Screen:
        line = Line(Nobody())
        who = me(login, login.title(), role, None, team=team)
        until = T0 + timedelta(hours=12)
        options = {"session": f"session of {login}", "until": until, "id": None, "take_over": False} | more
        return Screen(line, self.hub.join(line.wire, who, **options))

    def happens(self, *facts: Fact) -> None:
        for fact in facts:
            self.seq += 1
            self.now += timedelta(milliseconds=250)
            call = None if isinstance(fact, NOT_ABOUT_A_CALL) else fact.call
            before = self.picture.calls.get(call) if call else None
            assert self.picture.apply(Recorded("s1", self.seq, fact))
            if isinstance(fact, NOT_ABOUT_A_CALL):
                self.hub.changed(fact)
            else:
                self.hub.call_changed(fact, before, self.picture.after(fact.call))

    def snapshot(self, who: Me) -> State:
        return from_snapshot(json.loads(b"{" + self.hub.board.snapshot(who, True, self.now)[1:]))


class Screen:
    """A browser: it reduces what it hears, and checks the numbers."""

    def __init__(self, line: Line, panel: Panel) -> None:
        self.line = line
        self.panel = panel
        self.state: State = {}
        self.seq = 0
        self.last: list[dict[str, Any]] = []
        self.take()

    def take(self) -> list[dict[str, Any]]:
        self.last = self.line.hear()
        for event in self.last:
            assert event["seq"] == self.seq + 1
            self.seq = event["seq"]
            self.state = reduce(self.state, copy.deepcopy(event))
        return self.last

    def types(self) -> list[str]:
        return [event["type"] for event in self.take()]

    @property
    def closed(self) -> int | None:
        return self.line.client.close_rcvd.code if self.line.client.close_rcvd else None


def arrived(call: str = "c1", at: datetime = T0) -> CallArrived:
    return CallArrived(call, at, "main", "inbound", "+3725550123", "Mari <script>", "600")


def ring(agent: str = "anna", call: str = "c1") -> AgentRinging:
    return AgentRinging(call, T0 + timedelta(seconds=4), agent, f"leg-{agent}")


@pytest.fixture
async def shop() -> Shop:
    return Shop()


@pytest.fixture(autouse=True, scope="module")
def hurry() -> Iterator[None]:
    """What is gathered goes out at once."""
    before = hub_module.GATHER, hub_module.SPREAD, hub_module.LEAST_PAUSE
    hub_module.GATHER, hub_module.SPREAD, hub_module.LEAST_PAUSE = 0.02, 0.0, 0.0
    yield
    hub_module.GATHER, hub_module.SPREAD, hub_module.LEAST_PAUSE = before


# What an agent is told


async def test_a_ring_reaches_its_agent_with_the_pop_and_nobody_else(shop: Shop) -> None:
    anna, ben = shop.connect("anna"), shop.connect("ben")
    shop.happens(arrived(), CallQueued("c1", T0, "support"), CallerKnown("c1", T0, "7", "A", POP))
    shop.happens(RequestRanked("c1", T0, 12.5, (("tier A", 10.0), ("waits", 2.5))))
    assert (anna.types(), ben.types()) == ([], [])
    shop.happens(ring())
    (message,) = anna.take()
    assert ben.types() == []
    assert message["type"] == "call.ringing"
    assert message["agent"] == "anna"
    assert message["contacts"] == [{"id": "7", "name": "Mari <b>Maasikas</b>"}]
    assert message["history"] == [{"note": "õ"}]
    assert message["suggestion"] is None
    call = message["call"]
    assert (call["number"], call["queue"], call["waited_seconds"]) == ("+3725550123", "support", 4.0)
    assert (call["score"], call["reasons"][0]) == (12.5, {"reason": "tier A", "points": 10.0})


async def test_a_ring_before_the_look_up_has_null_and_the_contact_follows(shop: Shop) -> None:
    anna, chief = shop.connect("anna"), shop.connect("chief", "supervisor")
    shop.happens(arrived(), ring())
    assert anna.take()[-1]["contacts"] is None
    chief.take()
    shop.happens(CallerKnown("c1", T0, "7", "A", POP))
    (message,) = anna.take()
    assert (message["type"], message["contacts"][0]["id"]) == ("call.contact", "7")
    (message,) = chief.take()
    assert message["type"] == "call.changed"
    assert "contacts" not in message
    assert message["call"]["contact"] == "7"


async def test_a_call_is_followed_to_its_end(shop: Shop) -> None:
    anna = shop.connect("anna")
    shop.happens(arrived(), ring(), CallAnswered("c1", T0, "anna", "leg-anna"))
    shop.happens(CallHeld("c1", T0, "anna", "leg-anna"), CallResumed("c1", T0, "anna", "leg-anna"))
    shop.happens(CallTransferred("c1", T0, "anna", "ben", "blind"))
    shop.happens(SegmentEnded("c1", T0, "anna", "leg-anna", "agent", "ben"))
    assert anna.types() == [
        "call.ringing", "call.answered", "call.held", "call.resumed", "call.transferred", "call.changed",
    ]  # fmt: skip
    assert anna.last[-1]["gone"]
    assert anna.state["calls"] == {}
    shop.happens(ring("ben"), CallAnswered("c1", T0, "ben", "leg-ben"))
    assert anna.types() == []
    shop.happens(CallEnded("c1", T0, "answered", "caller"))
    (message,) = anna.take()
    assert (message["type"], message["gone"], message["call"]["outcome"]) == ("call.ended", True, "answered")
    assert len(message["call"]["segments"]) == 2


async def test_of_two_who_ring_each_hears_of_the_own_ring(shop: Shop) -> None:
    anna, ben = shop.connect("anna"), shop.connect("ben")
    shop.happens(arrived(), ring("anna"), ring("ben"))
    assert anna.types() == ["call.ringing", "call.changed"]
    assert ben.types() == ["call.ringing"]
    shop.happens(AgentMissed("c1", T0, "anna", "leg-anna", "cancelled"))
    assert anna.types() == ["call.missed"]
    assert anna.last[0]["reason"] == "cancelled"
    assert anna.state["calls"] == {}
    assert ben.types() == ["call.changed"]
    assert ben.state["calls"]["c1"]["ringing"] == ["ben"]


async def test_a_call_that_an_agent_dials_shows_from_the_lifted_phone_on(shop: Shop) -> None:
    anna = shop.connect("anna")
    shop.happens(CallArrived("c1", T0, "main", "outbound", "+3725550123", None, None))
    shop.happens(LegStarted("c1", T0, "leg-anna", "agent", "anna", None))
    assert anna.types() == []
    shop.happens(LegAnswered("c1", T0, "leg-anna"))
    assert anna.types() == ["call.changed"]
    shop.happens(LegStarted("c1", T0, "leg-out", "outside", None, "+3725550123"))
    assert anna.types() == []


async def test_a_merged_call_leaves(shop: Shop) -> None:
    chief = shop.connect("chief", "supervisor")
    shop.happens(arrived("c1"), arrived("c2"), CallMerged("c2", T0, "c1"))
    assert chief.take()[-1]["gone"]
    assert set(chief.state["calls"]) == {"c1"}


# What a supervisor is told


async def test_a_supervisor_sees_all_calls_but_no_foreign_pop(shop: Shop) -> None:
    chief = shop.connect("chief", "supervisor")
    shop.happens(arrived(), CallerKnown("c1", T0, "7", "A", POP), ring())
    assert chief.types() == ["call.changed", "call.changed", "call.ringing"]
    assert chief.state["calls"]["c1"]["contacts"] is None
    assert chief.state["calls"]["c1"]["ringing"] == ["anna"]
    shop.happens(ring("chief"))
    assert chief.take()[0]["contacts"][0]["id"] == "7"
    shop.happens(AgentMissed("c1", T0, "chief", "leg-chief", "no_answer"))
    assert chief.types() == ["call.missed"]
    assert chief.state["calls"]["c1"]["contacts"] is None


async def test_a_supervisor_sees_every_agents_state_an_agent_only_the_own(shop: Shop) -> None:
    anna, ben, chief = shop.connect("anna"), shop.connect("ben"), shop.connect("chief", "supervisor")
    shop.happens(agent("anna", "paused", reason="lunch"))
    assert (anna.types(), ben.types(), chief.types()) == (["agent.state"], [], ["agent.state"])
    assert anna.state["agent"]["state"] == "paused"
    assert chief.state["agents"]["anna"]["reason"] == "lunch"
    assert set(chief.state["agents"]) == {"anna", "ben", "chief"}


async def test_a_colleague_is_a_name_and_free_busy_or_away(shop: Shop) -> None:
    def told(*facts: Fact) -> dict[str, str]:
        shop.happens(*facts)
        return {each.name: each.state for each in shop.hub.board.colleagues()}

    assert told() == {"Anna": "away", "Ben": "away", "Chief": "away"}
    assert told(agent("anna"), agent("ben", "wrap_up"), agent("chief", "paused", reason="dentist")) == {
        "Anna": "free", "Ben": "busy", "Chief": "away",
    }  # fmt: skip
    assert told(replace(agent("ben", "paused"), leg="talking"), replace(agent("anna"), reachable=False)) == {
        "Anna": "away", "Ben": "busy", "Chief": "away",
    }  # fmt: skip
    assert told(agent("anna", "offline"), agent("chief", "offline", queues=())) == {
        "Anna": "away", "Ben": "busy", "Chief": "free",
    }  # fmt: skip
    said = encode(shop.hub.board.colleagues())
    assert json.loads(said)[0].keys() == {"id", "name", "state"}


# Queues


def agent(login: str, state: Any = "ready", reason: str | None = None, queues: tuple[str, ...] = ("support",)) -> Fact:
    return AgentChanged(login, T0, state, "none", reason, T0, queues, None, True)


async def test_a_queues_counts_and_line_are_gathered(shop: Shop) -> None:
    anna = shop.connect("anna")
    shop.happens(agent("anna"))
    for number in range(30):
        shop.happens(arrived(f"c{number}"), CallQueued(f"c{number}", T0 + timedelta(seconds=number), "support"))
    assert anna.types() == ["agent.state"]
    await shop.hub.send_gathered()
    assert sorted(anna.types()) == ["call.waiting", "queue.changed"]
    assert anna.state["queues"]["support"]["waiting"] == 30
    assert anna.state["queues"]["support"]["agents"] == {
        "ready": 1, "busy": 0, "wrap_up": 0, "paused": 0, "offline": 1,
    }  # fmt: skip
    assert [row["call"] for row in anna.state["waiting"]["support"]] == [f"c{number}" for number in range(20)]
    await shop.hub.send_gathered()
    assert anna.types() == []


async def test_the_line_is_in_the_order_of_the_score(shop: Shop) -> None:
    ben = shop.connect("ben")
    for call, score in (("c1", 1.0), ("c2", 9.0), ("c3", 9.0)):
        at = T0 + timedelta(seconds=int(call[1]))
        shop.happens(arrived(call), CallQueued(call, at, "sales"), RequestRanked(call, at, score, ()))
    await shop.hub.send_gathered()
    ben.take()
    assert [row["call"] for row in ben.state["waiting"]["sales"]] == ["c2", "c3", "c1"]
    assert [row["position"] for row in ben.state["waiting"]["sales"]] == [1, 2, 3]


async def test_an_agent_who_joins_another_queue_sees_it_and_leaves_it_again(shop: Shop) -> None:
    anna = shop.connect("anna")
    shop.happens(arrived(), CallQueued("c1", T0, "sales"), agent("anna", queues=("support", "sales")))
    assert anna.types() == ["agent.state", "queue.changed", "call.waiting"]
    assert anna.state["waiting"]["sales"][0]["call"] == "c1"
    shop.happens(agent("anna", queues=("support",)))
    assert anna.take()[-1]["gone"]
    assert set(anna.state["queues"]) == set(anna.state["waiting"]) == {"support"}


# Alarms, notices, the charge


async def test_a_lost_link_is_an_alarm_for_everybody_until_it_is_back(shop: Shop) -> None:
    shop.happens(LinkChanged("main", T0, "ready", ""))
    anna = shop.connect("anna")
    shop.happens(LinkChanged("main", T0, "down", "connection refused"))
    (message,) = anna.take()
    assert message["alarm"]["id"] == "asterisk:main"
    assert "connection refused" in message["alarm"]["text"]
    late = shop.connect("ben")
    assert set(late.state["alarms"]) == {"asterisk:main"}
    shop.happens(LinkChanged("main", T0, "ready", ""))
    anna.take()
    assert anna.state["alarms"] == {}


async def test_a_mailbox_that_is_not_read_is_an_alarm_for_those_who_see_all(shop: Shop) -> None:
    anna, chief = shop.connect("anna"), shop.connect("chief", "supervisor")
    trouble = MailboxTrouble("help", "mail.example refused the login of help; correct username and password", T0)
    for _ in range(2):
        shop.hub.mailboxes([trouble])
    (message,) = chief.take()
    assert (message["alarm"]["id"], message["alarm"]["level"]) == ("mailbox:help", "warning")
    assert message["alarm"]["text"].startswith("The mailbox help is not read, mails wait in it: mail.example refused")
    assert anna.take() == []
    assert shop.connect("ben").state["alarms"] == {}
    assert set(shop.connect("boss", "admin").state["alarms"]) == {"mailbox:help"}
    shop.hub.mailboxes([])
    chief.take()
    assert chief.state["alarms"] == {}


async def test_what_a_ready_link_lacks_is_a_warning_until_it_is_there(shop: Shop) -> None:
    anna = shop.connect("anna")
    shop.happens(LinkChanged("main", T0, "ready", "the AMI account lacks read=call"))
    (message,) = anna.take()
    assert message["alarm"]["level"] == "warning"
    assert "lacks read=call" in message["alarm"]["text"]
    assert set(shop.connect("ben").state["alarms"]) == {"asterisk:main"}
    shop.happens(LinkChanged("main", T0, "ready", ""))
    anna.take()
    assert anna.state["alarms"] == {}


async def test_a_second_tab_is_a_viewer_until_it_takes_over(shop: Shop) -> None:
    first = shop.connect("anna", id="tab-1")
    second = shop.connect("anna", id="tab-2")
    assert (first.state["in_charge"], second.state["in_charge"]) == (True, False)
    third = shop.connect("anna", id="tab-3", take_over=True)
    assert (first.closed, second.closed, third.state["in_charge"]) == (4009, 4009, True)
    assert shop.told[-2:] == [PanelTaken("anna", "tab-3", True), PanelsOpen(("anna",))]


async def test_a_panel_that_comes_back_replaces_its_own_old_socket(shop: Shop) -> None:
    first = shop.connect("anna", id="tab-1")
    again = shop.connect("anna", id="tab-1")
    assert (first.closed, again.state["in_charge"]) == (4009, True)


async def test_scripts_neither_take_nor_need_the_charge(shop: Shop) -> None:
    script = shop.connect("anna")
    assert (shop.hub.pages(), shop.told) == ((), []), "a script is no page that could be a phone"
    panel, other = shop.connect("anna", id="tab-1"), shop.connect("anna")
    assert script.closed is None
    assert shop.hub.pages() == ("anna",)
    assert all(screen.state["in_charge"] for screen in (script, panel, other))


async def test_another_nodes_notice_closes_panels_here(shop: Shop) -> None:
    panel, script = shop.connect("anna", id="tab-1"), shop.connect("anna", session="other")
    shop.hub.noticed(PanelTaken("anna", "tab-9", False))
    assert panel.closed is None
    shop.hub.noticed(PanelTaken("anna", "tab-9", True))
    assert (panel.closed, script.closed) == (4009, None)
    shop.hub.noticed(SignedOut("anna", "other"))
    assert script.closed == 4001


async def test_who_leads_another_team_now_is_closed(shop: Shop) -> None:
    stays, moved = shop.connect("lea", "leader", "North"), shop.connect("leo", "leader", "South")
    shop.hub.sign_out_all_but({"lea": "leader", "leo": "leader"}, {"lea": "North", "leo": "East"})
    assert [screen.closed for screen in (stays, moved)] == [None, 4001]


async def test_who_may_no_longer_be_here_is_closed(shop: Shop) -> None:
    stays, over = shop.connect("anna"), shop.connect("anna", until=T0)
    gone, changed = shop.connect("ben"), shop.connect("chief", "supervisor")
    shop.hub.sign_out_all_but({"anna": "agent", "chief": "agent"}, {})
    assert [screen.closed for screen in (stays, over, gone, changed)] == [None, 4001, 4001, 4001]


async def test_a_panel_that_left_is_told_nothing_and_holds_nothing(shop: Shop) -> None:
    anna, chief = shop.connect("anna"), shop.connect("chief", "supervisor")
    shop.hub.leave(anna.panel)
    shop.hub.leave(chief.panel)
    shop.hub.leave(chief.panel)
    shop.happens(arrived(), ring(), agent("anna"))
    await shop.hub.send_gathered()
    assert (anna.types(), chief.types(), shop.hub.panels()) == ([], [], [])


async def test_letters_that_are_none_do_not_lose_the_ring(shop: Shop) -> None:
    anna = shop.connect("anna")
    shop.happens(replace(arrived(), name="M\udcfcri"), ring())
    assert anna.take()[0]["call"]["name"] == "M?ri"


# reduce(snapshot, events) == later snapshot

AGENTS = ("anna", "ben", "chief")
CALLS = ("c1", "c2", "c3")
QUEUES = ("support", "sales", "other")
Build = Callable[[str, str, str, datetime], Fact]
KINDS: dict[str, Build] = {
    "arrives": lambda call, who, queue, at: arrived(call, at),
    "queued": lambda call, who, queue, at: CallQueued(call, at, queue),
    "unqueued": lambda call, who, queue, at: CallUnqueued(call, at, queue, "abandoned"),
    "known": lambda call, who, queue, at: CallerKnown(call, at, "7", "A", POP),
    "known to be nobody": lambda call, who, queue, at: CallerKnown(
        call, at, None, None, '{"contacts":[],"history":[]}'
    ),
    "ranked": lambda call, who, queue, at: RequestRanked(call, at, float(at.second), (("waits", 1.0),)),
    "rings": lambda call, who, queue, at: AgentRinging(call, at, who, f"leg-{who}"),
    "missed": lambda call, who, queue, at: AgentMissed(call, at, who, f"leg-{who}", "no_answer"),
    "answered": lambda call, who, queue, at: CallAnswered(call, at, who, f"leg-{who}"),
    "held": lambda call, who, queue, at: CallHeld(call, at, who, f"leg-{who}"),
    "resumed": lambda call, who, queue, at: CallResumed(call, at, who, f"leg-{who}"),
    "passed on": lambda call, who, queue, at: CallTransferred(call, at, who, None, "attended"),
    "talked": lambda call, who, queue, at: SegmentEnded(call, at, who, f"leg-{who}", "agent"),
    "leg": lambda call, who, queue, at: LegStarted(call, at, f"leg-{who}", "agent", who, None),
    "lifted": lambda call, who, queue, at: LegAnswered(call, at, f"leg-{who}"),
    "leg ended": lambda call, who, queue, at: LegEnded(call, at, f"leg-{who}", 16),
    "merged": lambda call, who, queue, at: CallMerged(call, at, "c1"),
    "ended": lambda call, who, queue, at: CallEnded(call, at, "answered", "caller"),
    "paused": lambda call, who, queue, at: AgentChanged(who, at, "paused", "none", "x", at, (queue,), None, True),
    "talks": lambda call, who, queue, at: AgentChanged(who, at, "ready", "talking", None, at, (), call, True),
    "queue seen": lambda call, who, queue, at: QueueSeen(queue, at, "main", (who,)),
    "queue gone": lambda call, who, queue, at: QueueGone(queue, at, "main"),
    "link down": lambda call, who, queue, at: LinkChanged("main", at, "down", queue),
    "alarm": lambda call, who, queue, at: AlarmChanged(queue, "waiting", at, "main", True, at, 6.0, 5.0),
    "no alarm": lambda call, who, queue, at: AlarmChanged(queue, "waiting", at, "main", False, at, 0.0, 5.0),
    "link up": lambda call, who, queue, at: LinkChanged("main", at, "ready", ""),
}
happening = st.tuples(
    st.sampled_from(sorted(KINDS)), st.sampled_from(CALLS), st.sampled_from(AGENTS), st.sampled_from(QUEUES)
)
LINES = (
    CampaignLine("1", "autumn", "support", "predictive", 900, 4, 2, 5, 1, 200, 4, 0.03, "predictive", "why"),
    CampaignLine("2", "spring", "sales", "preview", 10, 0, 0, 1, 1, 0, 0, 0.0),
)
pause = st.sampled_from(["connect", "gather", "renew", "campaigns", "no campaigns", "engine gone"])


@settings(max_examples=75, deadline=None)
@given(st.lists(st.one_of(happening, happening, happening, happening, pause), max_size=40))
def test_what_a_panel_was_told_adds_up_to_what_a_new_panel_is_told(happenings: list[Any]) -> None:
    asyncio.run(_adds_up(happenings))


async def _adds_up(happenings: list[Any]) -> None:
    shop = Shop()
    screens = [shop.connect("anna"), shop.connect("ben"), shop.connect("chief", "supervisor")]
    screens += [shop.connect("lea", "leader", "North"), shop.connect("ben", "leader", "North")]
    screens += [shop.connect("leo", "leader", "South"), shop.connect("wall", "viewer"), shop.connect("wall", "viewer")]
    for number, what in enumerate(happenings):
        if what == "connect":
            screens.append(shop.connect("anna", "admin"))
        elif what == "gather":
            await shop.hub.send_gathered()
        elif what in ("campaigns", "no campaigns"):
            lines = LINES if what == "campaigns" else LINES[1:]
            shop.hub.noticed(CampaignsSeen("main", T0, lines))
        elif what == "engine gone":
            shop.hub.engine_seen("main", False)
        elif what == "renew":
            shop.hub.renewed()
            await shop.hub._show_stale()
        else:
            kind, *about = what
            shop.happens(KINDS[kind](*about, T0 + timedelta(seconds=number)))
    await shop.hub.send_gathered()
    for screen in screens:
        screen.take()
        assert comparable(screen.state) == comparable(shop.snapshot(screen.panel.me))


def comparable(state: State) -> State:
    """Without what only the clock makes differ."""
    state = copy.deepcopy(state)
    for call in state["calls"].values():
        if call["answered_at"] is None:
            del call["waited_seconds"]
    return state


# The quiet work


async def test_gathered_work_is_done_by_itself(shop: Shop) -> None:
    anna = shop.connect("anna")
    async with shop.hub.running():
        shop.happens(arrived(), CallQueued("c1", T0, "support"))
        await _until(lambda: anna.take() and anna.state["waiting"]["support"])
        shop.hub.renewed()
        await _until(lambda: "snapshot" in anna.types())


async def _until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


def letter(state: Any, version: int, agent: str | None = None, **more: Any) -> WrittenChanged:
    made = WrittenChanged("r1", T0, "mail", "support", state, agent, T0, version, None, None, "A", "Mari", "Help <b>")
    return replace(made, **more)


async def test_a_written_request_goes_to_whom_it_is_offered_and_to_those_who_oversee(shop: Shop) -> None:
    anna, ben, chief = shop.connect("anna"), shop.connect("ben"), shop.connect("chief", "supervisor")
    shop.happens(QueueSeen("support", T0, "main", ("anna",)), letter("waiting", 1, score=0.5, reasons=(("x", 0.5),)))
    await shop.hub.send_gathered()
    for screen in (anna, ben, chief):
        screen.take()
        assert screen.state["requests"] == {}
    (line,) = chief.state["waiting"]["support"]
    assert (line["request"], line["kind"], line["position"], line["score"], line["title"]) == (
        "r1", "mail", 1, 0.5, "Help <b>",
    )  # fmt: skip
    assert chief.state["queues"]["support"]["written"] == 1
    shop.happens(CallArrived("c1", T0, "main", "inbound", "+3725550123", None, None), CallQueued("c1", T0, "support"))
    shop.happens(RequestRanked("c1", T0, 0.2, ()), WrittenRanked("r1", T0, 0.1, (("x", 0.1),)))
    await shop.hub.send_gathered()
    chief.take()
    assert [one["kind"] for one in chief.state["waiting"]["support"]] == ["call", "mail"]
    shop.happens(letter("offered", 2, "anna"))
    shop.happens(letter("waiting", 1))
    for screen in (anna, ben, chief):
        screen.take()
    assert (set(anna.state["requests"]), set(ben.state["requests"]), set(chief.state["requests"])) == (
        {"r1"}, set(), {"r1"},
    )  # fmt: skip
    assert shop.snapshot(anna.panel.me)["requests"] == anna.state["requests"]
    shop.happens(letter("taken", 3, "ben"))
    anna.take(), ben.take()
    assert (anna.state["requests"], ben.state["requests"]["r1"]["state"]) == ({}, "taken")
    shop.happens(letter("done", 4, "ben"))
    await shop.hub.send_gathered()
    for screen in (anna, ben, chief):
        screen.take()
        assert screen.state["requests"] == {}
    assert [one["kind"] for one in chief.state["waiting"]["support"]] == ["call"]


async def test_campaigns_are_told_to_who_may_see_them_and_once(shop: Shop) -> None:
    chief, wall, manager = (shop.connect(name, name) for name in ("supervisor", "viewer", "campaign_manager"))
    leader, anna = shop.connect("lea", "leader", "North"), shop.connect("anna")
    for _ in range(2):
        shop.hub.noticed(CampaignsSeen("main", T0, LINES))
    assert [screen.types() for screen in (chief, wall, manager, leader)] == [["campaigns.changed"]] * 4
    assert anna.types() == []
    assert [one["id"] for one in chief.state["campaigns"]] == ["1", "2"]
    assert chief.state["campaigns"] == wall.state["campaigns"] == manager.state["campaigns"]
    assert [one["name"] for one in leader.state["campaigns"]] == ["autumn"], "only of the team's queues"
    shop.hub.engine_seen("main", False)
    chief.take()
    assert chief.state["campaigns"] == []


async def test_a_queue_past_its_limit_alarms_those_who_see_all(shop: Shop) -> None:
    chief, anna = shop.connect("chief", "supervisor"), shop.connect("anna")
    up = AlarmChanged("support", "waiting", T0, "main", True, T0, 6.0, 5.0)
    shop.happens(up, up)
    assert (chief.types(), anna.types()) == (["alarm"], [])
    alarm = chief.state["alarms"]["queue:support:waiting"]
    assert (alarm["queue"], alarm["measure"], alarm["value"], alarm["limit"]) == ("support", "waiting", 6.0, 5.0)
    assert alarm["text"] == "support: callers who wait: 6, the limit is 5."
    shop.hub.renewed()
    assert shop.hub.board.alarms.up() != []
    shop.happens(replace(up, on=False, at=T0 + timedelta(seconds=60)))
    chief.take()
    assert chief.state["alarms"] == {}
