"""A seeded day of calls on a real Asterisk, squeezed into minutes; every figure beside an independent reckoning.

Three queues (two that app_queue hands out, of which one overflows into the other, and one that Helin hands out), agents
who answer, let it ring or are busy, callers who give up, call again and are transferred; Helin is killed with -9 in the
middle. Then each figure of the reports is held against :mod:`tests.bench.reckoned`, and against itself after
``helin rebuild``. Needs Asterisk and SIPp. Exit status 1 if any count differs.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import socket
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.asterisk_folder.find import find_or_make
from config.asterisk_folder.instance import running_asterisk
from config.asterisk_folder.ports import free_port
from config.demo import merged, towards
from tests.bench import reckoned
from tests.bench.day_world import DIDS, MODES, SETTLED, SHORT, TARGET, Ended, conf_for, desks, lived, people, the_day
from tests.real.service import Person, Service, configured, signed_in

SLACK = 0.02
"""Seconds of doubt about a wait, to which each call's own blur comes."""
GAP_SLACK = {"cel": 0.3, "cdr": 3.0}
"""The same of a wait that began or ended while Helin was away, when Asterisk's own records are all there is: with CEL
they have microseconds, and Helin's estimate is less than 0.1 s off; else each end of the wait is a whole second, and
the answer of a phone that Dial rang is only known as between its first ring (2 s at the most) and the talk's end."""
MEDIA = {"rtp.conf": {("[general]", "rtpstart"): "32000", ("[general]", "rtpend"): "32759"}}
"""Ports for 190 calls of two legs, beside those that the blocks of other instances are taken from: without a free one
Asterisk refuses a call before anything else is done with it."""
MEAN_TOLERANCE = 0.05
"""Seconds, of a mean: SIPp stamps a message when its end has it, Helin when Asterisk did what follows from it."""
COUNTS = (
    "calls", "offered", "answered", "answered_within", "abandoned", "abandoned_short", "connected", "open",
    "transferred", "talked", "talks", "transfers", "repeats",
)  # fmt: skip
MEANS = ("asa", "average_talk")
SHARES = ("abandonment", "abandonment_without_short", "transfer_share", "repeat_share")
HALF_HOUR = 1800
OF_AGENT = ("answered", "talked", "talks", "transfers")


@dataclass(slots=True)
class Said:
    """What the reports say: by queue and by agent, each figure; the levels by queue and formula; all as text."""

    queues: dict[str, dict[str, float | None]] = field(default_factory=dict)
    agents: dict[str, dict[str, float | None]] = field(default_factory=dict)
    levels: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    half_hours: dict[tuple[str, int], float] = field(default_factory=dict)
    calls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


