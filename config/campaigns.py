"""The dialer's shell: once a second, and whenever the floor changes, it asks what should be dialled, and dials it.

``routing`` decides how many (:mod:`routing.dialer`) and whether it is lawful; the store says who is next and has the
attempt written down before anything is sent; the dialplan takes whoever answers. Without a link that is READY, or
without the store, nothing is dialled. Calls that are under way go on whatever happens here.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog

from config.courses import Courses, News
from config.tries import never_left, next_try, number_of, traits_of, window_of
from crm_store.attempts import Attempt, NewAttempt, NextTry, NotBegun
from crm_store.campaigns import Campaign
from crm_store.errors import StoreError
from crm_store.leads import Lead
from crm_store.store import Store
from cti.engine import Engine
from routing.actions import DialLead
from routing.attempts import PREFIX, Course, course_told
from routing.commands import Command, Result
from routing.dialer import Budget, Floor, Launch, Pacing, Traits
from routing.dialling.floor import floor_of, is_idle, together
from routing.dialling.sharing import Campaign as Share
from routing.dialling.sharing import share_out
from routing.facts import AgentChanged, Recorded
from routing.lawful import Abandonment, Verdict
from routing.story import Call

EVERY_SECONDS: Final = 1.0
AT_LEAST: Final = 0.05
"""Seconds between two looks, however much happens."""
DEADLINE: Final = timedelta(seconds=5)
"""What has not left by then does not leave."""
SILENT_SECONDS: Final = 4.0
"""So long nothing may be heard of a call that was sent, before Asterisk is asked whether there is one."""
AHEAD: Final = 50
"""Leads looked at in one go, for each campaign, at most."""
AT_LEAST_OFF: Final = timedelta(seconds=10)
FOR_GOOD: Final = frozenset(("bad_number",))
"""Codes of verdicts that nothing changes any more."""
NOT_YET: Final = timedelta(minutes=5)
"""A lead that may not be called now, nobody knows until when, is looked at again so much later."""
WINDOW_LEFT: Final = 7200.0
FORGOTTEN_AT_ONCE: Final = 4

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class UnderWay:
    """A call that is up, or may be. ``since``, ``asked``: monotonic; when Asterisk was asked whether it is there.

    ``met``: it waits for an agent, or its outcome is known, so it rings no more. ``uncertain``: whether it was sent.
    """

    campaign: str
    traits: Traits
    since: float
    met: bool = False
    uncertain: bool = False
    learned: bool = False
    asked: float = 0.0


class Progressive(Pacing):
    """A call for each idle agent, whatever has been learned."""

    def _careful(self, floor: Floor, now: float) -> str | None:
        return "the campaign is set so"


class Dialer:
    """For one Asterisk. ``mine``: which campaigns are dialled here. ``dial``: its dial string, with ``{number}``."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        dial: str,
        open_calls: Sequence[Call] = (),
        mine: Callable[[Campaign], bool] = lambda _: True,
    ) -> None:
        self._store = store
        self._engine = engine
        self._dial = dial
        self._mine = mine
        self._forget: list[str] = []
        self.courses = Courses(store, engine, open_calls, self._next_try, self._told, self._forget.append)
        self._up: dict[str, UnderWay] = {}
        self._pacings: dict[str, Pacing] = {}
        self._campaigns: dict[str, Campaign] = {}
        self._budgets: dict[str, tuple[Budget, float]] = {}
        self.launches: dict[str, Launch] = {}
        """How each was decided last."""
        self._talks: dict[str, tuple[str, float, datetime]] = {}
        self._changed = asyncio.Event()

    def hear(self, recorded: Sequence[Recorded]) -> None:
        """As one of an engine's."""
        self.courses.hear(recorded)
        for one in recorded:
            if isinstance(one.fact, AgentChanged):
                self._agent(one.fact)

    @property
    def running(self) -> dict[str, Campaign]:
        """Those that run here, by id."""
        return self._campaigns

    def under_way(self, campaign: str) -> tuple[int, int]:
        """Its calls: how many ring, and how many somebody has answered."""
        mine = [one.met for one in self._up.values() if one.campaign == campaign]
        return mine.count(False), mine.count(True)

    async def budget(self, campaign: Campaign, within: float) -> Budget:
        """What the law allows it still, not older than so many seconds. Raises StoreAway."""
        budget, at = self._budgets.get(campaign.id, (None, 0.0))
        return budget if budget is not None and time.monotonic() - at < within else await self._budget(campaign)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.courses.run())
            tasks.create_task(self._dial_on())

    async def _dial_on(self) -> None:
        caught_up = False
        while True:
            try:
                if self._engine.status.ready:
                    if not caught_up:
                        caught_up = await self._catch_up()
                    await self._look_after()
                    if caught_up:
                        await self._step()
            except StoreError as away:
                log.debug("nothing is dialled", why=str(away))
            except Exception:
                # The telephone system goes on without a dialer; what was begun is found by its row.
                log.exception("a look of the dialer failed")
            await asyncio.sleep(AT_LEAST)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._changed.wait()
            self._changed.clear()

    # -- what was begun before -----------------------------------------------------------------------------------------

    async def _catch_up(self) -> bool:
        """Attempts that an engine before this one began and whose end is not written: False while Asterisk does not
        say which are there. None is ever sent again."""
        for attempt in await self._store.attempts.open(self._engine.asterisk.name):
            if attempt.channel in self._up:
                continue
            there = await self._engine.is_up(attempt.channel)
            if there is None:
                return False
            traits = traits_of(attempt.list, attempt.at, 0)
            self._up[attempt.channel] = UnderWay(
                attempt.campaign, traits, time.monotonic(), attempt.outcome is not None
            )
            self._up[attempt.channel].learned = True
            if not there and not await self._ended_unseen(attempt.channel, "unknown"):
                return False
        return True

    async def _look_after(self) -> None:
        """Calls of which nothing is heard: are they there?"""
        now = time.monotonic()
        for channel, one in list(self._up.items()):
            if self.courses.follows(channel) or now - max(one.since, one.asked) < SILENT_SECONDS:
                continue
            one.asked = now
            if await self._engine.is_up(channel) is False:
                await self._ended_unseen(channel, "unknown" if one.uncertain else "failed")

    async def _ended_unseen(self, channel: str, otherwise: Any) -> bool:
        """Whether it could be found out; by the dialplan's own word, else it is ``otherwise``."""
        told = await self._engine.told_at_end(channel)
        if told is None:
            return False
        now = datetime.now(UTC)
        course = course_told(told) or Course(otherwise, None, None, None, now, None, estimated=True)
        self.courses.note(channel, None, course, over=True)
        return True

    # -- what is heard -------------------------------------------------------------------------------------------------

    def _told(self, news: News) -> None:
        one = self._up.get(news.channel)
        if one is None:
            return  # found by a snapshot before the rows were read: the rows say whose it is
        course = news.course
        if course.outcome is not None or (course.answered_at is not None and self._waits(news.call)):
            one.met = True
        if not one.learned and (news.over or course.outcome is not None or one.met):
            one.learned = True
            person = course.outcome in ("person", "abandoned") or (course.outcome is None and not news.over)
            self._pacing(one.campaign).heard(one.traits, one.since, time.monotonic(), person)
        if news.over:
            del self._up[news.channel]
            self._talked(one.campaign, course)
            self._changed.set()

    def _talked(self, campaign: str, course: Course) -> None:
        """An agent is busy with the call from the answer until they are ready again, which may be so already."""
        if course.agent is None or course.connected_at is None or course.ended_at is None:
            return
        seconds = max(0.0, (course.ended_at - course.connected_at).total_seconds())
        self._talks[course.agent] = campaign, seconds, course.ended_at
        now = self._engine.picture().agents.get(course.agent)
        if now is not None:
            self._agent(now)

    def _waits(self, call: str | None) -> bool:
        there = self._engine.picture().calls.get(call or "")
        return there is not None and there.heard == "person"

    def _agent(self, fact: AgentChanged) -> None:
        if fact.availability == "ready" and fact.leg == "none":
            self._changed.set()
            if (talk := self._talks.pop(fact.agent, None)) is not None:
                campaign, seconds, over_at = talk
                self._pacing(campaign).handled(seconds, max(0.0, (fact.since - over_at).total_seconds()))

    async def _next_try(self, attempt: Attempt, course: Course) -> NextTry:
        now = datetime.now(UTC)
        campaign = self._campaigns.get(attempt.campaign) or await self._store.campaigns.get(attempt.campaign)
        lead = await self._store.leads.get(attempt.lead)
        if campaign is None or lead is None:
            return NextTry("done", now)
        tried = await self._store.attempts.tried(lead.id)
        return next_try(campaign, lead, attempt, tried, attempt.outcome or course.outcome or "unknown", now)

    # -- what is dialled -----------------------------------------------------------------------------------------------

    async def _step(self) -> None:
        running = {one.id: one for one in await self._store.campaigns.running() if self._mine(one)}
        self._campaigns = running
        for kept in (self._budgets, self.launches):
            for id in [id for id in kept if id not in running]:
                del kept[id]
        dialled = {id: one for id, one in running.items() if one.mode != "preview" and one.caller_number}
        if not dialled:
            return
        for group in together(self._engine.picture(), {id: one.queue for id, one in dialled.items()}):
            await self._share([dialled[id] for id in sorted(group)])

    async def _share(self, group: Sequence[Campaign]) -> None:
        asked, due = {}, {}
        for one in group:
            floor = self.floor(one)
            steady = one.mode == "progressive"
            most = floor.spare() if steady else 2 * floor.agents()
            due[one.id] = await self._due(one, max(0, min(AHEAD, most)))
            # Also who has nobody left to call: its calls that ring take agents from the others.
            if due[one.id] or floor.ringing:
                asked[one.id] = (await self._budget(one), [traits for _, _, traits in due[one.id]])
        shares = {
            id: Share(self._pacing(id), self.floor(self._campaigns[id]), budget, leads)
            for id, (budget, leads) in asked.items()
        }
        for id, launch in share_out(shares, time.monotonic()).items():
            self.launches[id] = launch
            await self._launch(self._campaigns[id], due[id], launch.count)

    def floor(self, campaign: Campaign) -> Floor:
        """As this campaign sees it now."""
        mine = [one for one in self._up.values() if one.campaign == campaign.id and not one.met]
        ringing = [(one.since, one.traits) for one in mine]
        return floor_of(self._engine.picture(), campaign.queue, ringing, datetime.now(UTC), time.monotonic())

    def _pacing(self, campaign: str) -> Pacing:
        found = self._pacings.get(campaign)
        steady = campaign in self._campaigns and self._campaigns[campaign].mode == "progressive"
        if found is None or (steady and not isinstance(found, Progressive)):
            found = self._pacings[campaign] = Progressive() if steady else Pacing()
        return found

    async def _budget(self, campaign: Campaign) -> Budget:
        now = datetime.now(UTC)
        law = await self._store.lawfulness.profiles.ready(campaign.profile, now)
        limit, since = window_of(campaign, law.abandonment if law is not None else Abandonment(), now)
        counted = await self._store.attempts.answered(campaign.id, since)
        budget = Budget(limit, counted.persons, counted.abandoned, WINDOW_LEFT)
        self._budgets[campaign.id] = budget, time.monotonic()
        return budget

    async def _due(self, campaign: Campaign, most: int) -> list[tuple[Lead, str, Traits]]:
        """Who is next, with the number to dial. Who may not be called now is put off until the law allows it."""
        if not most:
            return []
        now = datetime.now(UTC)
        ahead = await self._store.leads.next_leads(campaign.id, now, most)
        judged = await self._store.lawfulness.judged(campaign.id, [lead.id for lead in ahead], now)
        found = []
        for lead in ahead:
            verdicts = {one.number: one.verdict for one in judged if one.lead == lead.id}
            number = number_of(lead, [number for number, verdict in verdicts.items() if verdict.allowed])
            if number is not None:
                found.append((lead, number, traits_of(lead.list_id, now, lead.attempts)))
            else:
                await self._put_off(lead, list(verdicts.values()), now)
        return found

    async def _put_off(self, lead: Lead, verdicts: Sequence[Verdict], now: datetime) -> None:
        """Until the first of its numbers may be called; what time does not mend ends it."""
        moments = [one.not_before for one in verdicts if one.not_before is not None]
        log.debug("not dialled", lead=lead.id, why="; ".join(one.why for one in verdicts) or "it has no number")
        if moments:
            await self._store.attempts.put_off(lead.id, max(min(moments), now + AT_LEAST_OFF), now)
        elif all(one.code in FOR_GOOD for one in verdicts):
            await self._store.leads.skip(lead.id, now)
        else:
            await self._store.attempts.put_off(lead.id, now + NOT_YET, now)

    async def _launch(self, campaign: Campaign, due: Sequence[tuple[Lead, str, Traits]], count: int) -> None:
        """So many leave, in this order; who may not be called now makes room for the next."""
        left = count
        for lead, number, traits in due:
            if left <= 0:
                return
            if await self._dials(campaign, lead, number, traits):
                left -= 1

    async def _dials(
        self, campaign: Campaign, lead: Lead, number: str, traits: Traits, agent: str | None = None
    ) -> bool:
        now = datetime.now(UTC)
        channel = f"{PREFIX}{secrets.token_hex(8)}"
        new = NewAttempt(
            channel, self._engine.asterisk.name, campaign.id, lead.list_id, lead.id, number, campaign.mode, now,
            now + DEADLINE, agent,
        )  # fmt: skip
        one = self._up[channel] = UnderWay(campaign.id, traits, time.monotonic())
        try:
            attempt = await self._store.attempts.begin(new)
        except NotBegun as why_not:
            del self._up[channel]
            log.info("not dialled", lead=lead.id, why=str(why_not))
            if why_not.verdict is not None:
                await self._put_off(lead, [why_not.verdict], now)
            return False
        except BaseException:
            # It may have been written down all the same; its row is found, and the call is not.
            one.uncertain = True
            raise
        if agent is not None:
            self._engine.meant_for(channel, agent)
        await self._sent(campaign, new, attempt, one)
        return True

    async def dial_lead(self, command: Command) -> Result:
        """The lead that is reserved for the agent, by the agent's word. Never raises for its sake."""
        lead_id = dict(command.args).get("lead", "")

        def no(code: str, why: str) -> Result:
            return Result(command.id, False, code, why)

        if not self._engine.status.ready:
            return no("not_ready", "Helin is not connected to the telephone system.")
        try:
            lead, now = await self._store.leads.get(lead_id), datetime.now(UTC)
            mine = lead is not None and lead.state == "reserved" and lead.reserved_by == command.agent == command.by
            if lead is None or not mine or lead.reserved_until is None or lead.reserved_until <= now:
                return no("not_possible", "This lead is not kept for you (any more); ask for the next one.")
            campaign = await self._store.campaigns.get(lead.campaign_id)
            if campaign is None or campaign.state != "running" or campaign.mode != "preview":
                return no("not_possible", "The campaign does not run now.")
            if not self._mine(campaign):
                return no("not_ready", "This telephone system does not have the campaign's queue.")
            state = self._engine.picture().agents.get(command.agent)
            if state is None or not is_idle(state, campaign.queue):
                return no("not_possible", "Be ready and without a call before you have a lead dialled.")
            self._campaigns.setdefault(campaign.id, campaign)
            judged = await self._store.lawfulness.judged(campaign.id, [lead.id], now, sure_agent=True)
            number = number_of(lead, [one.number for one in judged if one.verdict.allowed])
            if number is None:
                await self._put_off(lead, [one.verdict for one in judged], now)
                return no("not_possible", judged[0].verdict.why if judged else "The lead has no number.")
            traits = traits_of(lead.list_id, now, lead.attempts)
            if await self._dials(campaign, lead, number, traits, command.agent):
                return Result(command.id, True)
            return no("not_possible", "It cannot be dialled now; ask for the next one.")
        except StoreError:
            return no("not_ready", "The store cannot be reached, so nothing is dialled; try again.")

    async def _sent(self, campaign: Campaign, new: NewAttempt, attempt: str, one: UnderWay) -> None:
        forget, self._forget = self._forget[:FORGOTTEN_AT_ONCE], self._forget[FORGOTTEN_AT_ONCE:]
        wish = DialLead(
            new.channel, self._dial.replace("{number}", new.number), campaign.caller_number or "", campaign.queue,
            campaign.id, attempt, campaign.settings.ring_seconds, campaign.settings.amd, tuple(forget),
            campaign.settings.legal_sound,
        )  # fmt: skip
        if datetime.now(UTC) >= new.deadline:
            self.courses.note(new.channel, None, never_left("cancelled"), over=True)
            return
        outcome = await self._engine.dial(wish)
        if outcome.ok:
            return
        if outcome.code == "no_answer":
            one.uncertain = True
            return
        log.warning("not dialled", attempt=attempt, why=outcome.message)
        self.courses.note(new.channel, None, never_left("failed"), over=True)
