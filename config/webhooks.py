"""``helin webhooks`` and the doctor's look at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from config.errors import HelinError
from config.findings import Finding
from config.reporting import moment
from crm_store.errors import Refused
from crm_store.store import Store
from crm_store.webhooks import Webhook
from crm_store.zones import checked_zone


def table(webhooks: Iterable[Webhook]) -> Table:
    shown = Table(box=SIMPLE_HEAD)
    for head in ("name", "state", "events", "behind", "put aside", "url"):
        shown.add_column(head, justify="right" if head in ("behind", "put aside") else "left")
    for one in webhooks:
        state = one.state + (", replaying" if one.replaying else "")
        cells = (one.name, state, " ".join(one.events), str(one.behind), str(one.failures), one.url)
        shown.add_row(*map(escape, cells))
    return shown


async def replay(store: Store, name: str, begin: str, end: str, time_zone: str) -> None:
    """Raises HelinError with one sentence."""
    try:
        zone = ZoneInfo(checked_zone(time_zone) or "UTC")
        times = [moment(*one, zone).astimezone(UTC) for one in (("--from", begin), ("--to", end))]
        await store.webhooks.replay(name, times[0], times[1], "helin webhooks", datetime.now(UTC))
    except Refused as why:
        raise HelinError(str(why)) from None


def findings(webhooks: Iterable[Webhook]) -> list[Finding]:
    return [finding for one in webhooks if (finding := _finding(one)) is not None]


def _finding(one: Webhook) -> Finding | None:
    name = f"Webhook {one.name}"
    if one.state == "away":
        since = f"{one.away_since:%Y-%m-%d %H:%M} UTC"
        return Finding("warn", f"{name} is not told anything since {since}: {one.trouble}.", f"look at {one.url}")
    if one.state == "off":
        if one.trouble is None:
            return None
        return Finding("warn", f"{name} was turned off: {one.trouble}.", "mend its receiver, then turn it on again")
    if one.failures:
        what = f"{name} refused {one.failures} events for good."
        return Finding("warn", what, "mend its receiver, then helin webhooks replay")
    return Finding("ok", f"{name} is told what happens.")
