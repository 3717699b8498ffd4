"""``helin import leads``: from the words of the command to the store's import, and what is said at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from config.errors import HelinError
from config.settings import Settings
from crm_store.lead_import import LeadFile, Scope, import_leads
from crm_store.store import Store

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """``campaign``, ``list``: names. ``refused``: where the rows go that were not taken."""

    path: Path
    campaign: str
    list: str
    dedupe: Scope
    mapping: Mapping[str, str]
    country: str | None
    encoding: str | None
    delimiter: str | None
    source: str | None
    cost: float | None
    basis: str | None
    basis_text: str | None
    refused: Path


async def import_wished(store: Store, settings: Settings, wish: Wish, progress: Progress) -> str:
    """What to say about it. Raises HelinError when there is no such campaign or the file cannot be used."""
    campaign = await store.campaigns.by_name(wish.campaign)
    if campaign is None:
        raise HelinError(f"there is no campaign {wish.campaign}; add it under [[campaigns]] and run: helin apply")
    file = LeadFile(
        path=wish.path,
        campaign=campaign.id,
        list=wish.list,
        dedupe=wish.dedupe,
        mapping=wish.mapping,
        country=wish.country or settings.numbers.country,
        encoding=wish.encoding,
        delimiter=wish.delimiter,
        source=wish.source,
        cost=wish.cost,
        basis=wish.basis,
        basis_text=wish.basis_text,
    )
    report = await import_leads(store, file, datetime.now(UTC), refused=wish.refused, progress=progress)
    lines = [f"{report.added} added, {report.same} as they were, {report.refused} refused."]
    lines += [f"  {count} \N{MULTIPLICATION SIGN} {why}" for why, count in sorted(report.reasons.items())]
    if report.refused:
        lines.append(f"The refused rows and why: {wish.refused}")
    return "\n".join(lines)
