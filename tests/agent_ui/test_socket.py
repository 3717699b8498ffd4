"""A panel's conversation: tickets, commands, limits. Real store, real hub, a real bus with an engine's desk on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from agent_ui import socket as socket_module
from agent_ui import wishes
from agent_ui.board import Board
from agent_ui.bus.in_process import InProcessBus
from agent_ui.commands import Policy, allowed_commands
from agent_ui.hub import Hub
from agent_ui.socket import UNDER_WAY, Sockets
from agent_ui.wishes import Wishes
from crm_store.projection import write_calls
from crm_store.records import Session
from crm_store.store import Store
from crm_store.tasks import TaskFilter
from routing.commands import Role
from routing.events import Directory, QueuePlan
from routing.facts import AgentChanged, CallAnswered, CallArrived, CallerKnown, LinkChanged, Recorded
from tests.agent_ui.bus_suite import Engine
from tests.agent_ui.lines import Line
from tests.agent_ui.reducer import from_snapshot

NOW = datetime.now(UTC)


class Shop:
    """All that a socket meets, put together by hand."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.bus = InProcessBus()
        self.engine = Engine()
        self.picture = self.engine.board
        web = self.bus.web(("main",))
        board = Board(self.picture, Directory())
        self.hub = Hub(board, lambda: NOW, web.tell, lambda: None)
        self.wishes = Wishes(web, ("main",), board, store, web.tell)
        self.sockets = Sockets(self.hub, self.redeem, self.wishes.carry_out)
        self.seq = 0

    async def redeem(self, ticket: str) -> Session | None:
        return await self.store.sessions.redeem(ticket, datetime.now(UTC))

    async def ticket(self, login: str = "anna", role: Role = "agent") -> str:
        user = (await self.store.users.put(login, login.title(), role, password_hash="x")).value
        self.seq += 1
        ticket, token = f"ticket {self.seq} of {login}", f"token {self.seq} of {login}"
        session = await self.store.sessions.open(user, token, NOW, NOW + timedelta(hours=1))
        assert await self.store.sessions.issue_ticket(ticket, session, datetime.now(UTC))
        return ticket

    async def connect(self, login: str = "anna", role: Role = "agent", **more: Any) -> Talk:
        talk = Talk(self)
        talk.say("hello", ticket=await self.ticket(login, role), **more)
        snapshot = await talk.hears("snapshot")
        talk.state = from_snapshot(snapshot)
        return talk

    async def call(self, id: str = "c1", contact: bool = True) -> None:
        """A call that Anna talks in, of a contact that the store knows."""
        found = (await self.store.contacts.add({"name": "Mari Maasikas", "numbers": ["+3725550123"]})).id
        facts = (
            LinkChanged("main", NOW, "ready", ""),
            CallArrived(id, NOW, "main", "inbound", "+3725550123", None, "600"),
            CallerKnown(id, NOW, found if contact else None, None, "{}"),
            CallAnswered(id, NOW, "anna", "leg"),
        )
        for seq, fact in enumerate(facts, 1):
            assert self.picture.apply(Recorded("s1", seq, fact))


class Talk:
    """The panel's side."""

    def __init__(self, shop: Shop) -> None:
        self.line = Line(shop.sockets)
        self.heard: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}

    def say(self, type: str, **more: Any) -> None:
        self.line.say({"type": type, **more})

    async def hears(self, type: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        def come() -> bool:
            self.heard += self.line.hear()
            found[:] = [message for message in self.heard if message["type"] == type]
            return bool(found)

        await until(come)
        self.heard.remove(found[0])
        return found[0]

    async def asks(self, name: str, id: str = "c-1", **args: str) -> dict[str, Any]:
        self.say("command", id=id, name=name, args=args)
        return await self.hears("result")

    async def closes(self) -> int:
        await until(lambda: self.line.client.close_rcvd is not None)
        assert self.line.client.close_rcvd is not None
        return self.line.client.close_rcvd.code


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.002)


