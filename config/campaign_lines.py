"""What the wallboard shows of campaigns: once a second, what the dialer knows of each one that runs here.

It is told over the bus and kept nowhere: the numbers are the dialer's own, those it decides by. What the law counts is
counted from the attempts' rows, for the dialer as for this; leads that are left are counted now and then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from agent_ui.bus.port import CampaignLine, CampaignsSeen, Notice
from config.campaigns import Dialer
from crm_store.campaigns import Campaign
from crm_store.errors import StoreError
from crm_store.store import Store

EVERY_SECONDS: Final = 1.0
COUNTED_EVERY: Final = 5.0
AGAIN_SECONDS: Final = 5.0
"""So often all of it is told even if nothing changed, for web nodes that came meanwhile."""
MOST: Final = 200

log = structlog.get_logger(__name__)


class CampaignLines:
    """``tell``: an engine's end of the bus. ``name``: of its Asterisk."""

    def __init__(self, store: Store, name: str, dialer: Dialer, tell: Callable[[Notice], None]) -> None:
        self._store = store
        self._name = name
        self._dialer = dialer
        self._tell = tell
        self._counted: dict[str, tuple[int, float]] = {}
        self._told: tuple[CampaignLine, ...] = ()
        self._told_at = float("-inf")

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except StoreError as away:
                log.debug("campaigns are not counted", why=str(away))
            except Exception:
                log.exception("a look at the campaigns failed")
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Tells what is news. Raises StoreAway."""
        running = list(self._dialer.running.values())[:MOST]
        lines = tuple([await self._line(one) for one in running])
        now = time.monotonic()
        if lines != self._told or (lines and now - self._told_at >= AGAIN_SECONDS):
            self._told, self._told_at = lines, now
            self._tell(CampaignsSeen(self._name, datetime.now(UTC), lines))

    async def _line(self, one: Campaign) -> CampaignLine:
        floor, budget = self._dialer.floor(one), await self._dialer.budget(one, COUNTED_EVERY)
        launch = self._dialer.launches.get(one.id)
        ringing, met = self._dialer.under_way(one.id)
        return CampaignLine(
            id=one.id, name=one.name, queue=one.queue, mode=one.mode, leads_left=await self._left(one.id),
            ringing=ringing, connected_now=met, agents=floor.agents(), idle=floor.idle, answered=budget.answered,
            abandoned=budget.abandoned, limit=budget.limit,
            pace="" if one.mode == "preview" or launch is None else launch.mode,
            why="" if launch is None else launch.why,
        )  # fmt: skip

    async def _left(self, campaign: str) -> int:
        now = time.monotonic()
        left, at = self._counted.get(campaign, (0, float("-inf")))
        if now - at >= COUNTED_EVERY:
            left = await self._store.leads.left(campaign)
            self._counted[campaign] = left, now
        return left
