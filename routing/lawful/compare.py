"""What a shop's profile allows that its base does not. Said in words, because nobody may loosen a rule unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from routing.lawful.clock import Hours
from routing.lawful.profile import Profile

_LESS_IS_TIGHTER: Final = (
    "attempts_per_lead", "attempts_per_number", "attempts_per_day", "attempts_per_24_hours", "attempts_per_day_part",
    "agent_seconds",
)  # fmt: skip
_MORE_IS_TIGHTER: Final = (
    "minutes_between", "ring_seconds", "abandoned_lock_hours", "machine_lock_hours", "keep_days",
)  # fmt: skip
_IN_ORDER: Final = {
    "predictive": ("never", "reason", "allowed"),
    "consent": ("consent", "legitimate_interest", "none"),
}
"""From tight to loose."""


def looser(one: Profile, base: Profile) -> tuple[str, ...]:
    """Each a sentence that begins with a verb: "allows …"."""
    return tuple(_looser(one, base))


def _looser(one: Profile, base: Profile) -> Iterator[str]:
    yield from _numbers(one, base)
    for name, order in _IN_ORDER.items():
        if order.index(getattr(one, name)) > order.index(getattr(base, name)):
            yield _says(name, getattr(one, name), getattr(base, name))
    yield from _hours(one.hours, base.hours)
    yield from _lists(one, base)
    if extra := one.countries - base.countries:
        yield f"is for {', '.join(sorted(extra))}, where its base has no rules."
    if gone := base.refused_kinds - one.refused_kinds:
        yield f"allows numbers of the kinds {', '.join(sorted(gone))}."
    if base.legal_message and not one.legal_message:
        yield "wants no legal message."
    if base.caller_numbers and not (
        one.caller_numbers and all(each.startswith(base.caller_numbers) for each in one.caller_numbers)
    ):
        yield "allows caller numbers that its base does not."
    if base.attempts_per_day_part is not None and one.day_parts != base.day_parts:
        yield "divides the day into other parts than its base."
    yield from _abandonment(one, base)


def _numbers(one: Profile, base: Profile) -> Iterator[str]:
    for name in _LESS_IS_TIGHTER:
        mine, theirs = getattr(one, name), getattr(base, name)
        if theirs is not None and (mine is None or mine > theirs):
            yield _says(name, mine, theirs)
    for name in _MORE_IS_TIGHTER:
        if getattr(one, name) < getattr(base, name):
            yield _says(name, getattr(one, name), getattr(base, name))


def _hours(one: Hours, base: Hours) -> Iterator[str]:
    if any(not _within(mine, theirs) for mine, theirs in zip(one.week, base.week, strict=True)):
        yield "allows hours that its base does not."
    if base.holidays is not None and (one.holidays is None or one.holidays.country != base.holidays.country):
        yield f"does not keep the holidays of {base.holidays.country}."


def _within(mine: tuple[tuple[int, int], ...], theirs: tuple[tuple[int, int], ...]) -> bool:
    return all(any(a <= opens and closes <= b for a, b in theirs) for opens, closes in mine)


def _lists(one: Profile, base: Profile) -> Iterator[str]:
    mine = {each.name: each.max_age_days for each in one.lists}
    for each in base.lists:
        if each.name not in mine:
            yield f"does not ask the do-not-call list {each.name}."
        elif mine[each.name] > each.max_age_days:
            yield f"lets the do-not-call list {each.name} be {mine[each.name]} days old, its base {each.max_age_days}."


def _abandonment(one: Profile, base: Profile) -> Iterator[str]:
    mine, theirs = one.abandonment, base.abandonment
    if (mine.limit if mine.limit is not None else 0.0) > (theirs.limit if theirs.limit is not None else 0.0):
        yield f"allows {mine.limit:.1%} of abandoned calls."
    if mine.window_days != theirs.window_days or (theirs.per_campaign and not mine.per_campaign):
        yield "reckons abandoned calls over another time than its base."


def _says(name: str, mine: object, theirs: object) -> str:
    return f"has {name} = {'none' if mine is None else mine}, its base {theirs}."
