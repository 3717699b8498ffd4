"""The squeezed day of ``bench_day``: queues, agents, callers, and SIPp's telephones for them. See there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import shutil
import signal
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from config.asterisk_folder.instance import Instance
from config.asterisk_folder.ports import LOOPBACK
from config.demo import SHOP_CONF
from tests.real.scenarios import HEAD, Caller, Phone, caller_scenario, phone_scenario
from tests.real.service import PASSWORD, Person, Service, signed_in
from tests.real.sipp import Sipp

MODES = {"care": "assist", "shop": "assist", "quick": "direct"}
DIDS = {"care": "+3725550401", "shop": "+3725550402", "quick": "+3725550403"}
SHARE = {"care": 4, "shop": 3, "quick": 3}
SETTLED = {DIDS["shop"]: 0.505, DIDS["quick"]: 0.505}
"""Seconds from the 200 that the caller hears until the queue: Answer() listens so long for sound that never comes."""
TARGET, SHORT = 4, 5.0
OVERFLOW_SECONDS = 3
STAYS_MS = {2_000: 2, 7_000: 3, 25_000: 7}
"""How long callers stay before they hang up, whether they talk or wait; how many of twelve."""
TALKS_MS = (1_200, 1_800, 2_400, 3_200, 4_500)


@dataclass(frozen=True, slots=True)
class Coming:
    """A caller to be. ``at_ms`` from the beginning of the day."""

    number: str
    queue: str
    stays_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Desk:
    """``does`` is a word of DOES, or for how long the agent talks (milliseconds)."""

    extension: str
    queue: str
    does: str


def the_day(calls: int, per_second: float, seed: int) -> list[Coming]:
    """Arrivals of a Poisson process in waves; one of twenty calls again, at the earliest 45 s later."""
    dice, at, found = random.Random(seed), 3_000.0, list[Coming]()
    for n in range(calls):
        wave = 1.4 if int(at / 20_000) % 3 == 0 else 0.85
        at += dice.expovariate(per_second * wave) * 1000
        queue = dice.choices(list(SHARE), list(SHARE.values()))[0]
        stays = dice.choices(list(STAYS_MS), list(STAYS_MS.values()))[0]
        number = f"+37256{n:06d}"
        before = [one.number for one in found[:200] if one.at_ms < at - 45_000] if dice.random() < 0.05 else []
        if before:
            number = dice.choice(before)
            if sum(1 for one in found if one.number == number and one.at_ms >= at - 45_000):
                number = f"+37256{n:06d}"
        found.append(Coming(number, queue, stays, round(at)))
    return found


def desks(per_second: float) -> list[Desk]:
    """As many agents as nearly suffice, and one who lets it ring and one who is busy in care and in quick."""
    total = max(6, round(per_second * 2.9))
    found, extension = [], 1011
    for queue, share in SHARE.items():
        for n in range(max(2, round(total * share / sum(SHARE.values())))):
            found.append(Desk(str(extension), queue, str(TALKS_MS[n % len(TALKS_MS)])))
            extension += 1
        for does in ("silent", "busy") if queue != "shop" else ():
            found.append(Desk(str(extension), queue, does))
            extension += 1
    return found


def conf_for(folder: Path, agents: Sequence[Desk], ports: Mapping[str, int], *, cel: bool) -> Path:
    conf = folder / "conf"
    shutil.copytree(SHOP_CONF, conf)
    phones = "".join(
        f"\n[{one.extension}](deskphone)\naors = {one.extension}\n[{one.extension}](aor)\n"
        f"contact = sip:{one.extension}@{LOOPBACK}:{ports[one.does]}\n"
        for one in agents
    )
    entries = "".join(_entry(queue) for queue in MODES)
    for name, more in (
        ("pjsip.conf", phones),
        ("queues.conf", "".join(f"\n[{queue}](helin-queue)\nstrategy = rrmemory\ntimeout = 2\n" for queue in MODES)),
        ("extensions.conf", entries),
    ):
        path = conf / name
        path.write_text(path.read_text().replace("HELIN_RING = 20", "HELIN_RING = 2") + more)
    if not cel:
        modules = conf / "modules.conf"
        modules.write_text(modules.read_text().replace("load = cel_custom.so", "noload = cel_custom.so"))
    return conf


def _entry(queue: str) -> str:
    way, goes = ("helin-direct", "helin-hold") if MODES[queue] == "direct" else ("helin-queue", "helin-wait")
    begins = "Progress" if queue == "care" else "Answer"
    return (
        f"\n[from-trunk](+)\nexten => {DIDS[queue]},1,Gosub(helin-arrive,s,1({queue}))\n same => n,{begins}()\n"
        f" same => n,Goto({way},{queue},1)\n"
        f"[{way}](+)\nexten => {queue},1,Set(HELIN_QUEUE={queue})\n same => n,Goto({goes},s,1)\n"
    )


def people(agents: Sequence[Desk]) -> str:
    users = "".join(
        f'[[users]]\nlogin = "a{one.extension}"\nname = "Agent {one.extension}"\npassword = "{PASSWORD}"\n'
        f'role = "agent"\nphone = "sip"\nextension = "{one.extension}"\ninterface = "PJSIP/{one.extension}"\n'
        for one in agents
    )
    queues = "".join(
        f'[[queues]]\nname = "{queue}"\nmode = "{mode}"\ntarget_seconds = {TARGET}\nwrap_up_seconds = 0\n'
        f"auto_pause = false\nagents = {[f'a{one.extension}' for one in agents if one.queue == queue]}\n"
        for queue, mode in MODES.items()
    ).replace("'", '"')
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    hours = ", ".join(f'{day} = ["00:00-24:00"]' for day in days)
    return (
        f'{users}{queues}[[calendars]]\nname = "always"\ntime_zone = "UTC"\nqueues = ["shop"]\nhours = {{ {hours} }}\n'
        f'overflow_queue = "care"\noverflow_after_seconds = {OVERFLOW_SECONDS}\n'
    )


NOTE = '<nop><action><log message="call [call_id] {}"/></action></nop>\n'
LATER = (
    '<nop><action><assignstr assign_to="text" value="[field2]"/><todouble assign_to="later" variable="text"/></action>'
    '</nop>\n<pause variable="later"/>\n'
)


def without_sound(scenario: str) -> str:
    """Talks are shorter than what Asterisk bears of silence, and hundreds of streams would be all work."""
    return re.sub(r"<nop><action><exec rtp_stream=[^>]*/></action></nop>\n", "", scenario)


@dataclass(slots=True)
class Telephones:
    """Folders of SIPp's logs."""

    callers: dict[Path, Sipp] = field(default_factory=dict)
    phones: dict[Path, Sipp] = field(default_factory=dict)


