"""A campaign to its end on a real Asterisk while Helin is killed again and again; SIPp is the world and the witness.

What is counted: calls that reached the outside world for each attempt that is written down (must be one for one),
agents' phones that were answered for attempts that are called ``person``, seconds from the customer's answer to the
agent or to the message of the law. Needs Asterisk and SIPp; takes some ten minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.asterisk_folder.find import find_or_make
from config.asterisk_folder.instance import Instance, running_asterisk
from config.asterisk_folder.ports import LOOPBACK, free_port
from config.demo import SHOP_CONF, towards
from crm_store.campaigns import CampaignFields
from crm_store.lead_import import LeadFile, import_leads
from crm_store.store import Store
from tests.bench.table import Row, show
from tests.real.outside import number, of_numbers, outside
from tests.real.scenarios import Phone
from tests.real.service import PASSWORD, Service, configured
from tests.real.sipp import Sipp, answering
from tests.real.test_campaign import LAW

WAYS = "0" * 4 + "1" * 3 + "5" + "6" + "7" + "8"
"""Of eleven: seven answer, and one each is busy, rings for ever, plays something and goes, does not exist."""
TALK_MS = (1500, 2500, 4000)


def conf_for(folder: Path, phones: dict[str, int]) -> Path:
    conf = folder / "conf"
    shutil.copytree(SHOP_CONF, conf)
    pjsip = conf / "pjsip.conf"
    pjsip.write_text(
        pjsip.read_text()
        + "".join(
            f"\n[{extension}](deskphone)\naors = {extension}\n[{extension}](aor)\ncontact = sip:{extension}@"
            f"{LOOPBACK}:{port}\n"
            for extension, port in phones.items()
        )
    )
    return conf


def people(extensions: Sequence[str]) -> str:
    users = "".join(
        f'[[users]]\nlogin = "a{each}"\nname = "Agent {each}"\npassword = "{PASSWORD}"\nrole = "agent"\nphone = "sip"\n'
        f'extension = "{each}"\ninterface = "PJSIP/{each}"\n'
        for each in extensions
    )
    agents = str([f"a{each}" for each in extensions]).replace("'", '"')
    return (
        f'{users}[[queues]]\nname = "support"\nmode = "direct"\nwrap_up_seconds = 0\nauto_pause = false\n'
        f"agents = {agents}\n"
    )


async def begin(helin: Service, numbers: Sequence[str], mode: str) -> None:
    now = datetime.now(UTC)
    path = helin.folder / "leads.csv"
    path.write_text("\n".join(("Name,Phone", *(f"Lead {n},{one}" for n, one in enumerate(numbers)), "")))
    async with await Store.open(f"sqlite:///{helin.folder}/helin.db") as store:
        campaign = await store.campaigns.add(
            CampaignFields(
                name="big", queue="support", mode=mode, profile="EE", caller_number="+3725550100", company="Shop",
                script="Good day, {name}.", settings={"ring_seconds": 15, "amd": False, "attempts": 1},
            ), "bench", now,
        )  # fmt: skip
        await import_leads(store, LeadFile(path=path, campaign=campaign.id, list="all"), now)
        await store.campaigns.start(campaign.id, "bench", now)


def rows(helin: Service, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(helin.folder / "helin.db")) as database:
        return database.execute(query).fetchall()


def left(helin: Service) -> int:
    over = "SELECT count(*) FROM leads WHERE state NOT IN ('done', 'skipped')"
    return int(rows(helin, over)[0][0]) + len(rows(helin, "SELECT id FROM attempts WHERE ended_at IS NULL"))


async def kill_now_and_then(helin: Service, kills: int, leads: int) -> list[tuple[float, float]]:
    """At moments spread over the campaign. From when until when it was away each time, seconds since 1970."""
    dice, away = random.Random(7), []
    for n in range(kills):
        at = leads * (kills - n) / (kills + 1)
        while left(helin) > at:
            await asyncio.sleep(0.1)
        await asyncio.sleep(dice.uniform(0, 1.5))
        gone = time.time()
        os.kill(helin.processes[-1].pid, signal.SIGKILL)
        helin.processes[-1].wait()
        helin.start()
        await helin.until_ready()
        away.append((gone, time.time()))
    return away


MOMENT = re.compile(r"\[([\d-]+ [\d:.]+)\].*Executing \[s@(helin-dialled|helin-legal):1\] \w+\(\"(PJSIP/trunk-\w+)\"")


def to_message(asterisk: Instance) -> list[tuple[float, float]]:
    """When who heard the message of the law had answered, and the seconds until it, by Asterisk's own log."""
    answered: dict[str, float] = {}
    found = []
    for line in asterisk.full_log().splitlines():
        hit = MOMENT.match(line)
        if hit is None:
            continue
        at = datetime.fromisoformat(hit[1]).timestamp()
        if hit[2] == "helin-dialled":
            answered[hit[3]] = at
        elif hit[3] in answered:
            found.append((answered[hit[3]], at - answered[hit[3]]))
    return found


END = re.compile(r"\"(PJSIP/trunk-\w+)\", \"DB\(helin-dialled/[\w-]+\)=connected:\d+:[\d.]+:(?P<met>[\d.]+)\"")


