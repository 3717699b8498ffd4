"""Who listens to recordings, written down before a byte of sound leaves; and sounds' pictures, kept for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime
from pathlib import Path

from crm_store.audit import Deed
from crm_store.sound import Peaks, peaks_of
from crm_store.store import Store

LISTENED = "listened"
ONE_LISTENING_SECONDS = 600.0
"""A player asks for a file in many pieces: within so long they are one listening."""
LISTENINGS_KEPT = 5_000
PICTURES_KEPT = 500
PICTURES_AT_ONCE = 2


class Listening:
    """One for each web process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lately: OrderedDict[tuple[str, str, int], float] = OrderedDict()
        self._pictures: OrderedDict[tuple[Path, int, int], Peaks] = OrderedDict()
        self._slots = asyncio.Semaphore(PICTURES_AT_ONCE)

    async def note(self, at: datetime, who: str, call: str, n: int) -> None:
        """Raises StoreAway: then nobody listens."""
        key, now = (who, call, n), asyncio.get_running_loop().time()
        if now - self._lately.get(key, float("-inf")) < ONE_LISTENING_SECONDS:
            return
        await self._store.audit.add(at, who, LISTENED, f"call:{call}", {"recording": n})
        self._lately[key] = now
        self._lately.move_to_end(key)
        while len(self._lately) > LISTENINGS_KEPT:
            self._lately.popitem(last=False)

    async def of(self, call: str) -> tuple[Deed, ...]:
        """Newest first."""
        return await self._store.audit.of(f"call:{call}", LISTENED)

    async def picture(self, path: Path) -> Peaks:
        """Reckoned in a thread, a few at a time. Raises NoRecording."""
        stat = await asyncio.to_thread(path.stat)
        key = (path, stat.st_mtime_ns, stat.st_size)
        found = self._pictures.get(key)
        if found is None:
            async with self._slots:
                found = self._pictures[key] = await asyncio.to_thread(peaks_of, path)
            while len(self._pictures) > PICTURES_KEPT:
                self._pictures.popitem(last=False)
        return found
