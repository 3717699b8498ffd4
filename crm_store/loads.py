"""What came in to a queue, half hour by half hour: from the sums that are kept beside the calls."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.figures import Figures, FigureWish


class Loads:
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    async def of(self, queue: str, begin: datetime, end: datetime, zone: ZoneInfo) -> list[int]:
        """Calls offered in each half hour of the zone's clock, as routing.figures.intervals cuts them.

        Raises Refused, StoreAway.
        """
        only = {"queue": (queue,), "direction": ("inbound",)}
        found = await self._figures.of(FigureWish(begin, end, "half_hour", zone, only=only, sums=("offered",)))
        return [found.cells.get(((), place), {}).get("offered", 0) for place in range(len(found.parts))]
