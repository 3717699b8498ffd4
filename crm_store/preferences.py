"""Preferences: what a page keeps for its user.

Their meaning is the page's, but for ``language``, which administrators may set as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.schema import preferences
from crm_store.values import upsert

MOST_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Preferences:
    """``changed_at`` None: nothing was kept yet."""

    preferences: Mapping[str, Any]
    changed_at: datetime | None


class KeptPreferences:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, user_id: str) -> Preferences:
        query = select(preferences).where(preferences.c.user_id == int(user_id))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return Preferences(json.loads(row.body), row.changed_at) if row is not None else Preferences({}, None)

    async def put(self, user_id: str, given: Mapping[str, Any], now: datetime) -> Preferences:
        """Replaces them all. Raises Refused when they are too many."""
        body = json.dumps(given, separators=(",", ":"))
        if len(body) > MOST_BYTES:
            raise Refused("preferences", f"preferences are at most {MOST_BYTES} bytes of JSON")
        row = {"user_id": int(user_id), "body": body, "changed_at": now}
        async with self._database.writing() as connection:
            await connection.execute(upsert(connection, preferences, row, ("user_id",)), row)
        return Preferences(given, now)

    async def speak(self, user_id: str, language: str | None, now: datetime) -> bool:
        """The user's pages speak so from the next sign-in on; None: as the browser does. Whether that is a change."""
        had = (await self.get(user_id)).preferences
        if had.get("language") == language:
            return False
        rest = {key: value for key, value in had.items() if key != "language"}
        await self.put(user_id, rest if language is None else {**rest, "language": language}, now)
        return True
