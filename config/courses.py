"""What becomes of the calls that campaigns dial: from an engine's facts into the attempts, whatever is away meanwhile.

The journal has the facts; the rows of attempts are what the law counts. Both are written from the same facts, and
where the service was killed in between, Asterisk says how a call ended (the dialplan wrote it down).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from crm_store.attempts import Attempt, NextTry
from crm_store.errors import StoreError
from crm_store.store import Store
from cti.engine import Engine
from routing.attempts import Course, channel_of, course_of, course_told
from routing.facts import CALL_FACTS, CallEnded, CallFact, CallMerged, Recorded
from routing.story import Call, fold

AGAIN_SECONDS = 1.0

log = structlog.get_logger(__name__)

Decide = Callable[[Attempt, Course], Awaitable[NextTry]]
"""How the lead goes on. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class News:
    """``over``: the call is."""

    channel: str
    call: str | None
    course: Course
    over: bool


class Courses:
    """``hear`` is one of an engine's; ``run`` tells the store, and waits for one that is away.

    ``told`` hears each piece of news at once, also before it is stored; ``kept`` the channels whose end is written.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        open_calls: Sequence[Call],
        decide: Decide,
        told: Callable[[News], None],
        kept: Callable[[str], None],
    ) -> None:
        self._store = store
        self._engine = engine
        self._decide = decide
        self._told = told
        self._kept = kept
        self._calls = {call.id: call for call in open_calls if channel_of(call.id) is not None}
        self._last: dict[str, Course] = {}
        self._waiting: asyncio.Queue[News] = asyncio.Queue()

    def hear(self, recorded: Sequence[Recorded]) -> None:
        for one in recorded:
            channel = channel_of(getattr(one.fact, "call", None) or "") if type(one.fact) in CALL_FACTS else None
            if channel is not None:
                self._heard(channel, one.fact)  # type: ignore[arg-type] # only facts of calls have a call with a channel

    def _heard(self, channel: str, fact: CallFact) -> None:
        had = self._calls.get(fact.call) or self._engine.picture().calls.get(fact.call)
        call = fold(had, fact)
        over = isinstance(fact, CallEnded | CallMerged)
        if call is None and had is not None and over:
            # It went on as part of another call: for the attempt it is over.
            call = fold(had, CallEnded(had.id, fact.at, "answered", None))
        if call is None:
            return
        if over:
            self._calls.pop(fact.call, None)
        else:
            self._calls[fact.call] = call
        self.note(channel, fact.call, course_of(call, channel), over=over)

    def note(self, channel: str, call: str | None, course: Course, *, over: bool) -> None:
        """What is known now; the same again is no news."""
        if not over and self._last.get(channel) == course:
            return
        self._last[channel] = course
        if over:
            self._last.pop(channel)
        news = News(channel, call, course, over)
        self._told(news)
        if over or course != Course():
            self._waiting.put_nowait(news)

    def follows(self, channel: str) -> bool:
        """Whether facts about it have been heard, and more will be."""
        return channel in self._last

    async def run(self) -> None:
        while True:
            news = await self._waiting.get()
            while not await self._written(news):  # noqa: ASYNC110 - the store may be back
                await asyncio.sleep(AGAIN_SECONDS)

    async def _written(self, news: News) -> bool:
        try:
            course = await self._made_sure(news)
            if course is None:
                return False
            to: NextTry | None = None
            if course.outcome == "unknown" and not news.over:
                course = replace(course, outcome=None)
            if news.over:
                attempt = await self._store.attempts.of_channel(news.channel)
                if attempt is None:
                    return True
                course = replace(course, outcome=attempt.outcome or course.outcome or "unknown")
                to = await self._decide(attempt, course)
            await self._store.attempts.went_on(news.channel, news.call, course, to)
            if news.over:
                self._kept(news.channel)
        except StoreError as away:
            log.debug("an attempt waits", channel=news.channel, why=str(away))
            return False
        except Exception:
            # Its row stays open, and is looked after when the service starts again.
            log.exception("what became of an attempt was not written", channel=news.channel)
        return True

    async def _made_sure(self, news: News) -> Course | None:
        """An end that nobody saw: the dialplan wrote down what it was. None: Asterisk cannot be asked now."""
        if not news.over or not news.course.estimated:
            return news.course
        told = await self._engine.told_at_end(news.channel)
        if told is None:
            return None
        known = course_told(told)
        return merged(news.course, known) if known is not None else news.course


async def with_lead(store: Store, call: str, pop: str) -> str:
    """The pop (JSON text) of a campaign's call, with campaign and lead in it. Raises StoreError."""
    channel = channel_of(call)
    shown = await store.attempts.shown(channel) if channel is not None else None
    return pop if shown is None else pop[:-1] + "," + json.dumps(shown, ensure_ascii=False)[1:]


def merged(heard: Course, known: Course) -> Course:
    """What was heard of an attempt, with what the dialplan knows of its end.

    When the agent was there the dialplan knows better: a Helin that was away heard of it only when it was back.
    """
    outcome = heard.outcome if heard.outcome not in (None, "unknown") else known.outcome
    return Course(
        outcome,
        heard.answered_at,
        known.connected_at or heard.connected_at,
        heard.agent,
        known.ended_at or heard.ended_at,
        heard.cause if heard.cause is not None else known.cause,
        heard.estimated,
    )
