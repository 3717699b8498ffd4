"""The engine: one mailbox and one consumer task for each Asterisk.

AMI messages, commands, look-ups' answers, Asterisk's answers and ticks queue in one line; one task takes them out,
tells the Switchboard, numbers the facts and calls everyone who hears them, all in one step without an await: so there
are no locks, and between the byte that rings and the agent's socket stands no database. The reader only puts aside
(:class:`cti.mailbox.Mailbox`), the :class:`cti.keeper.Keeper` only keeps the link; :mod:`cti.intake` decides what is
heard when. READY means: logged in, fully booted, snapshot merged. Without it no action leaves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from cti import frames
from cti.actions import Outcome, exists, written_at_end
from cti.errands import AddToPop, AskIt, Errands, MoveIt
from cti.gauges import Gauges
from cti.intake import Intake
from cti.keeper import Alive, Booted, Ended, Fenced, Keeper, Opened, Said, Synced
from cti.link import AsteriskAddress, Counts, Link
from cti.mailbox import MAX_MESSAGES, Mailbox, Overflow
from cti.pace import Limiter, Pace
from cti.ports import Found, Hear, State, Status, Switchboard
from cti.snapshot import Taken
from cti.translate import MARKS, WANTED, translate
from routing import events as said
from routing.actions import Action, Answer, AskAbout, AskCallback, DialLead, LookUp
from routing.commands import Command, Result
from routing.facts import AlarmChanged, Drifted, Fact, LinkAlive, LinkChanged, Recorded
from routing.letters import MoveRequest, RequestsSeen, WrittenRequest
from routing.picture import Picture
from routing.story import Call

log = structlog.get_logger(__name__)

STEP_SECONDS = 0.02
"""How long the consumer goes on before it lets the reader and everyone else have a turn."""
DRIFTS, DRIFT_SECONDS = 20, 10.0


async def no_requests(wish: MoveRequest) -> tuple[bool, None]:
    """Where there is no store, there are no written requests."""
    return False, None


async def no_callbacks(wish: AskCallback) -> bool:
    """Nor callbacks."""
    return False


async def nothing_more(call: str, pop: str) -> str:
    """Where there are no campaigns, the pop is the look-up's."""
    return pop