@pytest.fixture
async def shop(store: Store) -> AsyncIterator[Shop]:
    made = Shop(store)
    async with made.bus.engine("main").serve(made.engine):
        yield made


# Hello


async def test_a_ticket_opens_a_socket_once(shop: Shop) -> None:
    ticket = await shop.ticket()
    first, second = Talk(shop), Talk(shop)
    first.say("hello", ticket=ticket)
    assert (await first.hears("snapshot"))["me"]["login"] == "anna"
    second.say("hello", ticket=ticket)
    assert await second.closes() == 4001


async def test_no_ticket_no_socket(shop: Shop) -> None:
    talk = Talk(shop)
    talk.say("hello", ticket="guessed")
    assert await talk.closes() == 4001


async def test_who_says_anything_else_first_is_sent_away(shop: Shop) -> None:
    talk = Talk(shop)
    talk.say("command", id="c1", name="ready")
    assert await talk.closes() == 4001


@pytest.fixture
def impatient() -> Iterator[None]:
    before, socket_module.HELLO_WITHIN = socket_module.HELLO_WITHIN, 0.02
    yield
    socket_module.HELLO_WITHIN = before


@pytest.mark.usefixtures("impatient")
async def test_who_says_nothing_is_sent_away(shop: Shop) -> None:
    assert await Talk(shop).closes() == 4001


async def test_a_role_without_a_panel_gets_none(shop: Shop) -> None:
    talk = Talk(shop)
    talk.say("hello", ticket=await shop.ticket("robot", "api"))
    assert await talk.closes() == 4003


NO_MESSAGES = [
    "",
    "{",
    "[]",
    '"\\ud800',
    '{"type":"noise"}',
    '{"type":"command","id":"a b","name":"ready"}',
    '{"type":"command","id":"c1","name":"pause","args":{"reason":7}}',
]


@pytest.mark.parametrize("text", NO_MESSAGES)
async def test_what_is_no_message_closes(shop: Shop, text: str) -> None:
    talk = await shop.connect()
    talk.line.client.send_text(text.encode())
    talk.line._to_server()
    assert await talk.closes() == 4003


async def test_invalid_utf8_closes(shop: Shop) -> None:
    talk = await shop.connect()
    talk.line.client.send_text(b'{"type":"command","id":"c1","name":"\xff"}')
    talk.line._to_server()
    assert await talk.closes() == 4003


async def test_a_flood_of_messages_closes(shop: Shop) -> None:
    talk = await shop.connect()
    for _ in range(200):
        if talk.line.wire.open:
            talk.say("snapshot")
    assert await talk.closes() == 4003


async def test_the_end_of_the_service_is_told(shop: Shop) -> None:
    talk = await shop.connect()
    shop.sockets.close_all()
    assert await talk.closes() == 1012
    talk.line.abort()
    assert shop.hub.panels() == []


# Commands


async def test_a_snapshot_can_be_asked_for_in_two_ways(shop: Shop) -> None:
    talk = await shop.connect()
    talk.say("snapshot")
    assert (await talk.hears("snapshot"))["seq"] == 2
    assert await talk.asks("snapshot") == {"type": "result", "id": "c-1", "ok": True}
    assert (await talk.hears("snapshot"))["seq"] == 3


async def test_a_command_goes_to_the_engine_and_its_result_comes_back(shop: Shop) -> None:
    talk = await shop.connect()
    assert await talk.asks("pause", reason="lunch") == {"type": "result", "id": "c-1", "ok": True}
    assert shop.engine.begun == ["c-1"]


async def test_the_same_id_has_no_second_effect_and_gets_the_first_answer(shop: Shop) -> None:
    talk, other = await shop.connect(), await shop.connect()
    await talk.asks("ready")
    assert (await talk.asks("ready"))["ok"]
    assert (await other.asks("log_out"))["ok"]
    assert shop.engine.begun == ["c-1"]


async def test_twice_at_once_is_once(shop: Shop) -> None:
    talk = await shop.connect()
    talk.say("command", id="c-1", name="ready")
    talk.say("command", id="c-1", name="ready")
    await talk.hears("result")
    await talk.hears("result")
    assert shop.engine.begun == ["c-1"]