@contextmanager
def sipp(folder: Path, scenario: str, words: list[str], port: int = 0) -> Iterator[Sipp]:
    one = Sipp(folder, scenario, [*words, "-trace_shortmsg", "-shortmessage_file", "short.txt"], port)
    try:
        yield one
    finally:
        one.kill()


def phones_answer(stack: ExitStack, folder: Path, ports: Mapping[str, int], found: Telephones) -> None:
    for does, port in ports.items():
        ways = {"silent": Phone(answer_ms=None), "busy": Phone(status="486 Busy Here")}
        phone = ways.get(does) or Phone(answer_ms=200, bye_ms=int(does))
        scenario = without_sound(phone_scenario(phone, "none"))
        scenario = (
            scenario.replace("</recv>\n", "</recv>\n" + NOTE.format("[$From]"), 1) if not phone.status else scenario
        )
        path = folder / f"phone-{does}"
        path.mkdir()
        found.phones[path] = stack.enter_context(sipp(path, scenario, [], port))


def callers_call(stack: ExitStack, folder: Path, sip_port: int, day: Sequence[Coming], found: Telephones) -> None:
    classes: dict[tuple[str, int], list[Coming]] = defaultdict(list)
    for one in day:
        classes[one.queue, one.stays_ms].append(one)
    began = time.monotonic()
    for (queue, stays), of in classes.items():
        path = folder / f"callers-{queue}-{stays}"
        path.mkdir()
        late = round((time.monotonic() - began) * 1000)
        rows = [f"{one.number};{DIDS[queue]};{max(1, one.at_ms - late)};" for one in of]
        (path / "callers.csv").write_text("\n".join(("SEQUENTIAL", *rows, "")))
        caller = Caller("[field0]", "[field1]", talk_ms=stays, cancel_ms=stays if queue == "care" else None)
        scenario = without_sound(caller_scenario(caller, "none"))
        scenario = scenario.replace(HEAD, HEAD + LATER + NOTE.format("[field0]"), 1)
        count = str(len(of))
        words = [f"{LOOPBACK}:{sip_port}", "-m", count, "-l", count, "-r", "1000", "-inf", "callers.csv"]
        found.callers[path] = stack.enter_context(sipp(path, scenario, words))