def seconds_to_agent(asterisk: Instance) -> list[float]:
    """From the answer to the agent's, by Asterisk's own log: it knows them also while Helin is away."""
    answered: dict[str, float] = {}
    found = []
    for line in asterisk.full_log().splitlines():
        if (hit := MOMENT.match(line)) is not None and hit[2] == "helin-dialled":
            answered[hit[3]] = datetime.fromisoformat(hit[1]).timestamp()
        elif (end := END.search(line)) is not None and end[1] in answered:
            found.append(float(end["met"]) - answered[end[1]])
    return sorted(found)


def seconds_written(helin: Service) -> list[float]:
    """The same by Helin's rows."""
    both = "SELECT answered_at, connected_at FROM attempts WHERE answered_at IS NOT NULL AND connected_at IS NOT NULL"
    moments = [tuple(map(datetime.fromisoformat, row)) for row in rows(helin, both)]
    return sorted((met - answered).total_seconds() for answered, met in moments)


def told(values: Sequence[float]) -> str:
    if not values:
        return "none"
    return (
        f"{values[len(values) // 2]:.2f} (median), {values[int(len(values) * 0.95)]:.2f} (p95), {values[-1]:.2f} (most)"
    )


async def run(leads: int, agents: int, kills: int, mode: str) -> bool:
    numbers = [number(n, WAYS[n % len(WAYS)]) for n in range(leads)]
    phones = {str(1011 + n): free_port(socket.SOCK_DGRAM) for n in range(agents)}
    carrier = free_port(socket.SOCK_DGRAM)
    with tempfile.TemporaryDirectory(prefix="helin-campaign-") as name:
        folder = Path(name)
        (folder / "law.toml").write_text(LAW)
        law = f'[law]\nprofiles = "{folder}/law.toml"\n'
        conf = conf_for(folder, phones)
        async with (
            running_asterisk(find_or_make(print), conf, "main", towards(carrier)) as asterisk,
            configured(folder, asterisk, more=law) as helin,
        ):
            (folder / "floor.toml").write_text(people(list(phones)))
            done = helin.run("apply", str(folder / "floor.toml"))
            if done.returncode != 0:
                raise RuntimeError(done.stderr)
            await begin(helin, numbers, mode)
            helin.start()
            await helin.until_ready()
            with ExitStack() as stack:
                world = stack.enter_context(outside(carrier, answer_ms=1200))
                desks: list[Sipp] = [
                    stack.enter_context(answering(Phone(bye_ms=TALK_MS[n % len(TALK_MS)]), port))
                    for n, port in enumerate(phones.values())
                ]
                for extension in phones:
                    await asterisk.rx(f"queue add member PJSIP/{extension} to support")
                began = time.monotonic()
                away = await kill_now_and_then(helin, kills, leads)
                while left(helin):
                    if time.monotonic() - began > 3600:
                        raise RuntimeError(f"{left(helin)} leads are left after an hour")
                    await asyncio.sleep(0.2)
                seconds = time.monotonic() - began
                invited, answered = (of_numbers(world.notes(), word) for word in ("invite", "answered"))
                talked = sum(desk.notes()["answered"] for desk in desks)
            return judged(helin, asterisk, away, seconds, invited, answered, talked)


def judged(
    helin: Service, asterisk: Instance, away: Sequence[tuple[float, float]], seconds: float, invited: Counter[str],
    answered: Counter[str], talked: int,
) -> bool:  # fmt: skip
    attempts = rows(helin, "SELECT number, outcome FROM attempts")
    outcomes = Counter(outcome for _, outcome in attempts)
    to_agent, written, messages = seconds_to_agent(asterisk), seconds_written(helin), to_message(asterisk)
    waited = sorted(waits for _, waits in messages)
    alone = sum(any(gone - 2 <= at <= back for gone, back in away) for at, _ in messages)
    lines = [
        ("attempts written down", str(len(attempts))),
        ("INVITEs outside", f"{sum(invited.values())}, at most {max(invited.values())} to a number"),
        ("kill -9 of Helin", f"{len(away)}, away for {sum(back - gone for gone, back in away):.0f} s"),
        ("took", f"{seconds:.0f} s"),
        ("outcomes", ", ".join(f"{name} {count}" for name, count in outcomes.most_common())),
        ("answered outside", str(len(answered))),
        ("person and abandoned", str(outcomes["person"] + outcomes["abandoned"])),
        ("agents' phones answered", f"{talked}, attempts called person {outcomes['person']}"),
        ("seconds to an agent", f"{told(to_agent)}, {len(to_agent)} of them"),
        ("the same as Helin wrote it down", told(written)),
        ("seconds to the message", f"{told(waited)}, {len(waited)} of them"),
        ("of them answered while Helin was away, or 2 s before", str(alone)),
    ]
    show("a campaign, with Helin killed", [Row(*line) for line in lines])
    return (
        invited == Counter(number for number, _ in attempts)
        and outcomes["person"] + outcomes["abandoned"] == len(answered)
        and outcomes["person"] == talked
        and len(to_agent) == outcomes["person"]
        and all(value <= 2 for value in (*to_agent, *waited, *written))
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=500)
    parser.add_argument("--agents", type=int, default=10)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--mode", choices=("progressive", "predictive"), default="predictive")
    given = parser.parse_args()
    kept = asyncio.run(run(given.leads, given.agents, given.kills, given.mode))
    print("All of it holds." if kept else "NOT all of it holds.")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
