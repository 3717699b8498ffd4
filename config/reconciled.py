"""``helin reconcile`` and the doctor's look at Asterisk's own records."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from config.errors import HelinError
from config.findings import Finding
from config.reconciling import Hole, Reconciling
from config.reporting import moment
from config.settings import Asterisk, Settings
from config.stores import open_store
from crm_store.errors import Refused
from crm_store.gaps import Gap
from crm_store.journal import Journal
from crm_store.zones import checked_zone

FILES = ("cdr-csv/Master.csv", "cel-custom/Master.csv", "queue_log")


async def reconcile(settings: Settings, console: Console, begin: str, end: str, time_zone: str) -> None:
    """Beside a running service too: its facts go to the database by a spool of their own. Raises HelinError."""
    try:
        zone = ZoneInfo(checked_zone(time_zone) or "UTC")
    except Refused as why:
        raise HelinError(f"--time-zone: {why}") from None
    first, last = (moment(*one, zone).astimezone(UTC) for one in (("--from", begin), ("--to", end)))
    hole = Hole(first, last, "asked for")
    if not hole.begin < hole.end:
        raise HelinError("--to must be later than --from")
    if hole.end > datetime.now(UTC):
        raise HelinError("--to is still to come; give a time that is over")
    if not any(one.records for one in settings.asterisk):
        raise HelinError("[[asterisk]] records does not say where Asterisk's own records are, like /var/log/asterisk")
    unexplained = 0
    with tempfile.TemporaryDirectory(prefix="helin-reconcile-") as folder:
        async with open_store(settings) as store, Journal(store, Path(folder)) as journal:
            for one in settings.asterisk:
                if one.records:
                    looking = Reconciling(one, settings.numbers.country, store, journal.append, journal.settled)
                    gap = await looking.look(hole)
                    _show(console, gap)
                    unexplained += gap.unexplained
    if unexplained:
        raise HelinError(f"{unexplained} differences that nothing here explains: see above")


def _show(console: Console, gap: Gap) -> None:
    read = ", ".join(gap.sources) or "nothing"
    console.print(f"Asterisk {gap.asterisk}: {gap.witnessed} calls in its records ({read}), {gap.repaired} repaired.")
    for trouble in gap.troubles:
        console.print(f"  {trouble}", markup=False)
    for each in gap.differences:
        console.print(f"  {'repaired' if each.repaired else 'look at'} {each.call}: {each.text}", markup=False)


def findings(asterisk: Asterisk) -> list[Finding]:
    """Whether calls that were missed can be made good."""
    if not asterisk.records:
        what = "its own records of calls are not read, so calls that come while Helin is away stay unknown."
        return [Finding("warn", what, "set records in [[asterisk]] to its log folder, like /var/log/asterisk")]
    there = [name for name in FILES if (Path(asterisk.records) / name).exists()]
    if "cdr-csv/Master.csv" not in there and "cel-custom/Master.csv" not in there:
        what = f"{asterisk.records} has neither CDR nor CEL, so only calls of queues can be compared."
        return [Finding("warn", what, "load cdr_csv.so, see config/asterisk/cdr.conf, or let Helin read the folder")]
    return [Finding("ok", f"its own records of calls can be compared ({', '.join(there)}).")]
