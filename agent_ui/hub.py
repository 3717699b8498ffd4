"""Who is told what: the panels that are connected, and the way of a fact to those whom it concerns.

A fact costs what its audience costs. A call's fact goes to the panels of the agents whom the call is or was at, and to
those who oversee all; it is encoded once for each form that is needed (with the pop, without it, with ``gone``), and
each socket gets its own number put in between ready bytes. All of it happens in the call that brought the fact: no task
switch, no database, no HTTP between an engine's fact and the socket.

What would go to many at once (a queue's counts and its line) is gathered: the queue is marked, and a quiet task sends
the marked queues about once a second, those who oversee all first, and then spread evenly over that second, one write
for each socket: a ring never waits behind five hundred wallboards, neither here nor on the way to the browsers.

docs/reference/panel-protocol.md is the promise that this module keeps.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog

from agent_ui.board import Board, Me, parties
from agent_ui.bus.port import (
    CampaignLine,
    CampaignsSeen,
    DirectoryChanged,
    Message,
    Notice,
    PanelsOpen,
    PanelTaken,
    SignedOut,
)
from agent_ui.follow import OtherFact
from agent_ui.messages import Messages, message_tail
from agent_ui.news import CallNews
from agent_ui.shapes import AlarmShape, agent_shape, encode, help_shape, listen_shape, on_a_wall, request_shape
from agent_ui.sight import SEE_ALL
from agent_ui.wire import Wire, text_frame
from crm_store.mailboxes import MailboxTrouble
from routing.commands import Role
from routing.events import Directory
from routing.facts import (
    AgentChanged,
    AlarmChanged,
    CallEnded,
    CallFact,
    HelpChanged,
    LegAnswered,
    LegEnded,
    LegStarted,
    LinkChanged,
    ListenChanged,
    QueueGone,
    QueueSeen,
    WrittenChanged,
    WrittenRanked,
)
from routing.story import Call

log = structlog.get_logger("hub")

GATHER = 0.25
"""Seconds for which changes of a queue are gathered before they are sent."""
SPREAD = 0.75
"""Seconds over which they are sent to all but those who oversee all, and the least pause between two sockets."""
LEAST_PAUSE = 0.002
TAKEN_OVER = 4009
NOT_ALLOWED = 4003
BAD_TICKET = 4001
OF_A_LINE = b'{"type":"call.waiting","seq":'

OF_LEGS = (LegStarted, LegAnswered, LegEnded)
"""Facts that change nothing that a panel shows, unless they change whom the call is at."""


SEE_CAMPAIGNS = SEE_ALL | {"leader", "campaign_manager", "viewer"}


class Panel:
    """One socket after its hello. ``id`` is the browser tab's, None for a script's; ``until``: the session's end."""

    __slots__ = ("id", "in_charge", "me", "queues", "sees_all", "seq", "session", "shown", "until", "wire")

    def __init__(self, wire: Wire, me: Me, session: str, until: datetime, id: str | None, in_charge: bool) -> None:
        self.wire = wire
        self.me = me
        self.session = session
        self.until = until
        self.id = id
        self.in_charge = in_charge
        self.sees_all = me.role in SEE_ALL
        self.seq = 0
        self.shown = 0
        self.queues: frozenset[str] = frozenset()

    def send(self, head: bytes, tail: bytes) -> None:
        """Sends ``head``, this socket's next number, ``tail``: together one message."""
        self.seq += 1
        number = b"%d" % self.seq
        self.wire.send((head, number, tail), len(head) + len(number) + len(tail))

    def send_all(self, messages: Iterable[tuple[bytes, bytes]]) -> None:
        """As :meth:`send` for each, in one write."""
        frames: list[bytes] = []
        for head, tail in messages:
            self.seq += 1
            number = b"%d" % self.seq
            frames += (text_frame(len(head) + len(number) + len(tail)), head, number, tail)
        self.wire.send_frames(b"".join(frames))

    def send_snapshot(self, tail: bytes) -> None:
        self.seq += 1
        self.wire.send_snapshot(b'{"type":"snapshot","seq":%d%b' % (self.seq, tail))


