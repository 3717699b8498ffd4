"""What supervisors do to agents and their calls, on the web's side: what the store keeps of it, and the audit trail.

The engine carries out what is about calls and states. Each deed is written down with who, whom, in what call and when;
how long somebody listened comes from the journal (:mod:`crm_store.journal` adds it, also after an outage of the store).
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import structlog

from agent_ui.board import Board, Me
from agent_ui.bus.port import DirectoryChanged, Message, Notice
from agent_ui.commands import STEERING
from crm_store.errors import Refused, StoreAway
from crm_store.store import Store
from crm_store.values import version_of
from routing import places
from routing.commands import Result

log = structlog.get_logger("steering")

LONGEST_MESSAGE = 1_000
Ask = Callable[[Me, str, str, Mapping[str, str]], Awaitable[Result]]
"""Asks the engines that it concerns."""


class Steering:
    def __init__(self, ask: Ask, tell: Callable[[Notice], None], board: Board, store: Store) -> None:
        self._ask = ask
        self._tell = tell
        self._board = board
        self._store = store

    async def carry_out(self, who: Me, id: str, name: str, args: Mapping[str, str]) -> Result:
        """One of STEERING, or the end of listening."""
        if name in ("listen", "whisper", "barge"):
            args = {**args, "channel": f"{places.LISTENER}{secrets.token_hex(12)}"}
        call = self._call_of(args)
        if name == "move_agent":
            result = await self._move_agent(who, id, args)
        elif name == "message":
            result = self._message(who, id, args)
        else:
            result = await self._ask(who, id, name, args)
        if result.ok and name in STEERING:
            await self._write_down(who, name, args, call)
        return result

    def _call_of(self, args: Mapping[str, str]) -> str | None:
        return args.get("call") or self._board.agent(args.get("agent", "")).call

    async def _write_down(self, who: Me, name: str, args: Mapping[str, str], call: str | None) -> None:
        """What was done is not undone because it cannot be written down; the journal has what the engine did."""
        agent = args.get("agent") or self._talks_in(call)
        everybody = f"team:{who.team}" if who.role == "leader" else "agents:all"
        subject = f"agent:{agent}" if agent else f"queue:{args['queue']}" if args.get("queue") else everybody
        kept = {key: args[key] for key in ("state", "reason", "queues", "skills", "text") if args.get(key)}
        if name != "message" and call:
            kept["call"] = call
        try:
            await self._store.audit.add(datetime.now(UTC), who.login, name, subject, kept)
        except StoreAway:
            log.error("not in the audit trail: the store is away", who=who.login, what=name, subject=subject)

    def _talks_in(self, call: str | None) -> str:
        found = self._board.picture.calls.get(call or "")
        talks = [segment.agent for segment in found.segments if segment.ended_at is None] if found else []
        return talks[0] if talks else ""

    async def _move_agent(self, who: Me, id: str, args: Mapping[str, str]) -> Result:
        """Kept first: who logs in later comes into the same queues. ``queues``, ``skills``: only what is given."""
        login = args.get("agent", "")
        had = await self._store.users.file(login)
        if had is None:
            return Result(id, False, "unknown", f"There is no agent {login[:80]!r}.")
        if "queues" not in args and "skills" not in args:
            return Result(id, False, "invalid", "Say which queues, or which skills.")
        given = {key: value for key, value in asdict(had).items() if key not in ("id", "login", "language")}
        if "queues" in args:
            given["queues"] = sorted({name.strip() for name in args["queues"].split(",") if name.strip()})
        if "skills" in args:
            given["skills"] = skills_of(args["skills"])
        put = await self._store.users.put(had.login, **given, version=version_of(had))
        if put.changed:
            self._tell(DirectoryChanged())
        if "queues" not in args:
            return Result(id, True)
        moved = await self._ask(who, id, "move_agent", {"agent": login, "queues": ",".join(given["queues"])})
        if moved.code == "unknown":  # without a phone: nobody who could be in a queue now
            return Result(id, True)
        return moved

    def _message(self, who: Me, id: str, args: Mapping[str, str]) -> Result:
        text, agent, queue = args.get("text", "").strip(), args.get("agent", ""), args.get("queue", "")
        team = (who.team or "") if who.role == "leader" and not agent else ""
        if not text:
            return Result(id, False, "invalid", "The message is empty.")
        if len(text) > LONGEST_MESSAGE:
            return Result(id, False, "invalid", f"A message takes at most {LONGEST_MESSAGE} letters.")
        if not agent and not queue and args.get("all") != "yes":
            return Result(id, False, "invalid", "Say to whom: an agent, a queue, or all.")
        if who.role == "leader" and queue:
            return Result(id, False, "not_allowed", "Write to an agent of your team, or to all of the team.")
        if agent and not self._board.knows(agent):
            return Result(id, False, "unknown", f"There is no agent {agent[:80]!r}.")
        if queue and queue not in self._board.queue_names():
            return Result(id, False, "unknown", f"There is no queue {queue[:80]!r}.")
        to = agent, "" if agent else queue, team
        self._tell(Message(secrets.token_hex(8), datetime.now(UTC), who.login, text, *to))
        return Result(id, True)


def skills_of(text: str) -> dict[str, int]:
    """``billing=3, estonian=5``. Raises Refused."""
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, level = part.partition("=")
        if not level.strip().isdecimal() or not name.strip():
            raise Refused("skills", f"{part[:80]!r} is no skill with a level, like billing=3")
        found[name.strip()] = int(level)
    return found