async def reported(helin: Service, ended: Ended, limits: Mapping[str, tuple[float, float]]) -> Said:
    found = Said()
    span = {"from": _text(ended.began - 5), "to": _text(ended.over + 5), "direction": "inbound"}
    async with signed_in(helin.url, "supervisor") as supervisor:
        for queue, (target, short) in limits.items():
            asked = {**span, "queue": queue, "target_seconds": str(target), "short_seconds": str(short)}
            wanted = ",".join((*COUNTS, *MEANS, *SHARES, "longest_wait"))
            answer = await supervisor.get("/reports/figures", by="queue", measures=wanted, **asked)
            found.queues[queue] = {key: of["value"] for row in answer["rows"] for key, of in row["figures"].items()}
            answer = await supervisor.get("/reports/figures", by="queue", measures="offered", each="half_hour", **asked)
            for row in answer["rows"]:
                begin = int(_seconds(row["from"]) // HALF_HOUR) * HALF_HOUR
                found.half_hours[queue, begin] = row["figures"]["offered"]["value"]
            found.calls[queue] = await _calls(supervisor, {**span, "queue": queue})
            for formula in ("offered", "asterisk", "asterisk2", "genesys"):
                told = {key: value for key, value in span.items() if key != "direction"}
                answer = await supervisor.get("/reports/service-level", queue=queue, formula=formula, **told)
                found.levels[queue, formula] = answer["items"][0]
        wanted = ",".join((*OF_AGENT, "talk", "average_talk"))
        answer = await supervisor.get("/reports/figures", by="agent", measures=wanted, **span)
        for row in answer["rows"]:
            found.agents[row["keys"]["agent"]] = {key: of["value"] for key, of in row["figures"].items()}
    return found


async def _calls(person: Person, query: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = await person.get("/calls", limit="200", **query, **after)
        found += answer["items"]
        if not answer["next"]:
            return found
        after = {"after": str(answer["next"])}


def _text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def slack_of(ended: Ended) -> Any:
    """Of a call, how much doubt there is about its wait."""
    gone, back = ended.away[0] - 2, ended.away[1] + 2

    def slack(call: reckoned.Call) -> float:
        moments = (call.entered, call.answered or call.ended)
        return call.blur + (GAP_SLACK[ended.records] if any(gone <= at <= back for at in moments) else SLACK)

    return slack


@dataclass(slots=True)
class Table:
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    wrong: int = 0

    def count(self, what: str, figure: str, said: float | None, of: reckoned.Range) -> None:
        value = said or 0
        fits = of.least <= value <= of.most
        between = f"{of.least:g}" if of.least == of.most else f"{of.least:g} to {of.most:g}"
        self.add(what, figure, f"{value:g}", between, fits)

    def seconds(self, what: str, figure: str, said: float | None, of: float, tolerance: float) -> None:
        value = said or 0.0
        self.add(what, figure, f"{value:.3f} s", f"{of:.3f} s ± {tolerance:.2f}", abs(value - of) <= tolerance)

    def add(self, what: str, figure: str, said: str, reckoned_: str, fits: bool) -> None:
        self.wrong += not fits
        self.rows.append((what, figure, said, reckoned_, "" if fits else "DIFFERS"))

    def show(self) -> None:
        print(f"{'of':<16}{'figure':<20}{'Helin':>14}  {'reckoned':<26}")
        for row in self.rows:
            print(f"{row[0]:<16}{row[1]:<20}{row[2]:>14}  {row[3]:<26}{row[4]}")


def compare(
    ended: Ended, calls: Sequence[reckoned.Call], said: Said, limits: Mapping[str, tuple[float, float]]
) -> Table:
    table, slack = Table(), slack_of(ended)
    for queue in MODES:
        mine = [call for call in calls if call.dialled == DIDS[queue]]
        rule = reckoned.Rule(*limits[queue], slack)
        of = reckoned.figures(mine, calls, rule)
        for name in COUNTS:
            table.count(queue, name, said.queues[queue].get(name), of[name])
        gap = GAP_SLACK[ended.records]
        known = sum(1 for call in mine if slack(call) >= gap)
        doubt = gap * known / max(1, len(mine))
        for name in MEANS:
            table.seconds(queue, name, said.queues[queue].get(name), of[name].least, MEAN_TOLERANCE + doubt)
        for name, share in reckoned.shares(of).items():
            table.count(queue, name, said.queues[queue].get(name), share)
        longest = max(mine, key=lambda call: call.waited)
        told = said.queues[queue].get("longest_wait")
        table.seconds(queue, "longest_wait", told, longest.waited, MEAN_TOLERANCE + slack(longest))
        for begin, count in reckoned.begun(mine, HALF_HOUR, slack).items():
            table.count(queue, f"offered {_text(begin)[11:16]}", said.half_hours.get((queue, begin)), count)
        _levels(table, queue, mine, calls, said, slack)
        if MODES[queue] == "assist":
            for name, value in reckoned.by_queue_log(ended.log, queue).items():
                if name != "overflowed":
                    both = reckoned.Range(value, value)
                    table.count(f"{queue} queue_log", name, said.queues[queue].get(name), both)
    for agent, figures in reckoned.of_agents(calls).items():
        for name in OF_AGENT:
            table.count(f"a{agent}", name, said.agents.get(f"a{agent}", {}).get(name), figures[name])
        within = [call for call in calls for talk in call.talks if talk.agent == agent and _cut(talk, ended)]
        doubt = GAP_SLACK[ended.records] * len(within) / figures["talks"].least
        told = said.agents.get(f"a{agent}", {}).get("average_talk")
        table.seconds(f"a{agent}", "average_talk", told, figures["average_talk"].least, MEAN_TOLERANCE + doubt)
    return table


def _cut(talk: reckoned.Talk, ended: Ended) -> bool:
    return any(ended.away[0] - 2 <= at <= ended.away[1] + 2 for at in (talk.answered, talk.ended))


def _levels(
    table: Table, queue: str, mine: Sequence[reckoned.Call], every: Sequence[reckoned.Call], said: Said, slack: Any
) -> None:
    """With the queue's own target, where a wait may be too near to it to say: then a range."""
    of = reckoned.figures(mine, every, reckoned.Rule(TARGET, SHORT, slack))
    left = [call for call in mine if not call.talks and call.left == "sent"]
    within = reckoned.at_most(left, TARGET, slack)
    item = said.levels[queue, "offered"]
    for name in ("offered", "answered", "answered_within", "abandoned", "abandoned_short"):
        table.count(f"{queue} level", name, item[name], of[name])
    table.count(f"{queue} level", "abandoned_within", item["abandoned_within"], within)
    values = reckoned.levels({name: item[name] for name in of if name in item}, item["abandoned_within"])
    for formula, value in values.items():
        told = said.levels[queue, formula]["value"]
        table.add(f"{queue} level", formula, f"{told}", f"{value}", told == value)


def call_by_call(calls: Sequence[reckoned.Call], said: Said, slack: Any) -> list[str]:
    """Where a call differs: its queue, whether it was answered, by whom; and how far the waits are apart."""
    theirs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for queue, items in said.calls.items():
        for item in items:
            theirs[item["number"]].append({**item, "in": queue})
    found: list[str] = []
    apart: dict[str, list[float]] = {"seen by Helin": [], "while it was away": []}
    for call in calls:
        outcome = "answered" if call.talks else "abandoned" if call.left == "sent" else "another"
        of = sorted(theirs[call.number], key=lambda item: abs(_seconds(item["started_at"]) - call.invited))
        if not of or abs(_seconds(of[0]["started_at"]) - call.invited) > 5:
            found.append(f"{call.number} at {_text(call.invited)}: not in the log")
            continue
        item = of[0]
        agents = [segment["agent"] for segment in item["segments"]]
        mine = [f"a{talk.agent}" for talk in call.talks]
        came_of = item["outcome"] if item["outcome"] in ("answered", "abandoned") else "another"
        maybe = [*mine, *(f"a{talk.agent}" for talk in call.doubts)]
        if (
            DIDS[item["in"]] != call.dialled
            or agents not in (mine, maybe)
            or (came_of != outcome and not call.doubtful)
        ):
            found.append(
                f"{call.number} at {_text(call.invited)}: {item['in']} {item['outcome']} {agents} estimated "
                f"{item['estimated']}, but SIPp: {call.dialled} {mine}, left {call.left} at {_text(call.ended)}"
            )
        which = "seen by Helin" if slack(call) - call.blur < GAP_SLACK["cel"] else "while it was away"
        apart[which].append((item.get("waited_seconds") or 0.0) - call.waited)
    for which, waits in apart.items():
        if not waits:
            continue
        waits.sort()
        print(
            f"waits {which}, its own less SIPp's: {waits[0]:.3f} to {waits[-1]:.3f} s, "
            f"median {waits[len(waits) // 2]:.3f}, of {len(waits)}"
        )
    return found


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def judged(ended: Ended) -> list[reckoned.Call]:
    calls = reckoned.callers(ended.telephones.callers, SETTLED)
    for line in reckoned.joined(calls, reckoned.talks(ended.telephones.phones), ended.log):
        print(f"  the witnesses: {line}")
    gone = [call for call in calls if not call.talks and call.left == "sent"]
    print(
        f"SIPp: {len(calls)} calls, {sum(1 for call in calls if call.talks)} answered, {len(gone)} given up, "
        f"{sum(len(reckoned.passed_on(call)) for call in calls)} talks passed on; overflowed by queue_log "
        f"{reckoned.by_queue_log(ended.log, 'shop')['overflowed']}"
    )
    return calls


def limits_of(ended: Ended, calls: Sequence[reckoned.Call]) -> dict[str, tuple[float, float]]:
    """For each queue a target and a short time that no wait is near."""
    found, slack = {}, slack_of(ended)
    for queue in MODES:
        mine = [call for call in calls if call.dialled == DIDS[queue]]
        target, far = reckoned.clear_limit([call for call in mine if call.talks], TARGET, slack)
        short, farther = reckoned.clear_limit([call for call in mine if not call.talks], SHORT, slack)
        print(
            f"{queue}: within {target} s (no wait nearer than {far:.3f} s + slack), short {short} s ({farther:.3f} s)"
        )
        found[queue] = (target, short)
    return found


async def run(calls: int, per_second: float, seed: int, keep: Path | None, witness: str) -> bool:
    day, agents = the_day(calls, per_second, seed), desks(per_second)
    ports = {does: free_port(socket.SOCK_DGRAM) for does in dict.fromkeys(one.does for one in agents)}
    async with AsyncExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helin-day-")))
        folder.mkdir(parents=True, exist_ok=True)
        conf = conf_for(folder, agents, ports, cel=witness == "cel")
        wanted = merged(towards(free_port(socket.SOCK_DGRAM)), MEDIA)
        asterisk = await stack.enter_async_context(running_asterisk(find_or_make(print), conf, "main", wanted))
        records = f'records = "{asterisk.folder / "log"}"'
        helin = await stack.enter_async_context(configured(folder, asterisk, more=records))
        (folder / "day.toml").write_text(people(agents))
        done = helin.run("apply", str(folder / "day.toml"))
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        helin.start()
        await helin.until_ready()
        print(f"{calls} calls at {per_second:g} a second, {len(agents)} agents, seed {seed}", flush=True)
        ended = await lived(helin, asterisk, folder, day, agents, ports, stack.enter_context(ExitStack()))
        ended.records = witness
        if keep is not None:
            shutil.copytree(asterisk.folder / "log", folder / "asterisk", dirs_exist_ok=True)
        print(f"the day took {ended.over - ended.began:.0f} s", flush=True)
        return await held_against(helin, ended)


async def held_against(helin: Service, ended: Ended) -> bool:
    calls = judged(ended)
    done = helin.run("reconcile", "--from", _text(ended.began), "--to", _text(ended.over - 1))
    print(f"looked at again, as every night:\n{done.stdout}{done.stderr}")
    limits = limits_of(ended, calls)
    said = await reported(helin, ended, limits)
    differ = call_by_call(calls, said, slack_of(ended))
    table = compare(ended, calls, said, limits)
    table.show()
    for line in differ:
        print(f"DIFFERS: {line}")
    rebuilt = helin.run("rebuild")
    if rebuilt.returncode != 0:
        print(rebuilt.stderr)
    again = await reported(helin, ended, limits)
    same = again == said
    print(f"rebuilt from the journal: {'the same figures and calls' if same else 'OTHER FIGURES'}")
    print("not reckoned, since neither log says it: agents' states (ready, paused, wrap-up, occupancy), hold")
    print(f"{len(table.rows)} figures, {table.wrong} differ; {len(differ)} calls differ")
    return table.wrong == 0 and same and not differ and rebuilt.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, default=8.0, help="calls a second")
    parser.add_argument("--keep", type=Path, help="a folder for all logs, which stays")
    parser.add_argument(
        "--records", choices=("cel", "cdr"), default="cel", help="what Asterisk writes beside queue_log"
    )
    given = parser.parse_args()
    return 0 if asyncio.run(run(given.calls, given.rate, given.seed, given.keep, given.records)) else 1


if __name__ == "__main__":
    sys.exit(main())