class Hub:
    """A :class:`agent_ui.follow.Watcher`.

    ``clock`` gives aware UTC; ``tell`` sends a notice to other web nodes; ``directory_changed``: such a notice came.
    """

    def __init__(
        self,
        board: Board,
        clock: Callable[[], datetime],
        tell: Callable[[Notice], None],
        directory_changed: Callable[[], None],
    ) -> None:
        self.board = board
        self._clock = clock
        self._tell = tell
        self._directory_changed = directory_changed
        self._by_login: dict[str, list[Panel]] = {}
        self._overseers: dict[Panel, None] = {}
        self._leaders: dict[Panel, None] = {}
        self._screens: dict[Panel, None] = {}
        self._by_queue: dict[str, dict[Panel, None]] = {}
        self._agent_queues: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, tuple[bytes, bytes]] = {}
        self._marked: set[str] = set()
        self._stale: dict[Panel, None] = {}
        self._messages = Messages()
        self._round = 0
        self._work = asyncio.Event()
        self.to_count = asyncio.Event()
        """Set when today's calls must be counted anew from the records."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        quiet = asyncio.create_task(self._quiet_work(), name="hub")
        try:
            yield
        finally:
            quiet.cancel()
            with suppress(asyncio.CancelledError):
                await quiet

    # Panels

    def panels(self) -> list[Panel]:
        return [panel for panels in self._by_login.values() for panel in panels]

    def pages(self) -> tuple[str, ...]:
        """Agents whose page is open here and in charge: where it is their phone, it can ring."""
        return tuple(
            login for login, panels in self._by_login.items() if any(one.id and one.in_charge for one in panels)
        )

    def sockets(self) -> tuple[str, ...]:
        """Agents who have only a program's socket here."""
        return tuple(login for login, panels in self._by_login.items() if all(one.id is None for one in panels))

    def panels_of(self, login: str) -> int:
        return len(self._by_login.get(login, ()))

    def join(self, wire: Wire, me: Me, session: str, until: datetime, id: str | None, take_over: bool) -> Panel:
        """Takes the socket in and sends it a snapshot."""
        in_charge = me.role == "viewer" or self._takes_charge(me, id, take_over)
        panel = Panel(wire, me, session, until, id, in_charge)
        self._by_login.setdefault(me.login, []).append(panel)
        kind = {"leader": self._leaders, "viewer": self._screens}.get(me.role)
        if kind is None and panel.sees_all:
            kind = self._overseers
        if kind is not None:
            kind[panel] = None
        self.show(panel)
        for message in self._messages.recent(self._clock()):
            self._say(panel, message)
        return panel

    def _takes_charge(self, me: Me, id: str | None, take_over: bool) -> bool:
        """Of one person's pages one is in charge; screens on walls are nobody's, and there may be many of one login."""
        others = [panel for panel in self._by_login.get(me.login, ()) if panel.id is not None]
        for other in others if id is not None else ():
            if other.id == id or take_over:
                self.drop(other, TAKEN_OVER, "taken over")
        rivals = id is not None and any(other.in_charge for other in self._by_login.get(me.login, ()) if other.id)
        if id is not None and not rivals:
            self._tell(PanelTaken(me.login, id, take_over))
            self._tell(PanelsOpen((me.login,)))
        return not rivals

    def leave(self, panel: Panel) -> None:
        """Forgets the panel; more than once does no harm."""
        mine = self._by_login.get(panel.me.login, [])
        if panel in mine:
            mine.remove(panel)
        if not mine:
            self._by_login.pop(panel.me.login, None)
        for kind in (self._overseers, self._leaders, self._screens):
            kind.pop(panel, None)
        self._stale.pop(panel, None)
        for name in panel.queues:
            self._by_queue[name].pop(panel, None)
        panel.queues = frozenset()

    def drop(self, panel: Panel, code: int, reason: str) -> None:
        self.leave(panel)
        panel.wire.close(code, reason)

    def show(self, panel: Panel) -> None:
        """Sends a fresh snapshot."""
        self._stale.pop(panel, None)
        panel.shown = self._round
        self._subscribe(panel, self.board.visible_queues(panel.me))
        panel.send_snapshot(self.board.snapshot(panel.me, panel.in_charge, self._clock()))

    # What the follower calls

    def call_changed(self, fact: CallFact, before: Call | None, after: Call | None) -> None:
        call = after or before
        if call is None:
            return
        was, now = parties(before), parties(after)
        touched = self.board.place(before, after)
        if type(fact) not in OF_LEGS or was != now:
            self._tell_of_call(fact, call, after is None or not after.active, was, now)
        if touched:
            self._mark(touched)

    def changed(self, fact: OtherFact) -> None:
        if isinstance(fact, AgentChanged):
            self._agent_changed(fact)
        elif isinstance(fact, QueueSeen | QueueGone):
            self._queues_changed(fact.queue)
        elif isinstance(fact, LinkChanged):
            self._alarm(self.board.alarms.link(fact))
        elif isinstance(fact, WrittenChanged):
            self._written_changed(fact)
        elif isinstance(fact, ListenChanged):
            self._listen_changed(fact)
        elif isinstance(fact, HelpChanged):
            self._help_changed(fact)
        elif isinstance(fact, WrittenRanked):
            self._mark(self.board.queues_with(fact.request))
        elif isinstance(fact, AlarmChanged):
            self._alarm(self.board.alarms.queue(fact))

    def renewed(self) -> None:
        self.to_count.set()
        self.board.reindex()
        self._show_all()

    def use(self, directory: Directory) -> None:
        """Users and queues as they are now."""
        if self.board.use(directory):
            self.to_count.set()
        self._show_all()

    def time_passed(self) -> None:
        """To be called now and then: figures change by that alone."""
        self._mark(self.board.today.advance(self._clock()))

    def counted(self) -> None:
        """Today's calls are counted anew."""
        self._mark(self.board.queue_names())

    def _show_all(self) -> None:
        self._agent_queues = {agent.agent: agent.queues for agent in self.board.picture.agents.values()}
        self._rows.clear()
        self._stale.update(dict.fromkeys(self.panels()))
        self._work.set()

    def engine_seen(self, engine: str, alive: bool) -> None:
        self._alarm(self.board.alarms.engine(engine, alive, self._clock()))
        if not alive:
            self._campaigns(engine, ())

    def noticed(self, notice: Notice) -> None:
        if isinstance(notice, DirectoryChanged):
            self._directory_changed()
        elif isinstance(notice, PanelTaken):
            for panel in list(self._by_login.get(notice.agent, ())):
                if panel.id is not None and (notice.take_over or panel.id == notice.panel):
                    self.drop(panel, TAKEN_OVER, "taken over")
        elif isinstance(notice, SignedOut):
            self.signed_out(notice)
        elif isinstance(notice, CampaignsSeen):
            self._campaigns(notice.engine, notice.campaigns)
        elif isinstance(notice, Message):
            self._messages.keep(notice)
            for panel in self.panels():
                self._say(panel, notice)

    def signed_out(self, notice: SignedOut) -> None:
        for panel in list(self._by_login.get(notice.login, ())):
            if notice.session in ("", panel.session):
                self.drop(panel, BAD_TICKET, "signed out")

    def sign_out_all_but(self, roles: Mapping[str, Role], teams: Mapping[str, str]) -> None:
        """Panels whose session is over, whose user is not active any more or has another role, or leads another team,
        are closed.

        ``roles``: of the active users, by login; ``teams``: of those who have one.
        """
        now = self._clock()
        for panel in self.panels():
            me = panel.me
            leads_another = me.role == "leader" and teams.get(me.login) != me.team
            if panel.until <= now or roles.get(me.login) != me.role or leads_another:
                self.drop(panel, BAD_TICKET, "signed out")

    # Calls

    def _tell_of_call(self, fact: CallFact, call: Call, over: bool, was: frozenset[str], now: frozenset[str]) -> None:
        logins = was | now
        if isinstance(fact, CallEnded):
            logins |= {segment.agent for segment in call.segments}
        concerned = [(login, self._own(login)) for login in logins if login in self._by_login]
        leaders = [panel for panel in self._leaders_of(*logins) if panel.me.login not in logins]
        if not concerned and not self._overseers and not leaders:
            return
        news = CallNews(self.board, fact, call, over)
        for login, panels in concerned:
            for panel in panels:
                leads = panel in self._leaders and self.board.teams.sees_any(panel.me, now)
                panel.send(*news.to_party(login, panel.sees_all or leads, login in was, login in now))
        for panel in tuple(self._overseers):
            if panel.me.login not in logins:
                panel.send(*news.to_overseer())
        for panel in leaders:
            panel.send(*news.to_overseer(self.board.teams.sees_any(panel.me, now)))

    # Whom an agent's news concern

    def _own(self, login: str) -> tuple[Panel, ...]:
        return tuple(panel for panel in self._by_login.get(login, ()) if panel not in self._screens)

    def _leaders_of(self, *logins: str) -> tuple[Panel, ...]:
        return tuple(panel for panel in self._leaders if self.board.teams.sees_any(panel.me, logins))

    def _audience(self, *logins: str) -> tuple[Panel, ...]:
        """They themselves, who leads them, and who oversees all; each once."""
        own = (panel for login in logins for panel in self._own(login))
        return tuple(dict.fromkeys((*own, *self._leaders_of(*logins), *self._overseers)))

    # Stepping in

    def _say(self, panel: Panel, message: Message) -> None:
        """To whom it is meant for; who wrote it does not get it back."""
        me = panel.me
        if message.agent or message.team:
            mine = me.login == message.agent if message.agent else me.team == message.team
        else:
            mine = message.queue in ("", *self.board.queues_of(me.login))
        if mine and me.login != message.by and me.role != "viewer":
            panel.send(b'{"type":"message","seq":', message_tail(message))

    def _listen_changed(self, fact: ListenChanged) -> None:
        gone = b"" if fact.until is None else b',"gone":true'
        tail = b',"at":%b,"listening":%b%b}' % (encode(fact.at), encode(listen_shape(fact)), gone)
        for panel in self._audience(fact.agent):
            if self.board.told_of(fact, panel.me):
                panel.send(b'{"type":"listen.changed","seq":', tail)

    def _help_changed(self, fact: HelpChanged) -> None:
        gone = b"" if fact.until is None else b',"gone":true,"by":%b' % encode(fact.by)
        tail = b',"at":%b,"help":%b%b}' % (encode(fact.at), encode(help_shape(fact)), gone)
        for panel in self._audience(fact.agent):
            panel.send(b'{"type":"help.changed","seq":', tail)

    # Written requests

    def _written_changed(self, fact: WrittenChanged) -> None:
        """To whom it is or was offered, or who has it; who leads or oversees them hears of it too."""
        now = self.board.picture.requests.get(fact.request)
        if now is not None and now.version > fact.version:
            return
        was, holder = self.board.place_request(fact.request)
        self._mark(self.board.take_touched())
        if was is None and holder is None:
            return
        tail = b',"at":%b,"request":%b' % (encode(fact.at), encode(request_shape(fact)))
        for panel in self._audience(*(one for one in (was, holder) if one is not None)):
            kept = holder is not None and self.board.teams.sees(panel.me, holder)
            panel.send(b'{"type":"request.changed","seq":', b"%b%b}" % (tail, b"" if kept else b',"gone":true'))

    # Agents, queues, alarms

    def _agent_changed(self, fact: AgentChanged) -> None:
        had = self._agent_queues.get(fact.agent, ())
        self._agent_queues[fact.agent] = fact.queues
        shape, at = agent_shape(fact), encode(fact.at)
        tail = b',"at":%b,"agent":%b}' % (at, encode(shape))
        for panel in self._audience(fact.agent):
            panel.send(b'{"type":"agent.state","seq":', tail)
        tail = b',"at":%b,"agent":%b}' % (at, encode(on_a_wall(shape))) if self._screens else b""
        for panel in tuple(self._screens):
            panel.send(b'{"type":"agent.state","seq":', tail)
        self._mark({*had, *self.board.counted_in(fact.agent)})
        if had != fact.queues:
            self._resubscribe(dict.fromkeys((*self._own(fact.agent), *self._leaders_of(fact.agent))))

    def _queues_changed(self, name: str) -> None:
        self.board.queue_seen(name)
        self._mark({name})
        self._resubscribe(self.panels())

    def _resubscribe(self, panels: Iterable[Panel]) -> None:
        for panel in tuple(panels):
            visible = self.board.visible_queues(panel.me)
            added, gone = visible - panel.queues, panel.queues - visible
            self._subscribe(panel, visible)
            for name in gone:
                panel.send(*self._queue_message(b'{"name":%b},"gone":true' % encode(name)))
            for name in added:
                row, line = self._row(name)
                panel.send(*self._queue_message(row))
                if panel not in self._screens:
                    panel.send(*self._waiting_message(line))
            if panel in self._leaders and (gone or added):
                self._queues_of_team(panel, gone, added)

    def _queues_of_team(self, panel: Panel, gone: frozenset[str], added: frozenset[str]) -> None:
        """A leader's alarms and campaigns are those of the queues that the team serves."""
        for name in (*gone, *added):
            for alarm in self.board.alarms.of_queue(name):
                panel.send(b'{"type":"alarm","seq":', self._alarm_tail(alarm, name in added))
        panel.send(*self._campaigns_message(self.board.campaigns(panel.me)))

    def _subscribe(self, panel: Panel, names: frozenset[str]) -> None:
        for name in panel.queues - names:
            self._by_queue[name].pop(panel, None)
        for name in names - panel.queues:
            self._by_queue.setdefault(name, {})[panel] = None
        panel.queues = names

    def _alarm(self, news: tuple[AlarmShape, bool] | None) -> None:
        if news is None:
            return
        tail = self._alarm_tail(*news)
        for panel in self.panels():
            if self.board.sees_alarm(panel.me, news[0]):
                panel.send(b'{"type":"alarm","seq":', tail)

    def _alarm_tail(self, alarm: AlarmShape, on: bool) -> bytes:
        gone = b"" if on else b',"gone":true'
        return b',"at":%b,"alarm":%b%b}' % (encode(self._clock()), encode(alarm), gone)

    def mailboxes(self, troubles: Iterable[MailboxTrouble]) -> None:
        """Those that cannot be read now; the same again is no news."""
        for news in self.board.alarms.mailboxes(troubles):
            self._alarm(news)

    def _campaigns(self, engine: str, lines: tuple[CampaignLine, ...]) -> None:
        if not self.board.campaigns_at(engine, lines):
            return
        for panel in self.panels():
            if panel.me.role in SEE_CAMPAIGNS:
                panel.send(*self._campaigns_message(self.board.campaigns(panel.me)))

    def _campaigns_message(self, lines: Sequence[CampaignLine]) -> tuple[bytes, bytes]:
        tail = b',"at":%b,"campaigns":%b}' % (encode(self._clock()), encode(lines))
        return b'{"type":"campaigns.changed","seq":', tail

    # The quiet work

    def _mark(self, queues: Iterable[str]) -> None:
        self._marked.update(queues)
        self._work.set()

    async def _quiet_work(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                await self._show_stale()
                await asyncio.sleep(GATHER)
                await self.send_gathered()
            except Exception:
                log.exception("the hub stumbled")

    async def _show_stale(self) -> None:
        while self._stale:
            self.show(next(iter(self._stale)))
            await asyncio.sleep(0)

    async def send_gathered(self) -> None:
        """Sends the marked queues, where they differ from what was sent last."""
        marked, self._marked = self._marked, set()
        self._round += 1
        news = {name: messages for name in marked if (messages := self._news_of(name))}
        due = dict.fromkeys(self._overseers)
        for name in news:
            due.update(self._by_queue.get(name, {}))
        pause = max(LEAST_PAUSE, SPREAD / max(1, len(due)))
        for panel in due:
            messages = [message for name in news if name in panel.queues for message in news[name]]
            if panel in self._screens:
                messages = [message for message in messages if message[0] != OF_A_LINE]
            # Whoever was shown a snapshot since has newer counts than these.
            if messages and panel.shown < self._round:
                panel.send_all(messages)
                if not panel.sees_all:
                    await asyncio.sleep(pause)

    def _news_of(self, name: str) -> list[tuple[bytes, bytes]]:
        had = self._rows.get(name, (b"", b""))
        row, line = self._rows[name] = self._row(name)
        news = [self._queue_message(row)] if row != had[0] else []
        return [*news, self._waiting_message(line)] if line != had[1] else news

    def _row(self, name: str) -> tuple[bytes, bytes]:
        line = encode(self.board.waiting(name))
        return encode(self.board.queue(name)), b'%b,"calls":%b' % (encode(name), line)

    def _queue_message(self, row: bytes) -> tuple[bytes, bytes]:
        return b'{"type":"queue.changed","seq":', b',"at":%b,"queue":%b}' % (encode(self._clock()), row)

    def _waiting_message(self, line: bytes) -> tuple[bytes, bytes]:
        return OF_A_LINE, b',"at":%b,"queue":%b}' % (encode(self._clock()), line)
