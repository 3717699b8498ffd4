"""Countries' rules for telemarketing: those that Helin ships, and a shop's own file over them.

A file holds ``[[profiles]]``: each is one version of one country's rules with the date from which it holds. A shop's
profile is ``based_on`` a shipped one, or on that of its own key, and says only what differs. What it allows more than
its base is never silent: :attr:`Profiles.looser` says it in sentences, and ``helin doctor`` repeats them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from crm_store.errors import BadFile
from crm_store.public_holidays import countries, holidays_of, make_ready
from routing.calendars import WEEKDAYS, span_of
from routing.lawful import Abandonment, DayPart, Holidays, Hours, ListRule, Profile
from routing.lawful.compare import looser
from routing.lawful.profile import ConsentNeeded, Predictive

SHIPPED: Final = ("us.toml", "uk.toml", "ee.toml")
LARGEST: Final = 1_000_000
"""Bytes of a shop's file."""

Amount = msgspec.Meta(ge=0, le=100_000)


class _List(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    max_age_days: int


class _Abandonment(msgspec.Struct, forbid_unknown_fields=True):
    limit: float | None = None
    window_days: int = 30
    per_campaign: bool = False


class _Part(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    begins: str


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """As people write it. What is not said has the base's value, else the dataclass's."""

    key: str
    version: str
    effective_from: date
    based_on: str = ""
    name: str | msgspec.UnsetType = msgspec.UNSET
    countries: list[str] | msgspec.UnsetType = msgspec.UNSET
    hours: dict[str, list[str]] | msgspec.UnsetType = msgspec.UNSET
    holidays: str | msgspec.UnsetType = msgspec.UNSET
    attempts_per_lead: int | msgspec.UnsetType = msgspec.UNSET
    attempts_per_number: int | msgspec.UnsetType = msgspec.UNSET
    attempts_per_day: int | msgspec.UnsetType = msgspec.UNSET
    attempts_per_24_hours: int | msgspec.UnsetType = msgspec.UNSET
    attempts_per_day_part: int | msgspec.UnsetType = msgspec.UNSET
    day_parts: list[_Part] | msgspec.UnsetType = msgspec.UNSET
    minutes_between: int | msgspec.UnsetType = msgspec.UNSET
    ring_seconds: int | msgspec.UnsetType = msgspec.UNSET
    abandonment: _Abandonment | msgspec.UnsetType = msgspec.UNSET
    agent_seconds: float | msgspec.UnsetType = msgspec.UNSET
    legal_message: bool | msgspec.UnsetType = msgspec.UNSET
    predictive: Predictive | msgspec.UnsetType = msgspec.UNSET
    abandoned_lock_hours: int | msgspec.UnsetType = msgspec.UNSET
    machine_lock_hours: int | msgspec.UnsetType = msgspec.UNSET
    lists: list[_List] | msgspec.UnsetType = msgspec.UNSET
    consent: ConsentNeeded | msgspec.UnsetType = msgspec.UNSET
    caller_numbers: list[str] | msgspec.UnsetType = msgspec.UNSET
    refused_kinds: list[str] | msgspec.UnsetType = msgspec.UNSET
    keep_days: int | msgspec.UnsetType = msgspec.UNSET


class _File(msgspec.Struct, forbid_unknown_fields=True):
    profiles: list[_Written]


class Profiles:
    """Every version of every profile. ``own``: keys that a shop's file has; ``looser``: what it allows more."""

    def __init__(self, versions: Sequence[Profile], own: frozenset[str] = frozenset(), looser: Sequence[str] = ()):
        self.versions = tuple(sorted(versions, key=lambda one: (one.key, one.effective_from)))
        self.own = own
        self.looser = tuple(looser)
        self._looked_up: set[tuple[str, int]] = set()

    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.key for one in self.versions))

    def at(self, key: str, now: datetime) -> Profile | None:
        """The version in force, its holidays looked up for this year and the next; None for one that nobody knows."""
        today = now.astimezone(UTC).date()
        there = [one for one in self.versions if one.key == key and one.effective_from <= today]
        return _with_holidays(there[-1], today.year) if there else None

    async def ready(self, key: str, now: datetime) -> Profile | None:
        """As :meth:`at`, but holidays are looked up away from the loop: the first time that takes a second."""
        year = now.astimezone(UTC).year
        codes = {one.hours.holidays.country for one in self.versions if one.key == key and one.hours.holidays}
        new = {(code, year) for code in codes} - self._looked_up
        for code, _ in new:
            await make_ready([(code, "")], year - 1)
            await make_ready([(code, "")], year)
        self._looked_up |= new
        return self.at(key, now)


@lru_cache(maxsize=64)
def _with_holidays(profile: Profile, year: int) -> Profile:
    """The day before New Year and the day after it are other days elsewhere: three years are looked up."""
    asked = profile.hours.holidays
    if asked is None:
        return profile
    by_year = {each: holidays_of(asked.country, "", each) for each in (year - 1, year, year + 1)}
    known = frozenset(each for each, days in by_year.items() if days)
    days = frozenset(day for found in by_year.values() for day in found)
    return replace(profile, hours=replace(profile.hours, holidays=Holidays(asked.country, days, known)))


def shipped() -> Profiles:
    return Profiles(_shipped())


@lru_cache(maxsize=1)
def _shipped() -> tuple[Profile, ...]:
    folder, found = files("crm_store.profiles"), []
    for name in SHIPPED:
        found += [_profile(one, None) for one in _written((folder / name).read_text(encoding="utf-8"), name)]
    return tuple(found)


