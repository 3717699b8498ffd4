"""What agents dialled by a click: written down before it is sent, so that nothing is dialled twice.

``key`` is the client's (the panel's command id, or ``Idempotency-Key``), unique for who gave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_store.database import Database
from crm_store.schema import dials
from routing.commands import Result

DialState = Literal["dialling", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Dial:
    """``channel``: the unique id that Asterisk was told to use. ``unknown``: nobody knows whether it left."""

    channel: str
    state: DialState
    code: str
    message: str

    def result(self, id: str) -> Result:
        if self.state == "unknown":
            return Result(id, False, "unknown", "Nobody knows whether it was dialled; see what the panel shows.")
        return Result(id, self.state == "dialling", self.code, self.message)


class Dials:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, by: str, key: str, agent: str, to: str, channel: str, now: datetime) -> Dial | None:
        """None: it is new, and written down as ``unknown``. Else what became of the first one."""
        row = {"by": by, "key": key, "agent": agent, "dialled": to, "channel": channel, "at": now, "state": "unknown"}
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(dials).values(row | {"code": "", "message": ""}))
        except IntegrityError:
            return await self.get(by, key)
        return None

    async def answered(self, by: str, key: str, result: Result) -> None:
        """What the engine said. What nobody knows stays unknown."""
        if not result.ok and result.code in ("no_answer", "unknown"):
            return
        said = {"state": "dialling" if result.ok else "refused", "code": result.code, "message": result.message}
        async with self._database.writing() as connection:
            await connection.execute(update(dials).where(dials.c.by == by, dials.c.key == key).values(said))

    async def get(self, by: str, key: str) -> Dial | None:
        query = select(dials).where(dials.c.by == by, dials.c.key == key)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return Dial(row.channel, row.state, row.code, row.message) if row is not None else None
