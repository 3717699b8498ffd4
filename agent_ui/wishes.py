"""Commands of panels, carried out: each once for its user and id, each answered once.

Telephony goes to the engines over the bus; what is written about a call goes to the store. A command is a task of its
own, so that it ends as it would have ended when the panel that gave it is gone; whoever gives the same id again gets
its answer.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from agent_ui.board import Board, Me, parties
from agent_ui.bus.port import Notice, WebBus
from agent_ui.commands import COMMANDS, STEERING, WITH_A_CALL
from agent_ui.steering import Steering
from crm_store.answers import answers_of
from crm_store.errors import Conflict, Refused, StoreAway
from crm_store.orders import order_of
from crm_store.store import Store
from crm_store.wrap_ups import STEPS, Next, WrapUp, utc
from routing.commands import CHIEFS, LEADERS, Command, Result, Role
from routing.story import Call

log = structlog.get_logger("wishes")

ENGINE_WITHIN = 8.0
LONGEST_VALUE = 200
LONGEST = {"text": 10_000, "note": 10_000, "next_text": 1_000, "answers": 20_000, "order": 20_000}
"""Texts of several lines; all else is one short line."""
LONGEST_DRAFT = 40_000
REMEMBERED = 5_000
"""Answers kept for a repeated id."""
OWED = "This queue wants to know what came of the call: choose a result first."
NO_SUCH_CALL = "You had no such call."
NOBODY_KNOWN = "Nobody is known to have called: choose or make the contact first."
JOURNAL_LAG = (0.1, 0.3, 0.6, 1.0)
"""A call that has just ended may not be in the store yet: pauses before it is looked for again."""


class Wishes:
    """``engines``: the names of all Asterisks. ``tell`` sends a notice to engines and web nodes, this one too."""

    def __init__(
        self, bus: WebBus, engines: tuple[str, ...], board: Board, store: Store, tell: Callable[[Notice], None]
    ) -> None:
        self._bus = bus
        self._engines = engines
        self._board = board
        self._store = store
        self._steering = Steering(self._ask_engine, tell, board, store)
        self._answers: OrderedDict[tuple[str, str], asyncio.Task[Result]] = OrderedDict()

    async def carry_out(self, who: Me, id: str, name: str, args: Mapping[str, str]) -> Result:
        """The command's one answer. Never raises."""
        key = (who.login, id)
        task = self._answers.get(key)
        if task is None:
            task = self._answers[key] = asyncio.create_task(self._begin(who, id, name, args), name=f"command {name}")
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return await asyncio.shield(task)

    async def _begin(self, who: Me, id: str, name: str, args: Mapping[str, str]) -> Result:
        refused = _refusal(who, name, args) or self._against_policy(who, name) or self._outside(who, name, args)
        if refused is not None:
            return Result(id, False, *refused)
        try:
            if name == "call":
                return await self._call(who, id, args)
            if name == "call_back":
                return await self._call_back(who, id, args)
            if name in STEERING:
                return await self._steering.carry_out(who, id, name, args)
            if COMMANDS[name][0] == "engine":
                return await self._telephony(who, id, name, args)
            return await {"note": self._note, "wrap_up": self._wrap_up, "draft": self._draft}[name](who, id, args)
        except StoreAway:
            return Result(id, False, "failed", "The store cannot be reached; nothing was kept, try again.")
        except Conflict as problem:
            return Result(id, False, "not_possible", f"{problem}.")
        except Refused as problem:
            return Result(id, False, "invalid", f"{problem}.")
        except Exception:
            log.exception("a command stumbled", name=name)
            return Result(id, False, "unknown", "Something went wrong here; see what the panel shows.")

    def _against_policy(self, who: Me, name: str) -> tuple[str, str] | None:
        if self._board.policy.allows(who.role, name):
            return None
        return (
            "not_allowed",
            f"Here a {who.role.replace('_', ' ')} may not do that ([supervision] in the settings).",
        )

    def _outside(self, who: Me, name: str, args: Mapping[str, str]) -> tuple[str, str] | None:
        """A leader's command that is about somebody of another team. What is written about a call is looked at where it
        is kept: it may be over by then."""
        if who.role != "leader" or (COMMANDS[name][0] == "store" and name not in STEERING):
            return None
        agent, call = args.get("agent"), self._board.picture.calls.get(args.get("call", ""))
        if agent and not self._board.teams.sees(who, agent):
            return "not_allowed", f"{agent[:80]} is not in your team."
        if call is not None and not self._board.teams.sees_any(who, parties(call)):
            return "not_allowed", "That call is at nobody of your team."
        return None

    # Telephony

    async def _telephony(self, who: Me, id: str, name: str, args: Mapping[str, str]) -> Result:
        if name == "park" and not _to_come(args.get("until", "")):
            return Result(id, False, "invalid", "Say until when: a time to come, like 2026-11-24T08:00:00Z.")
        if name == "ready" and args.get("agent", who.login) == who.login:
            with suppress(StoreAway):  # whom a dead database kept from work could take no calls either
                if await self._owes_result(who.login):
                    return Result(id, False, "not_possible", OWED)
        return await self._ask_engine(who, id, name, args)

    async def _owes_result(self, login: str) -> bool:
        """Whether this agent wraps up a call whose queue wants to know what came of it, and has not said."""
        queues = self._board.queues_that_ask()
        if not queues or self._board.agent(login).state != "wrap_up":
            return False
        return await self._store.wrap_ups.owed(login, queues) is not None

    async def _ask_engine(self, who: Me, id: str, name: str, args: Mapping[str, str]) -> Result:
        agent = args.get("agent") or who.login
        more = tuple(sorted((key, value) for key, value in args.items() if key != "agent"))
        command = Command(id, who.login, _role_at_engine(who.role), name, agent, more)
        engines = self._engines
        if name in WITH_A_CALL:
            call = self._board.picture.calls.get(args.get("call") or self._board.agent(agent).call or "")
            if call is None:
                return Result(id, False, "unknown", "That call is not up any more.")
            engines = (call.asterisk,)
        answers = await asyncio.gather(*(self._bus.ask(engine, command, ENGINE_WITHIN) for engine in engines))
        return _best(id, answers)

    async def _call(self, who: Me, id: str, args: Mapping[str, str]) -> Result:
        """Written down, then asked of one engine; of the next one only if the one before surely did nothing."""
        agent, channel = args.get("agent") or who.login, f"helin-{secrets.token_hex(12)}"
        first = await self._store.dials.begin(who.login, id, agent, args.get("to", ""), channel, datetime.now(UTC))
        if first is not None:
            return first.result(id)
        command = Command(
            id, who.login, _role_at_engine(who.role), "call", agent, (("channel", channel), ("to", args.get("to", "")))
        )
        result = Result(id, False, "not_ready", "There is no Asterisk.")
        for engine in self._engines:
            result = await self._bus.ask(engine, command, ENGINE_WITHIN)
            if result.code != "not_ready":
                break
        await self._store.dials.answered(who.login, id, result)
        return result

    async def _call_back(self, who: Me, id: str, args: Mapping[str, str]) -> Result:
        """One key: accepts the callback if it is only offered, and dials its number."""
        request = await self._store.requests.get(args.get("request", ""))
        if request is None or request.kind != "callback" or request.number is None:
            return Result(id, False, "unknown", "There is no such callback any more.")
        await self._store.callbacks.check(request, datetime.now(UTC))
        if request.agent != who.login or request.state not in ("offered", "parked", "taken"):
            return Result(id, False, "not_possible", "This callback is not yours.")
        if request.state != "taken":
            accepted = await self._ask_engine(who, f"{id}.accept", "accept", {"request": request.id})
            if not accepted.ok:
                return replace(accepted, id=id)
        return await self._call(who, id, {"to": request.number})

    # What is written about a call

    async def _note(self, who: Me, id: str, args: Mapping[str, str]) -> Result:
        if not args.get("text", "").strip():
            return Result(id, False, "invalid", "The note is empty.")
        call = await self._own(who, args)
        if call is None:
            return Result(id, False, "unknown", NO_SUCH_CALL)
        about = (args.get("contact") or None, call.started_at, call.contact)
        kept = await self._store.interactions.note_call(call.id, who.login, None, args["text"], *about)
        return Result(id, True) if kept is not None else Result(id, False, "not_possible", NOBODY_KNOWN)

    async def _wrap_up(self, who: Me, id: str, args: Mapping[str, str]) -> Result:
        wish = wrap_up_of(who.login, id, args)
        if wish.disposition is None and await self._owes_result(who.login):
            return Result(id, False, "not_possible", OWED)
        if wish.disposition or wish.note or wish.next or wish.order or wish.answers is not None:
            call = await self._own(who, args)
            if call is None:
                return Result(id, False, "unknown", NO_SUCH_CALL)
            if not await self._store.wrap_ups.keep(call, wish, datetime.now(UTC)):
                return Result(id, False, "not_possible", NOBODY_KNOWN)
        if self._board.agent(who.login).state == "wrap_up":
            await self._ask_engine(who, f"{id}.ready", "wrapped_up", {})
        return Result(id, True)

    async def _draft(self, who: Me, id: str, args: Mapping[str, str]) -> Result:
        call = await self._own(who, args)
        if call is None:
            return Result(id, False, "unknown", NO_SUCH_CALL)
        await self._store.drafts.put(call.id, who.login, args.get("text", ""), datetime.now(UTC))
        return Result(id, True)

    async def _own(self, who: Me, args: Mapping[str, str]) -> Call | None:
        call = await self._find(args.get("call", ""))
        return call if call is not None and (who.role in CHIEFS or took_part(call, who.login)) else None

    async def _find(self, id: str) -> Call | None:
        for pause in (*JOURNAL_LAG, None):
            call = self._board.picture.calls.get(id)
            if call is not None:
                return call
            found = await self._store.calls.get(id)
            if found is not None or pause is None:
                return found.call if found is not None else None
            await asyncio.sleep(pause)
        return None