async def test_two_peoples_same_id_are_two(shop: Shop) -> None:
    anna, ben = await shop.connect("anna"), await shop.connect("ben")
    await anna.asks("ready")
    await ben.asks("ready")
    assert shop.engine.begun == ["c-1", "c-1"]


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("consult", {}, "unknown"),
        ("take_over", {}, "not_allowed"),
        ("dance", {}, "invalid"),
        ("pause", {"agent": "ben"}, "not_allowed"),
        ("pause", {"reason": "x" * 201}, "invalid"),
        ("pause", {"reason": "lunch\r\nAction: Originate"}, "invalid"),
        ("hang_up", {"call": "none"}, "unknown"),
        ("hang_up", {}, "unknown"),
        ("note", {"call": "c1", "text": " "}, "invalid"),
        ("note", {"call": "c1", "text": "x" * 10_001}, "invalid"),
        ("note", {"call": "none", "text": "x"}, "unknown"),
    ],
)
async def test_a_refusal_has_a_code_and_a_sentence(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, name: str, args: dict[str, str], code: str
) -> None:
    monkeypatch.setattr(wishes, "JOURNAL_LAG", ())
    talk = await shop.connect()
    result = await talk.asks(name, **args)
    assert result["error"]["code"] == code
    assert result["error"]["message"].endswith(".")
    assert shop.engine.begun == []


async def test_a_supervisor_may_pause_another(shop: Shop) -> None:
    talk = await shop.connect("chief", "supervisor")
    assert (await talk.asks("pause", agent="anna", reason="meeting"))["ok"]


async def test_without_an_engine_it_is_said_at_once(shop: Shop) -> None:
    talk = await shop.connect()
    shop.bus.desks.clear()
    assert (await talk.asks("ready"))["error"]["code"] == "not_ready"


async def test_the_settings_say_who_steps_in(shop: Shop) -> None:
    boss = await shop.connect("berta", role="supervisor")
    assert (await boss.asks("listen"))["error"]["code"] == "unknown"
    shop.hub.board.policy = Policy(may={"listen": frozenset({"admin"}), "message": frozenset()})
    assert (await boss.asks("listen", "c-2"))["error"]["code"] == "not_allowed"
    assert (await boss.asks("message", "c-3", all="yes", text="x"))["error"]["code"] == "not_allowed"
    assert "listen" not in allowed_commands("supervisor", shop.hub.board.policy)


async def test_a_message_comes_to_whom_it_is_for_and_is_in_the_audit_trail(shop: Shop) -> None:
    boss, anna = await shop.connect("berta", role="supervisor"), await shop.connect("anna")
    assert (await boss.asks("message", "c-1", text="<i>hi</i>"))["error"]["code"] == "invalid"
    assert (await boss.asks("message", "c-2", text="<i>hi</i>", all="yes"))["ok"]
    (deed,) = (await shop.store.audit.page(what="message")).items
    assert (deed.who, deed.subject, deed.detail) == ("berta", "agents:all", {"text": "<i>hi</i>"})
    assert (await anna.asks("message", "c-3", text="x", all="yes"))["error"]["code"] == "not_allowed"


async def test_a_viewer_is_refused_until_it_takes_over(shop: Shop) -> None:
    await shop.connect(panel="tab-1234")
    viewer = await shop.connect(panel="tab-5678")
    assert (await viewer.asks("ready"))["error"]["code"] == "not_allowed"
    taker = await shop.connect(panel="tab-5678", take_over=True)
    assert (await taker.asks("ready", "c-2"))["ok"]


async def test_a_command_outlives_its_socket(shop: Shop) -> None:
    talk = await shop.connect()
    talk.say("command", id="c-9", name="ready")
    talk.line.abort()
    await until(lambda: shop.engine.begun)
    assert (await (await shop.connect()).asks("ready", "c-9"))["ok"]
    assert shop.engine.begun == ["c-9"]