def load(path: Path | None) -> Profiles:
    """The shipped profiles, and over them those of a shop's file. Raises BadFile with one sentence."""
    base = _shipped()
    if path is None:
        return Profiles(base)
    versions, said = list(base), []
    own = _written(_text(path), str(path))
    for one in own:
        over = _base_of(one, base)
        if one.based_on and over is None:
            raise BadFile(f"{path}: profile {one.key}: there is no profile {one.based_on!r} to base it on")
        try:
            made = _profile(one, over)
            _check_holidays(made)
        except ValueError as problem:
            raise BadFile(f"{path}: profile {one.key} {one.version}: {problem}") from None
        if any((each.key, each.effective_from) == (made.key, made.effective_from) for each in versions):
            raise BadFile(f"{path}: two versions of profile {one.key} take effect on {one.effective_from}")
        versions.append(made)
        said += [f"Profile {made.key} {made.version} {each}" for each in (looser(made, over) if over else (_ALONE,))]
    return Profiles(versions, frozenset(one.key for one in own), said)


_ALONE: Final = "is based on none that Helin ships, so nobody compared it with any."


def _base_of(one: _Written, base: Iterable[Profile]) -> Profile | None:
    """The newest shipped version that holds by then."""
    key = one.based_on or one.key
    there = [each for each in base if each.key == key and each.effective_from <= one.effective_from]
    return max(there, key=lambda each: each.effective_from, default=None)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile(f"{path} is larger than {LARGEST:,} bytes; it is no file of profiles")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(f"{path} cannot be read: {getattr(problem, 'strerror', None) or problem}") from None


def _written(text: str, where: str) -> list[_Written]:
    try:
        return msgspec.convert(tomllib.loads(text), _File).profiles
    except tomllib.TOMLDecodeError as problem:
        raise BadFile(f"{where} is not valid TOML: {problem}") from None
    except msgspec.ValidationError as problem:
        raise BadFile(f"{where}: {problem}") from None


def _profile(one: _Written, base: Profile | None) -> Profile:
    """Raises ValueError with one sentence."""
    said: dict[str, Any] = {
        each: getattr(one, each)
        for each in _Written.__struct_fields__
        if each not in ("based_on", "holidays") and getattr(one, each) is not msgspec.UNSET
    }
    for name, read in _READ.items():
        if name in said:
            said[name] = read(said[name])
    said = _with_hours(one, base, said)
    if base is None:
        lacks = [name for name in ("name", "countries", "hours") if name not in said]
        if lacks:
            raise ValueError(f"it is based on none and does not say {', '.join(lacks)}")
        return _checked(Profile(**said))
    return _checked(replace(base, **{**said, "name": said.get("name", base.name)}))


def _with_hours(one: _Written, base: Profile | None, said: dict[str, Any]) -> dict[str, Any]:
    hours: Hours | None = said.get("hours") or (base.hours if base else None)
    if hours is None:
        return said
    holidays = base.hours.holidays if base else None
    if one.holidays is not msgspec.UNSET:
        holidays = Holidays(one.holidays, frozenset(), frozenset()) if one.holidays else None
    return {**said, "hours": replace(hours, holidays=holidays)}


def _check_holidays(profile: Profile) -> None:
    """Raises ValueError."""
    asked = profile.hours.holidays
    if asked is not None and asked.country not in countries():
        raise ValueError(f"nobody knows the holidays of {asked.country[:20]!r}")


def _hours(given: Mapping[str, Sequence[str]]) -> Hours:
    wrong = next((name for name in given if name not in WEEKDAYS), None)
    if wrong is not None:
        raise ValueError(f"hours knows {', '.join(WEEKDAYS)}, not {wrong[:20]!r}")
    spans = ([span_of(text) for text in given.get(day, ())] for day in WEEKDAYS)
    return Hours(tuple(tuple((each.opens, each.closes) for each in day) for day in spans))


def _parts(given: Sequence[_Part]) -> tuple[DayPart, ...]:
    parts = tuple(DayPart(each.name, span_of(f"{each.begins}-24:00").opens) for each in given)
    if any(former.begins >= later.begins for former, later in pairwise(parts)):
        raise ValueError("day_parts must stand in the order in which they begin")
    return parts


_READ: Final[Mapping[str, Any]] = {
    "countries": frozenset,
    "hours": _hours,
    "day_parts": _parts,
    "abandonment": lambda given: Abandonment(given.limit, given.window_days, given.per_campaign),
    "lists": lambda given: tuple(ListRule(each.name, each.max_age_days) for each in given),
    "caller_numbers": tuple,
    "refused_kinds": frozenset,
}


def _checked(profile: Profile) -> Profile:
    """Raises ValueError. A number below zero would switch a rule off."""
    if not profile.key or not profile.version or not profile.countries:
        raise ValueError("key, version and countries must not be empty")
    for each in fields(profile):
        value = getattr(profile, each.name)
        if isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value <= 100_000:
            raise ValueError(f"{each.name} must be a number from 0 to 100000")
    limit = profile.abandonment.limit
    if limit is not None and not 0 <= limit <= 1:
        raise ValueError("abandonment.limit must be a share from 0 to 1")
    if any(not 0 <= each.max_age_days <= 10_000 or not each.name for each in profile.lists):
        raise ValueError("each list needs a name, and max_age_days from 0 to 10000")
    wrong = next((code for code in profile.countries if not (len(code) == 2 and code.isascii() and code.isupper())), "")
    if wrong:
        raise ValueError(f"countries has two letters for each, like US, not {wrong[:20]!r}")
    return profile