async def transfers(helin: Service, desk: Desk, to: Desk) -> None:
    """This agent gives one of three callers on to that one, for as long as the day lasts, also when Helin was away."""
    while True:
        with contextlib.suppress(aiohttp.ClientError, AssertionError, OSError, KeyError):
            async with signed_in(helin.url, f"a{desk.extension}") as agent:
                await _transfers(agent, f"a{desk.extension}", to.extension)
        await asyncio.sleep(1)


async def _transfers(agent: Person, login: str, to: str) -> None:
    met = 0
    while agent.socket is not None and not agent.socket.closed:
        heard, agent.heard = agent.heard, []
        for message in heard:
            if message["type"] == "call.answered" and message.get("agent") == login:
                met += 1
                if met % 3 == 0:
                    await asyncio.sleep(0.4)
                    id_ = f"{login}-{met}-{time.time()}"
                    args = {"call": message["call"]["id"], "to": to}
                    await agent.socket.send_json({"type": "command", "id": id_, "name": "transfer", "args": args})
        await asyncio.sleep(0.1)


@dataclass(slots=True)
class Ended:
    """What is left of a day. ``away``: from when until when Helin was (seconds since 1970); ``over``: when it ended.
    ``records``: what Asterisk wrote beside queue_log, cel or cdr."""

    telephones: Telephones
    log: list[list[str]]
    away: tuple[float, float]
    began: float
    over: float = 0.0
    records: str = "cel"


async def killed_once(helin: Service) -> tuple[float, float]:
    gone = time.time()
    os.kill(helin.processes[-1].pid, signal.SIGKILL)
    helin.processes[-1].wait()
    await asyncio.sleep(2)
    helin.start()
    await helin.until_ready()
    return gone, time.time()


@asynccontextmanager
async def transferring(helin: Service, agents: Sequence[Desk]) -> AsyncIterator[None]:
    """Of each queue the second and third agent give callers on to the first."""
    running = []
    for queue in MODES:
        able = [one for one in agents if one.queue == queue and one.does.isdigit()]
        running += [asyncio.create_task(transfers(helin, one, able[0])) for one in able[1:3]]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def lived(
    helin: Service, asterisk: Instance, folder: Path, day: Sequence[Coming], agents: Sequence[Desk],
    ports: Mapping[str, int], stack: ExitStack,
) -> Ended:  # fmt: skip
    found = Telephones()
    phones_answer(stack, folder, ports, found)
    for one in agents:
        await asterisk.rx(f"queue add member PJSIP/{one.extension} to {one.queue}")
    began = time.time()
    callers_call(stack, folder, asterisk.ports.sip, day, found)
    async with transferring(helin, agents):
        await _progress(helin, began + day[len(day) // 2].at_ms / 1000, began, found)
        away = await killed_once(helin)
        print(f"  Helin was killed, and is back after {away[1] - away[0]:.1f} s", flush=True)
        await _progress(helin, began + day[-1].at_ms / 1000 + 60, began, found)
    await _all_over(helin, asterisk)
    return Ended(found, asterisk.queue_log(), away, began, time.time())


def _running(found: Telephones) -> bool:
    return any(not one.is_over() for one in found.callers.values())


async def _progress(helin: Service, until: float, began: float, found: Telephones) -> None:
    while time.time() < until and _running(found):
        notes: Counter[str] = Counter()
        for one in found.callers.values():
            notes += one.notes()
        over = notes["said_bye"] + notes["got_bye"] + notes["cancelled"] + notes["refused"]
        print(f"  {time.time() - began:5.0f} s: {notes['call']} have called, {over} are over", flush=True)
        await asyncio.sleep(min(10, max(0.1, until - time.time())))


async def _all_over(helin: Service, asterisk: Instance) -> None:
    async with signed_in(helin.url, "supervisor") as supervisor:
        deadline = time.monotonic() + 240
        while (
            (await supervisor.get("/calls", state="active"))["items"]
            or "0 active channels" not in await asterisk.rx("core show channels count")
            or not (await supervisor.get("/gaps"))["items"]
        ):
            if time.monotonic() > deadline:
                print("  calls are up still, or the gap was not looked at, after 240 s", flush=True)
                return
            await asyncio.sleep(1)