async def test_reading_pauses_while_too_many_commands_are_under_way(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wishes, "ENGINE_WITHIN", 0.2)
    talk = await shop.connect()
    for number in range(UNDER_WAY):
        talk.say("command", id=f"c-{number}", name="slow" if number else "ready")
    for _ in range(UNDER_WAY):
        await talk.hears("result")
    assert talk.line.reading == [False, True]


# What is written about a call


async def test_a_note_and_a_wrap_up_are_kept_with_the_call(shop: Shop) -> None:
    await shop.call()
    talk = await shop.connect()
    assert (await talk.asks("note", "c-1", call="c1", text="Wants <b>blue</b>."))["ok"]
    assert (await talk.asks("wrap_up", "c-2", call="c1", disposition="sold", note="Blue it is."))["ok"]
    contact = shop.picture.calls["c1"].contact
    assert contact is not None
    (kept,) = (await shop.store.interactions.of_contact(contact)).items
    assert (kept.call, kept.agent, kept.disposition, kept.note) == ("c1", "anna", "sold", "Blue it is.")
    assert shop.engine.begun == []


async def test_a_wrap_up_ends_wrap_up(shop: Shop) -> None:
    await shop.call()
    talk = await shop.connect()
    fact = AgentChanged("anna", NOW, "wrap_up", "none", None, NOW, (), None, True)
    assert shop.picture.apply(Recorded("s1", 5, fact))
    assert (await talk.asks("wrap_up", call="c1", disposition="", note=""))["ok"]
    assert shop.engine.begun == ["c-1.ready"]


async def wrapping_up(shop: Shop, required: bool) -> Talk:
    """Anna wraps up c1, which the store knows too, of a queue that asks for a result or does not."""
    await shop.call()
    shop.hub.board.use(Directory(queues=(QueuePlan("support", wrap_up_required=required),)))
    call = replace(shop.picture.calls["c1"], queue="support")
    async with shop.store.database.writing() as connection:
        await write_calls(connection, {"c1": None}, {"c1": call})
    talk = await shop.connect()
    assert shop.picture.apply(
        Recorded("s1", 5, AgentChanged("anna", NOW, "wrap_up", "none", None, NOW, (), None, True))
    )
    return talk


async def test_a_required_result_holds_ready_back(shop: Shop) -> None:
    talk = await wrapping_up(shop, required=True)
    for number, (name, args) in enumerate((("ready", {}), ("wrap_up", {"call": "c1", "note": "x"}))):
        error = (await talk.asks(name, f"c-{number}", **args))["error"]
        assert (error["code"], "choose a result" in error["message"]) == ("not_possible", True)
    assert shop.engine.begun == []
    assert (await talk.asks("wrap_up", "c-3", call="c1", disposition="resolved"))["ok"]
    assert shop.engine.begun == ["c-3.ready"]
    assert (await talk.asks("ready", "c-4"))["ok"]


async def test_without_a_required_result_ready_is_ready(shop: Shop) -> None:
    talk = await wrapping_up(shop, required=False)
    assert (await talk.asks("ready", "c-1"))["ok"]
    assert (await talk.asks("wrap_up", "c-2", call="c1", note="Just a note."))["ok"]
    assert shop.engine.begun == ["c-1", "c-2.ready"]


async def test_a_wrap_up_with_a_next_step_is_kept_once(shop: Shop) -> None:
    await shop.call()
    talk = await shop.connect()
    step = {
        "next": "callback",
        "next_at": "2026-12-01T10:00:00+02:00",
        "next_text": "Call Mari",
        "next_owner": "anyone",
    }
    for _ in range(2):
        assert (await talk.asks("wrap_up", "c-1", call="c1", disposition="callback", **step))["ok"]
        shop.wishes._answers.clear()  # as another process, which does not know that it was done
    (task,) = (await shop.store.tasks.page(TaskFilter())).items
    assert (task.kind, task.text, task.owner, task.created_by) == ("callback", "Call Mari", None, "anna")
    assert task.due_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
    for bad, says in (
        ({**step, "next": "party"}, "next must be"),
        ({**step, "next_at": "soon"}, "next_at must be"),
        ({**step, "next_at": ""}, "say when"),
        ({**step, "next_zone": "Mars"}, "time_zone"),
        ({**step, "next_text": "x" * 1001}, "longer than 1000"),
    ):
        error = (await talk.asks("wrap_up", f"bad {says}".replace(" ", "-"), call="c1", disposition="other", **bad))[
            "error"
        ]
        assert (error["code"], says in error["message"]) == ("invalid", True), error


