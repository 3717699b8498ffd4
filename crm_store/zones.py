"""Time zones by their IANA names (``Europe/Tallinn``): which ones there are, and which one a country has.

A country with several zones has none here: a guess would ring somebody at night.
"""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from importlib.resources import files

from phonenumbers.timezone import UNKNOWN_TIMEZONE as NOWHERE

from crm_store.errors import Refused
from crm_store.numbers import country_of, planned_zones, region_of


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=1)
def _zones_by_region() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        region, _, zone = (*line.split("\t"), "", "")[:3]
        if zone and not line.startswith("#"):
            found.setdefault(region, []).append(zone)
    return {region: tuple(zones) for region, zones in found.items()}


def only_zone(region: str | None) -> str | None:
    """The zone of a country (ISO 3166 alpha-2) that has only one."""
    zones = _zones_by_region().get(region or "", ())
    return zones[0] if len(zones) == 1 else None


def zone_of(e164: str) -> str | None:
    """Where this number's people live, if its country has one zone only."""
    return only_zone(region_of(e164))


@lru_cache(maxsize=65_536)
def possible_zones(e164: str) -> tuple[str, ...]:
    """All zones that this number's people could be in; none where nobody knows.

    A country with one zone has that one. Elsewhere the numbering plan says; where it names a zone of another country
    (it has one for all of an offset, and countries change theirs on other days), all zones of the number's own country
    are possible too.
    """
    own = _zones_by_region().get(country_of(e164) or "", ())
    if len(own) == 1:
        return own
    found = {zone for zone in planned_zones(e164) if zone in _known()} - {NOWHERE}
    return tuple(sorted(found | set(own))) if found - set(own) else tuple(sorted(found))


def is_zone(name: str) -> bool:
    return name in _known()


def checked_zone(name: str | None) -> str | None:
    """None for an empty one. Raises Refused for a name that is no zone's."""
    if not name:
        return None
    if name not in _known():
        raise Refused("time_zone", "time_zone must be a name like Europe/Tallinn")
    return name