class Engine:
    """``hears`` are called in order with each step's facts; they are synchronous, and one that raises stops no other.

    ``last_alive``: when the engine before this one last knew that it saw everything (the stored LinkAlive): calls that
    ended since then get an estimated end. ``open_calls``: what the Switchboard was given to restore. ``stream`` names
    this run, and is new for each.
    """

    def __init__(
        self,
        asterisk: AsteriskAddress,
        switchboard: Switchboard,
        hears: Sequence[Hear],
        look_up: Callable[[str], Awaitable[Found]],
        *,
        stream: str,
        last_alive: datetime | None = None,
        open_calls: Sequence[Call] = (),
        pace: Pace = Pace(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.time,
        move_request: MoveIt = no_requests,
        ask_callback: AskIt = no_callbacks,
        add_to_pop: AddToPop = nothing_more,
    ) -> None:
        self.asterisk = asterisk
        self.gauges = Gauges()
        self.counts = Counts(WANTED, MARKS)
        self._switchboard = switchboard
        self._hears = tuple(hears)
        self._stream = stream
        self._seq = 0
        self._pace = pace
        self._clock = clock
        self._picture = Picture(calls={call.id: call for call in open_calls})
        self._mailbox = Mailbox()
        self._intake = Intake()
        self._keeper = Keeper(asterisk, self._mailbox, self.counts, self.gauges, pace, clock)
        self._errands = Errands(
            self._mailbox.put, look_up, self._now, self.gauges, pace, self._member_changed, move_request, ask_callback,
            add_to_pop,
        )  # fmt: skip
        self._drifts = Limiter(DRIFTS, DRIFT_SECONDS)
        self._status = Status("connecting", "not started", self._now())
        self._seen_until = last_alive
        self._gap_from: datetime | None = None
        self._ahead = 0.0
        self._up = False
        self._may_send = False
        self._running = False
        self._waiting: dict[tuple[str, str], list[asyncio.Future[Result]]] = {}

    @property
    def status(self) -> Status:
        return self._status

    @property
    def depth(self) -> int:
        """Messages that wait."""
        return self._mailbox.messages + self._intake.put_aside

    def picture(self) -> Picture:
        """The live board: read it, or encode it, before the next await."""
        return self._picture

    def tell(self, directory: said.Directory) -> None:
        """Whose phone is whose has changed."""
        self._mailbox.put(directory)

    def present(self, logins: Sequence[str], others: Sequence[str] = ()) -> None:
        """These agents' pages are open; ``others`` have a program's socket only."""
        self._mailbox.put(said.Present(self._now(), tuple(logins), tuple(others)))

    def tell_requests(self, requests: Sequence[WrittenRequest], *, complete: bool = False) -> None:
        """So written requests stand in the store. ``complete``: these are all that are not over."""
        self._mailbox.put(RequestsSeen(self._now(), tuple(requests), complete))

    def restore_alarms(self, up: Sequence[AlarmChanged]) -> None:
        """Before it runs: what an engine before this one had raised."""
        for one in up:
            self._picture.alarms[f"{one.queue}:{one.measure}"] = one

    def tell_alarms(self, changed: Sequence[AlarmChanged]) -> None:
        """Queues have passed a limit, or are well again."""
        self._mailbox.put(said.AlarmsJudged(self._now(), tuple(changed)))

    def meant_for(self, channel: str, agent: str) -> None:
        """Whoever answers this attempt is for this agent."""
        self._mailbox.put(said.LeadDialled(self._now(), channel, agent))

    async def dial(self, wish: DialLead) -> Outcome:
        """Sent once, at once, or not at all. ``no_answer``: it may have left. Its course shows in the facts."""
        return await self._errands.ask(self._link(), wish)

    async def is_up(self, channel: str) -> bool | None:
        """Whether Asterisk has the channel with this unique id now; None: it did not say."""
        value = await self._errands.value(self._link(), exists(channel))
        return None if value is None else value != ""

    async def told_at_end(self, channel: str) -> str | None:
        """What the dialplan wrote down as this attempt's channel ended; empty: nothing. None: Asterisk did not say."""
        return await self._errands.value(self._link(), written_at_end(channel))

    def _link(self) -> Link | None:
        return self._keeper.link if self._may_send and self._status.ready else None

    async def submit(self, command: Command) -> Result:
        """The command's one result. Never raises for the command's sake."""
        if not self._running:
            return Result(command.id, False, "not_ready", "Helin is not connected to the telephone system.")
        if len(self._waiting) >= 1000:
            return Result(command.id, False, "not_ready", "Too much is waiting; try again in a moment.")
        key = (command.by, command.id)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        self._mailbox.put(command)
        try:
            async with asyncio.timeout(self._pace.command):
                return await future
        except TimeoutError:
            return Result(command.id, False, "no_answer", "No answer came in time; what happened shows in a moment.")
        finally:
            waiting = self._waiting.get(key, [])
            if future in waiting:
                waiting.remove(future)
            if not waiting:
                self._waiting.pop(key, None)

    async def run(self) -> None:
        """Until cancelled. Then the link is closed and all that waits in the mailbox has still been taken in."""
        self._running = True
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._consume(), name=f"engine {self.asterisk.name}")
                tasks.create_task(self._keeper.run(), name=f"keeper {self.asterisk.name}")
                tasks.create_task(self._tick(), name=f"ticks {self.asterisk.name}")
        finally:
            self._running = False
            await self._errands.close()
            while (item := self._mailbox.take()) is not None:
                self._step(item)
            for futures in self._waiting.values():
                for future in futures:
                    if not future.done():
                        future.set_result(Result("", False, "not_ready", "Helin is being restarted."))

    async def _consume(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._mailbox.wait()
            until = loop.time() + STEP_SECONDS
            while (item := self._mailbox.take()) is not None:
                self._step(item)
                if loop.time() > until:
                    await asyncio.sleep(0)
                    until = loop.time() + STEP_SECONDS

    async def _tick(self) -> None:
        """Ticks, and the loop's lag: how much later than asked a sleeper wakes."""
        loop = asyncio.get_running_loop()
        ticked = loop.time()
        while True:
            before = loop.time()
            await asyncio.sleep(0.1)
            now = loop.time()
            self.gauges.note_lag(max(0.0, now - before - 0.1), now)
            if now - ticked >= self._pace.tick:
                ticked = now
                self._mailbox.put(said.Tick(self._now()))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _its_now(self) -> datetime:
        """By Asterisk's clock, like its events' stamps."""
        return self._now() + timedelta(seconds=self._ahead)

    def _step(self, item: object) -> None:
        """One item of the mailbox. Nothing in it may end the consumer."""
        try:
            if type(item) is list:
                self._batch(item)
            else:
                self._item(item)
        except Exception as error:
            self.gauges.failures += 1
            log.exception("a step failed", asterisk=self.asterisk.name)
            self._publish([Drifted(self.asterisk.name, self._now(), f"a step failed ({type(error).__name__})")])
            self._keeper.doubt()

    def _item(self, item: object) -> None:
        match item:
            case said.Tick():
                self._receive(item)
                self._after_tick()
            case Alive():
                self._alive(item)
            case Overflow():
                self._overflow(item.discarded)
            case Said():
                self._say(item.state, item.reason)
            case Opened():
                self._intake.hold()
            case Booted():
                self._status = Status("syncing", self._status.reason, self._status.since, item.boot)
                self._up = True
                self._receive(said.LinkUp(self._its_now(), item.boot))
            case Fenced():
                self._fence(item.stamp)
            case Synced():
                self._synced(item)
            case Ended():
                self._ended(item)
            case _Acquit():
                for message, fields in self._intake.acquit():
                    self._translate(message, fields)
            case _:
                # The queue carries plain objects; what is none of those above is an event.
                self._receive(item)  # type: ignore[arg-type]

    def _batch(self, batch: list[bytes]) -> None:
        if self._intake.open:
            for message in batch:
                self._hear(message)
            self._seen_until = self._its_now()
            return
        for message in batch:
            if self._intake.admits(message):
                self._hear(message)
        if self._intake.put_aside > MAX_MESSAGES:
            self._overflow(self._intake.discard())

    def _hear(self, message: bytes) -> None:
        try:
            fields = frames.parse(message)
        except frames.Suspect as error:
            self._quarantine(message, error)
            return
        if self._intake.doubting:
            self._intake.doubts(message, fields)
        else:
            self._translate(message, fields)

    def _translate(self, message: bytes, fields: dict[str, str]) -> None:
        event = translate(fields, self._now())
        if event is None:
            return
        if type(event) is said.Suspicious:
            self.gauges.quarantined += 1
        elif type(event) is said.ShuttingDown and self._keeper.link is not None:
            self._keeper.link.shutting_down = True
        self._receive(event)

    def _quarantine(self, message: bytes, error: frames.Suspect) -> None:
        """Not believed, counted, told; and Asterisk is asked what is true. See :mod:`cti.intake` for the rest."""
        forged = 0 if isinstance(error, frames.Cut) else self._intake.convict()
        self.gauges.quarantined += 1 + forged
        if isinstance(error, frames.Cut):
            self._intake.doubt()
            asyncio.get_running_loop().call_later(self._pace.distrust, self._mailbox.put, _Acquit())
        more = f"; {forged} messages before it were made up" if forged else ""
        self._receive(said.Suspicious(self._now(), f"{error}{more}"))
        self._keeper.doubt()

    def _receive(self, event: said.Event | said.Directory | Command) -> None:
        facts, actions = self._switchboard.receive(event, self._now())
        if facts:
            self._publish(facts)
        for action in actions:
            self._carry_out(action)

    def _publish(self, facts: Sequence[Fact]) -> None:
        """Number them, and let everyone hear. A Drifted too many is only counted."""
        recorded = []
        for fact in facts:
            if type(fact) is Drifted and not self._drifts.allows(time.monotonic()):
                continue
            self._seq += 1
            numbered = Recorded(self._stream, self._seq, fact)
            self._picture.apply(numbered)
            recorded.append(numbered)
        if not recorded:
            return
        for hear in self._hears:
            try:
                hear(recorded)
            except Exception:
                self.gauges.failures += 1
                log.exception("one who hears facts failed", asterisk=self.asterisk.name)

    def _carry_out(self, action: Action) -> None:
        if isinstance(action, LookUp):
            self._errands.look_up(action)
        elif isinstance(action, AskCallback):
            self._errands.callback(self._keeper.link if self._may_send else None, action)
        elif isinstance(action, MoveRequest):
            self._errands.move(action)
        elif isinstance(action, Answer):
            for future in self._waiting.get((action.by, action.result.id), []):
                if not future.done():
                    future.set_result(action.result)
        elif isinstance(action, AskAbout):
            log.info("in doubt", asterisk=self.asterisk.name, channel=action.channel, why=action.why)
            self._keeper.doubt()
        else:
            self._errands.send(self._keeper.link if self._may_send else None, action)

    def _member_changed(self) -> None:
        self._keeper.hearing.member_changed(asyncio.get_running_loop().time())

    def _after_tick(self) -> None:
        held_back = self._drifts.take_held_back()
        if held_back:
            self._publish([Drifted(self.asterisk.name, self._now(), f"{held_back} more were held back")])

    def _alive(self, item: Alive) -> None:
        if item.ahead is not None:
            self._set_ahead(item.ahead)
        if self._status.ready:
            self._seen_until = self._its_now()
            self._publish([LinkAlive(self.asterisk.name, self._its_now(), self._status.boot or "0")])

    def _set_ahead(self, seconds: float) -> None:
        """Two clocks closer than a round trip may err count as one."""
        self._ahead = seconds if abs(seconds) > 0.5 else 0.0

    def _say(self, state: State, reason: str) -> None:
        """A state that is the same as before, for the same reason, is not told again."""
        before = self._status
        if (before.state, before.reason) == (state, reason):
            return
        self._status = Status(state, reason, self._now(), before.boot, before.lacks)
        log.info("link", asterisk=self.asterisk.name, state=state, reason=reason)
        self._publish([LinkChanged(self.asterisk.name, self._now(), state, reason, before.boot)])

    def _overflow(self, discarded: int) -> None:
        self.gauges.discarded += discarded
        self._gap_from = self._gap_from or self._seen_until or self._its_now()
        what = f"{discarded} messages came faster than they could be read; Asterisk is asked afresh"
        self._publish([Drifted(self.asterisk.name, self._now(), what)])
        self._keeper.doubt()

    def _fence(self, stamp: float | None) -> None:
        for message in self._intake.fence(stamp):
            self._hear(message)

    def _synced(self, item: Synced) -> None:
        if item.taken is not None:
            self._merge(item.taken, item.first)
        for message in self._intake.release():
            self._hear(message)

    def _merge(self, taken: Taken, first: bool) -> None:
        if taken.fence is not None:
            self._set_ahead(taken.fence - taken.fenced_at)
        gap_from = self._gap_from or (self._seen_until if first else None)
        self._gap_from = None
        self._may_send = True
        self._receive(taken.event(self._its_now(), gap_from))
        # A merged snapshot is sight of everything, also when nothing is heard between it and the link's end.
        self._seen_until = self._its_now()
        if first or taken.lacks != self._status.lacks:
            self._status = Status("syncing", "", self._now(), self._status.boot, taken.lacks)
            self._say("ready", "; ".join(taken.lacks))

    def _ended(self, item: Ended) -> None:
        """What came before the end is heard; what a snapshot would have merged is left to the next one."""
        self._may_send = False
        if self._intake.open:
            for message, fields in self._intake.acquit():
                self._translate(message, fields)
        self._intake.hold()
        if self._up:
            self._up = False
            self._receive(said.LinkDown(self._its_now(), item.reason))
        self._say("down", item.reason)


@dataclass(frozen=True, slots=True)
class _Acquit:
    """The moment in which a forgery should have ended is over."""
