"""A shop of eight agents and three skills, forty callers of three tiers, and what the what-if says of the same day.

Phones and callers are SIPp's; each phone ends its talks after a time of its own. What happened is read from Helin's log
and given to the what-if as its input: who came when, how long each was with the agent. So the two can be held against
each other on a machine of any speed.
"""

from __future__ import annotations

import asyncio
import math
import random
import shutil
import socket
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from config.asterisk_folder.find import Asterisk
from config.asterisk_folder.instance import Instance, running_asterisk
from config.asterisk_folder.ports import LOOPBACK, free_port
from config.demo import SHOP_CONF, towards
from crm_store.codec import decode_fact
from routing.events import QueuePlan
from routing.facts import AgentChanged, AgentRinging, CallAnswered, CallArrived, CallEnded, CallQueued, Fact
from routing.order import in_order
from routing.priority import Request
from routing.requests import Class
from routing.what_if.day import Arrival, Served, Shift, run
from routing.what_if.policies import HelinPolicy
from routing.worth import Pace, Promise
from tests.real.scenarios import Caller, Phone, caller_scenario
from tests.real.service import PASSWORD, Person, Service, configured
from tests.real.sipp import Sipp, answering, write_tone

QUEUES = ("estonian", "finnish", "russian")
SKILLS: Mapping[str, tuple[str, ...]] = {
    "1011": ("estonian",),
    "1012": ("estonian",),
    "1013": ("finnish",),
    "1014": ("russian",),
    "1015": ("estonian", "finnish"),
    "1016": ("estonian", "russian"),
    "1017": ("finnish", "russian"),
    "1018": QUEUES,
}
TALK_MS = {
    "1011": 2100,
    "1012": 3700,
    "1013": 2900,
    "1014": 2500,
    "1015": 3300,
    "1016": 1900,
    "1017": 2300,
    "1018": 4100,
}
TIERS = {"A": 5.0, "B": 2.0, "C": 1.0}
PROMISE = Promise(10, 120)
PLAN = QueuePlan("any", "assist", 10, 120)
Mode = Literal["direct", "assist"]


