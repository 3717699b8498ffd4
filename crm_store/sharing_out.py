"""Who gets which leads: among a campaign's agents all alike, or by quota; and the next one for an agent who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.campaign_schema import dial_lists, leads
from crm_store.campaigns import Campaign
from crm_store.database import Database
from crm_store.leads import Lead, Leads, open_leads
from crm_store.schema import queue_agents, queues, users
from crm_store.values import key_of

MOST_AT_ONCE: Final = 10_000
IN_HAND: Final = ("open", "reserved", "callback")


def shares(in_hand: Mapping[str, int], free: int, quotas: Mapping[str, int] | None = None) -> dict[str, int]:
    """How many of ``free`` leads each agent gets, who has so many now: none more than ``quotas`` says, else so that in
    the end all have alike, as far as that goes. Who is named first gets what does not divide."""
    if quotas is not None:
        wanted = {agent: max(0, quotas.get(agent, 0) - has) for agent, has in in_hand.items()}
        found = {}
        for agent, count in wanted.items():
            found[agent] = min(count, free)
            free -= found[agent]
        return found
    level, left = _level(sorted(in_hand.values()), free)
    found = {agent: max(0, level - has) for agent, has in in_hand.items()}
    for agent, has in in_hand.items():
        if left and has <= level:
            found[agent] += 1
            left -= 1
    return found


def _level(has: Sequence[int], free: int) -> tuple[int, int]:
    """Up to where ``free`` fills all, and what is left over."""
    below, filled = 0, 0
    for below in range(1, len(has) + 1):
        filled += has[below - 1]
        level, left = divmod(free + filled, below)
        if below == len(has) or level <= has[below]:
            return level, left
    return 0, free


def _dealt(free: Sequence[int], given: Mapping[str, int]) -> dict[str, list[int]]:
    """In turn, as cards are: nobody gets all of the best."""
    left = {agent: count for agent, count in given.items() if count}
    found: dict[str, list[int]] = {agent: [] for agent in left}
    cards = iter(free)
    while left:
        for agent in list(left):
            found[agent].append(next(cards))
            left[agent] -= 1
            if not left[agent]:
                del left[agent]
    return found


class SharingOut:
    def __init__(self, database: Database, leads_: Leads) -> None:
        self._database = database
        self._leads = leads_

    async def take(self, campaign: Campaign, agent: str, now: datetime) -> Lead | None:
        """The next lead for this agent, reserved as the campaign says; None when there is none now."""
        for lead in await self._leads.next_leads(campaign.id, now, 20, agent=agent):
            mine = await self._leads.reserve(lead.id, agent, now, campaign.settings.reserve_seconds)
            if mine is not None:
                return mine
        return None

    async def share(self, campaign: Campaign, now: datetime, agents: Sequence[str] = ()) -> Mapping[str, int]:
        """Gives leads that are nobody's to the campaign's agents, or to these, as its settings say; ten thousand at
        most, the highest ranks first. How many each got."""
        rule = campaign.settings
        if rule.share == "none":
            return {}
        quotas = rule.quotas if rule.share == "quota" else None
        async with self._database.reading() as connection:
            names = list(agents) or await _agents(connection, campaign.queue)
            in_hand = await _in_hand(connection, campaign.id, names)
            lacking = sum(shares(in_hand, MOST_AT_ONCE, quotas).values()) if in_hand else 0
            free = await open_leads(connection, campaign.id, lacking, leads.c.owner.is_(None))
        given = shares(in_hand, len(free), quotas) if free else {}
        if given:
            async with self._database.writing() as connection:
                for agent, part in _dealt(free, given).items():
                    here = and_(leads.c.id.in_(part), leads.c.owner.is_(None))
                    await connection.execute(update(leads).where(here).values(owner=agent, changed_at=now))
        return {agent: count for agent, count in given.items() if count}


async def _agents(connection: AsyncConnection, queue: str) -> list[str]:
    serving = queue_agents.join(users, users.c.id == queue_agents.c.user_id)
    serving = serving.join(queues, queues.c.id == queue_agents.c.queue_id)
    query = select(users.c.login).select_from(serving).where(queues.c.name == queue, users.c.active)
    return list((await connection.execute(query.order_by(users.c.login))).scalars())


async def _in_hand(connection: AsyncConnection, campaign: str, agents: Sequence[str]) -> dict[str, int]:
    here = and_(leads.c.list_id.in_(_lists(campaign)), leads.c.state.in_(IN_HAND), leads.c.owner.in_(agents))
    query = select(leads.c.owner, func.count().label("n")).where(here).group_by(leads.c.owner)
    found = {row.owner: row.n for row in await connection.execute(query)}
    return {agent: found.get(agent, 0) for agent in agents}


def _lists(campaign: str) -> Select[tuple[int]]:
    return select(dial_lists.c.id).where(dial_lists.c.campaign_id == (key_of(campaign) or 0), dial_lists.c.active)
