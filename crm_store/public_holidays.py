"""Public holidays by country, from the library ``holidays``.

Reading it the first time takes a second or more: :func:`make_ready` does so away from the loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """ISO codes of countries (two letters), each with its regions' codes."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(regions) for code, regions in sorted(known.items())}


@lru_cache(maxsize=256)
def holidays_of(country: str, region: str, year: int) -> Mapping[date, str]:
    """By day, with their names in the country's own language. None for a country that nobody knows."""
    import holidays

    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=year)
        own = found.default_language
        if own is not None:
            found = holidays.country_holidays(country, subdiv=region or None, years=year, language=own)
    except NotImplementedError:
        return {}
    return {day: name for day, name in found.items() if day.year == year}


async def make_ready(places: Iterable[tuple[str, str]], year: int) -> None:
    """Reads what these (country, region) need for the year and the next, in a thread."""
    for country, region in sorted(set(places)):
        if country:
            for each in (year, year + 1):
                await asyncio.to_thread(holidays_of, country, region, each)