@dataclass(frozen=True, slots=True)
class Ring:
    """A customer to be: number, queue, tier."""

    number: str
    queue: str
    tier: str


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a caller; seconds since 1970. ``ended``: the agent was free again, or the caller gave up."""

    ring: Ring
    queued: float
    agent: str | None
    rang: float
    ended: float


def rings(count: int, queues: Sequence[str] = QUEUES, seed: int = 1) -> list[Ring]:
    dice = random.Random(seed)
    return [Ring(f"+3725550{n + 1000}", dice.choice(queues), dice.choices("ABC", (2, 3, 5))[0]) for n in range(count)]


@dataclass(slots=True)
class FloorShop:
    asterisk: Instance
    helin: Service
    phones: Mapping[str, int]
    skills: Mapping[str, tuple[str, ...]]

    async def log_in(self) -> None:
        """One after the other: who comes first is idle for longest."""
        for extension, skills in self.skills.items():
            for queue in skills:
                await self.asterisk.rx(f"queue add member PJSIP/{extension} to {queue}")

    @contextmanager
    def answered(self) -> Iterator[None]:
        """Eight phones."""
        with ExitStack() as stack:
            for extension, port in self.phones.items():
                stack.enter_context(answering(Phone(answer_ms=150, bye_ms=TALK_MS[extension]), port))
            yield

    @contextmanager
    def calls(self, callers: Sequence[Ring], per_second: float) -> Iterator[Sipp]:
        """They call at this pace, in this order, and talk until the agent hangs up."""
        with tempfile.TemporaryDirectory(prefix="sipp-") as name:
            folder = Path(name)
            rows = [f"{ring.number};{did(ring.queue)};" for ring in callers]
            (folder / "callers.csv").write_text("\n".join(("SEQUENTIAL", *rows, "")))
            scenario = caller_scenario(Caller("[field0]", "[field1]", talk_ms=None), str(write_tone(folder, 440)))
            words = [f"{LOOPBACK}:{self.asterisk.ports.sip}", "-m", str(len(callers)), "-inf", "callers.csv"]
            words += ["-l", str(len(callers)), "-r", "1", "-rp", str(round(1000 / per_second))]
            sipp = Sipp(folder, scenario, words)
            try:
                yield sipp
            finally:
                sipp.kill()


def did(queue: str) -> str:
    return f"+372555040{QUEUES.index(queue)}"


@asynccontextmanager
async def running_floor(
    home: Asterisk,
    folder: Path,
    mode: Mode,
    callers: Sequence[Ring],
    skills: Mapping[str, tuple[str, ...]] = SKILLS,
) -> AsyncIterator[FloorShop]:
    """Asterisk and Helin with these queues and agents; the callers are known to the CRM with their tiers."""
    phones = {extension: free_port(socket.SOCK_DGRAM) for extension in SKILLS}
    conf = folder / "conf"
    shutil.copytree(SHOP_CONF, conf)
    _append(conf / "pjsip.conf", _endpoints(phones))
    _append(conf / "queues.conf", "".join(f"\n[{queue}](helin-queue)\nstrategy = leastrecent\n" for queue in QUEUES))
    _patient(conf / "extensions.conf")
    _append(conf / "extensions.conf", "".join(_entry(queue, mode) for queue in QUEUES))
    async with (
        running_asterisk(home, conf, "main", towards(free_port(socket.SOCK_DGRAM))) as asterisk,
        configured(folder, asterisk) as helin,
    ):
        (folder / "floor.toml").write_text(_people(mode, skills))
        (folder / "people.csv").write_text(_contacts(callers))
        for words in (("apply", "floor.toml"), ("import", "contacts", "people.csv")):
            done = helin.run(*words[:-1], str(folder / words[-1]))
            if done.returncode != 0:
                raise RuntimeError(done.stderr)
        helin.start()
        await helin.until_ready()
        yield FloorShop(asterisk, helin, phones, skills)


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def _patient(path: Path) -> None:
    """Nobody goes on to the front desk because no agent has come yet."""
    told = path.read_text()
    assert "HELIN_PATIENCE_ALONE = 20" in told
    path.write_text(told.replace("HELIN_PATIENCE_ALONE = 20", "HELIN_PATIENCE_ALONE = 600"))


def _endpoints(phones: Mapping[str, int]) -> str:
    return "".join(
        f"\n[{extension}](deskphone)\naors = {extension}\n[{extension}](aor)\n"
        f"contact = sip:{extension}@{LOOPBACK}:{port}\n"
        for extension, port in phones.items()
    )


def _entry(queue: str, mode: Mode) -> str:
    way, goes = ("helin-direct", "helin-hold") if mode == "direct" else ("helin-queue", "helin-wait")
    return (
        f"\n[from-trunk](+)\nexten => {did(queue)},1,Gosub(helin-arrive,s,1({queue}))\n same => n,Answer()\n"
        f" same => n,Goto({way},{queue},1)\n"
        f"[{way}](+)\nexten => {queue},1,Set(HELIN_QUEUE={queue})\n same => n,Goto({goes},s,1)\n"
    )


def _people(mode: Mode, of: Mapping[str, tuple[str, ...]]) -> str:
    users = [
        f'[[users]]\nlogin = "a{extension}"\nname = "Agent {extension}"\npassword = "{PASSWORD}"\nrole = "agent"\n'
        f'phone = "sip"\nextension = "{extension}"\ninterface = "PJSIP/{extension}"\n'
        f"skills = {{ {', '.join(f'{skill} = 5' for skill in skills)} }}\n"
        for extension, skills in of.items()
    ]
    users.append(
        f'[[users]]\nlogin = "supervisor"\nname = "Super Visor"\npassword = "{PASSWORD}"\nrole = "supervisor"\n'
    )
    queues = [
        f'[[queues]]\nname = "{queue}"\nmode = "{mode}"\ntarget_seconds = {PROMISE.target_seconds}\n'
        f"max_wait_seconds = {PROMISE.max_wait_seconds}\nskills = {{ {queue} = 1 }}\nwrap_up_seconds = 0\n"
        f"agents = {[f'a{extension}' for extension, skills in of.items() if queue in skills]}\n".replace("'", '"')
        for queue in QUEUES
    ]
    return "\n".join((*users, *queues))


def _contacts(callers: Sequence[Ring]) -> str:
    rows = [f"Customer {n},{ring.number},Company {n},{ring.tier}" for n, ring in enumerate(callers)]
    return "\n".join(("Name,Phone,Company,Tier", *rows, ""))


async def all_over(supervisor: Person, floor: FloorShop, seconds: float = 60) -> None:
    """Waits until no call is up, by Helin's word and by Asterisk's."""
    deadline = time.monotonic() + seconds
    while (await supervisor.get("/calls", state="active"))["items"] or "0 active channels" not in (
        await floor.asterisk.rx("core show channels count")
    ):
        assert time.monotonic() < deadline, f"still up after {seconds} s"
        await asyncio.sleep(0.2)


def what_happened(floor: FloorShop, callers: Sequence[Ring]) -> list[Done]:
    """From Helin's journal, in the order of coming into the queues.

    The journal's order is the order in which Helin heard, which is what it decided by; stamps are Asterisk's. So of two
    facts the later one has the later moment, if only by a microsecond.
    """
    by_number = {ring.number: ring for ring in callers}
    rings_: dict[str, Ring] = {}
    done: dict[str, Done] = {}
    talks: dict[str, str] = {}
    now = 0.0
    for fact in _journal(floor.helin.folder / "helin.db"):
        now = max(now + 1e-6, fact.at.timestamp())
        match fact:
            case CallArrived():
                rings_[fact.call] = by_number[fact.number or ""]
            case CallQueued():
                done[fact.call] = Done(rings_[fact.call], now, None, 0.0, 0.0)
            case AgentRinging():
                done[fact.call] = replace(done[fact.call], rang=now)
            case CallAnswered():
                done[fact.call] = replace(done[fact.call], agent=fact.agent)
                talks[fact.agent] = fact.call
            case AgentChanged() if fact.leg == "none" and fact.agent in talks:
                call = talks.pop(fact.agent)
                done[call] = replace(done[call], ended=now)
            case CallEnded() if done[fact.call].agent is None:
                done[fact.call] = replace(done[fact.call], ended=now)
    return list(done.values())


def _journal(path: Path) -> Iterator[Fact]:
    with closing(sqlite3.connect(path)) as database:
        for kind, body in database.execute("SELECT kind, body FROM facts ORDER BY id"):
            yield decode_fact(kind, body)


def played(done: Sequence[Done]) -> list[Served]:
    """What Helin's rules make of callers who came when they came, and of talks as long as they were.

    What an agent took is known to its end; when it began is the what-if's to say: known to it for the first talk, then
    for the second, and so on.
    """
    began = done[0].queued - 1.0
    shifts = [Shift(f"a{name}", frozenset(able), n / 1000, 1e6) for n, (name, able) in enumerate(SKILLS.items())]
    starts = [one.rang for one in done]
    served: list[Served] = []
    for _ in done:
        arrivals = [_arrival(one, start, began) for one, start in zip(done, starts, strict=True)]
        policy = HelinPolicy(shifts, dict.fromkeys(QUEUES, PROMISE), TIERS, "cost")
        served = run(arrivals, shifts, policy).served
        starts = [one.queued + each.waited for one, each in zip(done, served, strict=True)]
    return served


def unlike(done: Sequence[Done]) -> list[str]:
    """Callers who got another agent than the what-if says, with both; empty: none."""
    return [
        f"{one.ring.number} of {one.ring.queue}: {one.agent}, and not {each.agent}"
        for one, each in zip(done, played(done), strict=True)
        if one.agent != each.agent
    ]


def out_of_turn(done: Sequence[Done], looks: float) -> list[str]:
    """Callers whom app_queue gave an agent though it was not their turn by Helin's rules, asked at that moment.

    app_queue lets each caller look once a second, as many of the first as there are agents free: who looks first has
    the first of these. So it was the turn of so many as agents of the queue were free in the last ``looks`` seconds.
    """
    found = []
    for one in done:
        waited = [each for each in done if each.ring.queue == one.ring.queue and each.queued <= one.rang <= each.rang]
        line = in_order(map(_request, waited), PLAN, TIERS, _moment(one.rang), Pace(1.0, len(waited)))
        turn = [request.call for request in line[: _free_lately(done, one, looks)]]
        if one.ring.number not in turn:
            found.append(f"{turn} were next, not {one.ring}")
    return found


def _free_lately(done: Sequence[Done], one: Done, looks: float) -> int:
    able = {f"a{extension}" for extension, skills in SKILLS.items() if one.ring.queue in skills}
    busy = {each.agent for each in done if each.rang < one.rang - looks and each.ended > one.rang}
    return len(able - busy)


def _request(one: Done) -> Request:
    return Request(one.ring.number, one.ring.queue, "", _moment(one.queued), one.ring.tier)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def not_least_recent(done: Sequence[Done], looks: float) -> list[str]:
    """Agents who were rung while another one of the queue had been free for more than ``looks`` seconds longer."""
    busy: dict[str, list[tuple[float, float]]] = {f"a{extension}": [] for extension in SKILLS}
    for one in done:
        if one.agent is not None:
            busy[one.agent].append((one.rang, one.ended))
    found = []
    for one in (each for each in done if each.agent is not None):
        free = {
            agent: max((until for _, until in times if until <= one.rang), default=-math.inf)
            for agent, times in busy.items()
            if one.ring.queue in SKILLS[agent[1:]]
            and not any(since - looks < one.rang < until + looks for since, until in times if since != one.rang)
        }
        before = free.get(str(one.agent), -math.inf)
        found += [
            f"{agent}, not {one.agent}, for {one.ring}"
            for agent, since in free.items()
            if -math.inf < since < before - looks
        ]
    return found


def _arrival(one: Done, start: float, began: float) -> Arrival:
    of = Class(one.ring.queue, one.ring.tier, frozenset((one.ring.queue,)))
    patience = one.ended - one.queued if one.agent is None else None
    return Arrival(one.queued - began, of, max(0.001, one.ended - start), patience)


def free_to_ring(done: Sequence[Done]) -> list[float]:
    """Seconds from the moment in which caller and agent were both there until the agent's phone began to ring."""
    free: dict[str, float] = {}
    waits = []
    for one in sorted((each for each in done if each.agent is not None), key=lambda each: each.rang):
        assert one.agent is not None
        waits.append(one.rang - max(one.queued, free.get(one.agent, 0.0)))
        free[one.agent] = one.ended
    return waits
