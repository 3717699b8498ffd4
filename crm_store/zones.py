"""Time zones by their IANA names (``Europe/Tallinn``): which ones there are, and which one a country has.

A country with several zones has none here: a guess would ring somebody at night.
"""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from importlib.resources import files

from crm_store.errors import Refused
from crm_store.numbers import region_of


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=1)
def _by_region() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        region, _, zone = (*line.split("\t"), "", "")[:3]
        if zone and not line.startswith("#"):
            found.setdefault(region, []).append(zone)
    return {region: zones[0] for region, zones in found.items() if len(zones) == 1}


def only_zone(region: str | None) -> str | None:
    """The zone of a country (ISO 3166 alpha-2) that has only one."""
    return _by_region().get(region or "")


def zone_of(e164: str) -> str | None:
    """Where this number's people live, if its country has one zone only."""
    return only_zone(region_of(e164))


def checked_zone(name: str | None) -> str | None:
    """None for an empty one. Raises Refused for a name that is no zone's."""
    if not name:
        return None
    if name not in _known():
        raise Refused("time_zone", "time_zone must be a name like Europe/Tallinn")
    return name
