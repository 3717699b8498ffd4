"""What every bus must do, whatever carries it. A test module makes a fixture ``bus`` and inherits BusSuite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from agent_ui.bus import port
from agent_ui.bus.port import (
    Bus,
    CampaignLine,
    CampaignsSeen,
    DirectoryChanged,
    EngineAway,
    EngineBus,
    Notice,
    PanelsOpen,
    PanelTaken,
    SignedOut,
    WebBus,
)
from routing.commands import Command, Result
from routing.facts import CallArrived, CallerKnown, CallQueued, Fact, LinkChanged, QueueSeen, Recorded
from routing.picture import Picture

T0 = datetime(2026, 11, 24, 8, tzinfo=UTC)


def facts_of(stream: str, number: int, first: int = 1, asterisk: str = "main") -> list[Recorded]:
    """That many facts that a picture takes: the link is ready, then calls arrive and are queued."""
    made: list[Recorded] = []
    for seq in range(first, first + number):
        at = T0 + timedelta(milliseconds=seq)
        call = f"{asterisk}-{stream}-{seq // 2}"
        fact: Fact = LinkChanged(asterisk, at, "ready", "")
        if seq > 1:
            fact = CallArrived(call, at, asterisk, "inbound", "+3725550123", 'Õie "<b>"', "600")
        if seq > 1 and seq % 2:
            fact = CallQueued(call, at, "support")
        made.append(Recorded(stream, seq, fact))
    return made


class Engine:
    """A desk that keeps a picture, and answers commands as their name says."""

    def __init__(self) -> None:
        self.board = Picture()
        self.begun: list[str] = []
        self.roles: set[str] = set()
        self.directory_changes = 0
        self.pages: list[tuple[str, ...]] = []

    async def submit(self, command: Command) -> Result:
        self.begun.append(command.id)
        self.roles.add(command.role)
        if command.name == "slow":
            await asyncio.sleep(30)
        return Result(command.id, command.name != "bad", "" if command.name != "bad" else "failed", command.agent)

    def picture(self) -> Picture:
        return self.board

    def directory_changed(self) -> None:
        self.directory_changes += 1

    def panels_open(self, agents: Sequence[str], others: Sequence[str]) -> None:
        self.pages.append(tuple(agents))

    def publish(self, end: EngineBus, facts: list[Recorded]) -> None:
        for recorded in facts:
            assert self.board.apply(recorded)
        end.publish(facts)


class Node:
    """An ear that writes all down."""

    def __init__(self, end: WebBus) -> None:
        self.end = end
        self.facts: list[tuple[str, Recorded]] = []
        self.beats: list[tuple[str, str, int]] = []
        self.notices: list[Notice] = []

    def heard(self, engine: str, recorded: Recorded) -> None:
        self.facts.append((engine, recorded))

    def beat(self, engine: str, stream: str, seq: int) -> None:
        self.beats.append((engine, stream, seq))

    def noticed(self, notice: Notice) -> None:
        self.notices.append(notice)


async def until(true: Callable[[], object], within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not true():
            await asyncio.sleep(0.01)


def command(name: str, id: str = "c1") -> Command:
    return Command(id, "agent1", "agent", name, "agent1", (("reason", "lunch õ"),))


class Joined:
    """Engines and nodes on one bus."""

    def __init__(self, bus: Bus, stack: AsyncExitStack) -> None:
        self.bus = bus
        self.stack = stack

    async def engine(self, name: str = "main") -> tuple[Engine, EngineBus]:
        desk, end = Engine(), self.bus.engine(name)
        await self.stack.enter_async_context(end.serve(desk))
        return desk, end

    async def node(self, *engines: str, beaten: bool = True) -> Node:
        node = Node(self.bus.web(engines or ("main",)))
        await self.stack.enter_async_context(node.end.listen(node))
        if beaten:
            await until(lambda: {beat[0] for beat in node.beats} >= set(engines or ("main",)))
        return node


@pytest.fixture
async def joined(bus: Bus) -> AsyncIterator[Joined]:
    async with AsyncExitStack() as stack:
        yield Joined(bus, stack)


class BusSuite:
    async def test_every_node_hears_every_fact_in_order(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        nodes = [await joined.node(), await joined.node()]
        facts = facts_of("s1", 2_000)
        for start in range(0, 2_000, 7):
            desk.publish(end, facts[start : start + 7])
        for node in nodes:
            await until(lambda node=node: len(node.facts) >= 2_000)  # type: ignore[misc]
            assert node.facts == [("main", recorded) for recorded in facts]

    async def test_texts_and_pops_come_through_whole(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        node = await joined.node()
        pop = '{"contacts":[{"name":"Õ\\n\\u0000Ж"}],"history":[]}'
        facts = [*facts_of("s1", 3), Recorded("s1", 4, CallerKnown("main-s1-1", T0, "7", "A", pop))]
        desk.publish(end, facts)
        await until(lambda: len(node.facts) == 4)
        assert [recorded for _, recorded in node.facts] == facts

    async def test_beats_tell_how_far_the_stream_is(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        node = await joined.node()
        desk.publish(end, facts_of("a stream", 5))
        await until(lambda: ("main", "a stream", 5) in node.beats)

    async def test_a_beat_is_never_ahead_of_the_facts_before_it(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        node = await joined.node()
        desk.publish(end, facts_of("s1", 300))
        await until(lambda: ("main", "s1", 300) in node.beats)
        assert len(node.facts) == 300

    async def test_a_picture_has_all_that_was_published_and_is_ones_own(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        node = await joined.node()
        queue = Recorded("s1", 102, QueueSeen("support", T0, "main", ("agent1",)))
        desk.publish(end, [*facts_of("s1", 101), queue])
        picture = await node.end.picture("main")
        assert picture == desk.board
        picture.calls.clear()
        assert len(desk.board.calls) == 50

    async def test_a_picture_with_letters_that_are_none_still_travels(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        node = await joined.node()
        link, call = facts_of("s1", 2)
        assert isinstance(call.fact, CallArrived)
        desk.publish(end, [link, replace(call, fact=replace(call.fact, name="M\udcfcri"))])
        assert (await node.end.picture("main")).calls[call.fact.call].name == "M?ri"

    async def test_a_node_that_joins_late_hears_only_what_comes(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        early = await joined.node()
        desk.publish(end, facts_of("s1", 100))
        await until(lambda: ("main", "s1", 100) in early.beats)
        node = await joined.node()
        desk.publish(end, facts_of("s1", 10, first=101))
        await until(lambda: node.facts and node.facts[-1][1].seq == 110)
        assert [recorded.seq for _, recorded in node.facts] == list(range(101, 111))

    async def test_a_command_is_answered(self, joined: Joined) -> None:
        await joined.engine()
        node = await joined.node()
        assert await node.end.ask("main", command("ready"), 5) == Result("c1", True, "", "agent1")
        assert await node.end.ask("main", command("bad", "c2"), 5) == Result("c2", False, "failed", "agent1")

    async def test_many_commands_at_once_each_get_their_own_answer(self, joined: Joined) -> None:
        desk, _ = await joined.engine()
        nodes = [await joined.node(), await joined.node()]
        asked = [(node, f"{name}{number}") for number in range(20) for name, node in zip("ab", nodes, strict=True)]
        answers = await asyncio.gather(*(node.end.ask("main", command("ready", id), 5) for node, id in asked))
        assert [answer.id for answer in answers] == [id for _, id in asked]
        assert sorted(desk.begun) == sorted(id for _, id in asked)

    async def test_a_slow_command_holds_up_neither_others_nor_its_asker(self, joined: Joined) -> None:
        await joined.engine()
        node = await joined.node()
        slow = asyncio.create_task(node.end.ask("main", command("slow"), 0.5))
        assert (await node.end.ask("main", command("ready", "c2"), 5)).ok
        assert (await slow).code == "no_answer"

    async def test_without_an_engine_nothing_is_done_and_it_is_said(self, joined: Joined) -> None:
        node = await joined.node(beaten=False)
        assert (await node.end.ask("main", command("ready"), 5)).code == "not_ready"
        with pytest.raises(EngineAway):
            await node.end.picture("main")

    async def test_an_engine_that_left_no_longer_answers(self, joined: Joined, bus: Bus) -> None:
        desk, end = Engine(), bus.engine("main")
        async with end.serve(desk):
            node = await joined.node()
        assert (await node.end.ask("main", command("ready"), 0.5)).code in ("not_ready", "no_answer")
        assert desk.begun == []

    async def test_two_engines_are_kept_apart(self, joined: Joined) -> None:
        north, north_end = await joined.engine("north")
        south, south_end = await joined.engine("south")
        node = await joined.node("north", "south")
        north.publish(north_end, facts_of("n", 3, asterisk="north"))
        south.publish(south_end, facts_of("s", 2, asterisk="south"))
        await until(lambda: len(node.facts) == 5)
        assert sorted(engine for engine, _ in node.facts) == ["north"] * 3 + ["south"] * 2
        await node.end.ask("south", command("ready"), 5)
        assert (north.begun, south.begun) == ([], ["c1"])
        assert set((await node.end.picture("north")).links) == {"north"}

    async def test_notices_reach_engines_and_other_nodes(self, joined: Joined) -> None:
        desk, _ = await joined.engine()
        teller, other = await joined.node(), await joined.node()
        notices: list[Notice] = [DirectoryChanged(), PanelTaken("agent1", "tab 2", True), SignedOut("agent1", "key")]
        notices.append(PanelsOpen(("agent1", "agent õ")))
        for notice in notices:
            teller.end.tell(notice)
        await until(lambda: len(other.notices) == 4 and desk.pages)
        assert other.notices == notices
        assert (desk.directory_changes, desk.pages) == (1, [("agent1", "agent õ")])
        assert teller.notices == []

    async def test_what_an_engine_tells_reaches_every_node(self, joined: Joined) -> None:
        desk, end = await joined.engine()
        nodes = [await joined.node(), await joined.node()]
        line = CampaignLine("1", "sügis", "sales", "predictive", 900, 4, 2, 5, 1, 200, 4, 0.03, "predictive", "why")
        seen = CampaignsSeen("main", datetime(2026, 11, 24, 8, tzinfo=UTC), (line,))
        end.tell(seen)
        await until(lambda: all(node.notices for node in nodes))
        assert [node.notices for node in nodes] == [[seen], [seen]]
        assert desk.directory_changes == 0

    async def test_publishing_to_nobody_is_nothing(self, bus: Bus) -> None:
        bus.engine("main").publish(facts_of("s1", 10))

    async def test_publishing_never_waits(self, joined: Joined) -> None:
        _, end = await joined.engine()
        started = asyncio.get_running_loop().time()
        end.publish(facts_of("s1", 3 * port.MAY_WAIT))
        assert asyncio.get_running_loop().time() - started < 20.0
