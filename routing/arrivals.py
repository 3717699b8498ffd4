"""When channels prove to be a call, of what direction, and whom it is for: pure functions.

A caller from outside is a call at once, and so is an agent who dials a number that can only be outside. An Originate's
first phone is none yet: it may be a spy's, or the first half of a click to call. It becomes one with its second party,
or when it has met nobody for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from routing.facts import Direction
from routing.knowledge import Chan, Story
from routing.parties import Owners, dialled_number, looks_outside

ALONE = timedelta(seconds=3)
"""A lifted phone that has met nobody for so long is a call to the exchange itself (an echo, an announcement)."""

NO_NUMBERS = ("s", "h", "i", "t")
"""Extensions inside the dialplan, where somebody is met whose beginning was not seen."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """``number``, ``name`` and ``did`` as they were heard; empty where nothing is known."""

    direction: Direction
    number: str = ""
    name: str = ""
    did: str = ""


def parties_of(story: Story) -> list[Chan]:
    """Who counts: not plumbing, not spies, nobody who is not sure."""
    return [chan for chan in story.everyone() if chan.sure and chan.party is not None and not chan.spy]


def arrival_of(story: Story, owners: Owners, at: datetime | None) -> Arrival | Literal["wait"] | None:
    """The call that this story is by now; ``wait``: time alone will make it one. ``at`` None: there is no more time."""
    parties = parties_of(story)
    if not parties:
        return None
    caller = next((chan for chan in parties if chan.party == "caller"), None)
    if caller is not None:
        did = "" if caller.first_exten in NO_NUMBERS else caller.first_exten
        return Arrival("inbound", caller.number, caller.caller_name, did)
    outside = [chan for chan in parties if chan.party == "outside"]
    number = outside_number(story, owners)
    if outside:
        known = number or any(chan.lifted_at is not None or chan.ended_at is not None for chan in outside)
        return Arrival("outbound", number) if known else None
    if any(not chan.dialled and _dials_outside(chan, owners) for chan in parties):
        return Arrival("outbound", number)
    if len({chan.agent for chan in parties}) > 1:
        return Arrival("internal")
    lifted_at = parties[0].lifted_at
    if lifted_at is None:
        return None
    return Arrival("internal") if at is None or at - lifted_at >= ALONE else "wait"


def outside_number(story: Story, owners: Owners) -> str:
    """Whom an outbound call is for."""
    if story.hint is not None:
        return story.hint
    everyone = story.everyone()
    for chan in everyone:
        if chan.party == "outside" and (number := number_of(chan)):
            return number
    return next((chan.first_exten for chan in everyone if _dials_outside(chan, owners)), "")


def number_of(chan: Chan) -> str:
    """The number of an outside party that was dialled."""
    if number := dialled_number(chan.dial_string):
        return number
    places = (chan.exten, chan.dialler.exten if chan.dialler is not None else "")
    return next((place for place in places if looks_outside(place)), "")


def _dials_outside(chan: Chan, owners: Owners) -> bool:
    return looks_outside(chan.first_exten) and not owners.is_extension(chan.first_exten)