def wrap_up_of(login: str, id: str, args: Mapping[str, str]) -> WrapUp:
    """What the command's texts mean. Raises Refused."""
    given = {key: value.strip() for key, value in args.items() if value.strip()}
    step: Next | None = None
    if "next" in given:
        if given["next"] not in STEPS:
            raise Refused("next", f"next must be one of {', '.join(STEPS)}")
        at = utc(given["next_at"]) if "next_at" in given else None
        owner = None if given.get("next_owner") == "anyone" else login
        step = Next(STEPS[STEPS.index(given["next"])], at, given.get("next_text"), owner, given.get("next_zone"))
    what = (given.get("disposition"), given.get("note"), given.get("contact"), step)
    return WrapUp(login, f"{login}/{id}", *what, answers_of(given.get("answers")), order_of(given.get("order")))


def _to_come(text: str) -> bool:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return False
    return at.tzinfo is not None and at > datetime.now(UTC)


def took_part(call: Call, login: str) -> bool:
    """Whether the call ever rang at this agent, or they talked in it."""
    agents = (*call.ringing, *(segment.agent for segment in call.segments), *(leg.agent for leg in call.legs))
    return login in agents


def _refusal(who: Me, name: str, args: Mapping[str, str]) -> tuple[str, str] | None:
    """The code and the sentence why this is not even tried."""
    if name not in COMMANDS:
        return "invalid", "There is no such command."
    if who.role not in COMMANDS[name][1]:
        return "not_allowed", f"A {who.role.replace('_', ' ')} may not do that."
    of_program = name == "call" and who.role == "api"
    if args.get("agent", who.login) != who.login and who.role not in LEADERS and not of_program:
        return "not_allowed", "That is for supervisors."
    for key, value in args.items():
        longest = LONGEST_DRAFT if name == "draft" and key == "text" else LONGEST.get(key, LONGEST_VALUE)
        if len(value) > longest:
            return "invalid", f"{key} is longer than {longest} characters."
        if key not in LONGEST and any(letter < " " or letter == "\x7f" for letter in value):
            return "invalid", f"{key} has control characters in it."
    return None


def _role_at_engine(role: Role) -> Role:
    """Programs and leaders were held to what they may before; the engine knows nothing of teams."""
    return "supervisor" if role in ("api", "leader") else role


def _best(id: str, answers: list[Result]) -> Result:
    """Of several engines' answers the one that matters: somebody did it, else why the likeliest one did not."""
    worth = {"unknown": 1, "not_ready": 2}
    none = Result(id, False, "not_ready", "There is no Asterisk.")
    return max(answers, key=lambda answer: 9 if answer.ok else worth.get(answer.code, 3)) if answers else none


CarryOut = Callable[[Me, str, str, Mapping[str, str]], Awaitable[Result]]