async def test_an_order_is_taken_with_the_wrap_up(shop: Shop) -> None:
    await shop.call()
    talk = await shop.connect()
    lines = json.dumps([{"product": "Pump", "quantity": 2, "price": 9.9}])
    for bad, says in (
        ({"order": "[{}]"}, "order must be JSON: a list of lines"),
        ({"order": lines.replace("9.9", "9.999")}, "a price has at most two decimals."),
        ({"answers": "[]"}, "answers must have path"),
    ):
        error = (await talk.asks("wrap_up", says[:12].replace(" ", "-"), call="c1", disposition="other", **bad))[
            "error"
        ]
        assert (error["code"], says in error["message"]) == ("invalid", True), error
    assert (await talk.asks("wrap_up", "c-1", call="c1", disposition="resolved", order=lines))["ok"]
    (order,) = (await shop.store.orders.page()).items
    assert (order.what, order.total, order.created_by, order.call) == ("Pump × 2", 19.8, "anna", "c1")


async def test_a_draft_is_kept_until_the_wrap_up(shop: Shop) -> None:
    await shop.call()
    talk = await shop.connect()
    assert (await talk.asks("draft", "c-1", call="c1", text='{"note":"half\n"}'))["ok"]
    assert (await shop.store.drafts.get("c1", "ben")).text == '{"note":"half\n"}'
    ben = await shop.connect("ben")
    assert (await ben.asks("draft", call="c1", text="x"))["error"]["code"] == "unknown"
    assert (await talk.asks("draft", "c-2", call="c1", text="x" * 40_001))["error"]["code"] == "invalid"
    assert (await talk.asks("wrap_up", "c-3", call="c1", disposition="resolved"))["ok"]
    assert (await shop.store.drafts.get("c1", "anna")).text == ""


async def test_a_foreign_call_is_unknown(shop: Shop) -> None:
    await shop.call()
    ben = await shop.connect("ben")
    assert (await ben.asks("note", call="c1", text="x"))["error"]["code"] == "unknown"
    chief = await shop.connect("chief", "supervisor")
    assert (await chief.asks("note", call="c1", text="x"))["ok"]


async def test_a_note_about_nobody_asks_for_the_contact(shop: Shop) -> None:
    await shop.call(contact=False)
    talk = await shop.connect()
    assert (await talk.asks("note", "c-1", call="c1", text="x"))["error"]["code"] == "not_possible"
    (mari,) = (await shop.store.contacts.search("mari")).items
    assert (await talk.asks("note", "c-2", call="c1", text="x", contact=mari.id))["ok"]


async def test_a_call_that_just_ended_is_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wishes, "JOURNAL_LAG", (0.05, 0.05))
    await shop.call()
    call = replace(shop.picture.calls.pop("c1"))
    talk = await shop.connect()
    talk.say("command", id="c-1", name="note", args={"call": "c1", "text": "x"})
    await asyncio.sleep(0.06)
    shop.picture.calls["c1"] = call
    assert (await talk.hears("result"))["ok"]


async def test_a_store_that_is_away_fails_the_note_and_says_so(shop: Shop) -> None:
    await shop.call()
    talk = await shop.connect()
    await shop.store.close()
    await asyncio.to_thread(_break, shop.store)
    result = await talk.asks("note", call="c1", text="x")
    assert not result["ok"]


def _break(store: Store) -> None:
    path = store.database.url.database
    assert path is not None
    with open(path, "r+b") as file:
        file.write(b"\0" * 100)
