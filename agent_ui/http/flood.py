"""The forms that there are, and how many of each may come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from agent_ui.http.problems import Problem

PER_ADDRESS_SECONDS = 600.0
ADDRESSES_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class FormPlan:
    """A form of the settings. ``per_address`` in ten minutes, ``per_minute`` from everywhere.

    ``kind`` callback: it asks to be called back, in ``queue`` or one of ``queues``.
    """

    key: str
    queue: str
    name: str
    origins: frozenset[str] = frozenset()
    thanks_url: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)
    answer_within: timedelta = timedelta(hours=4)
    per_address: int = 5
    per_minute: int = 60
    kind: Literal["message", "callback"] = "message"
    queues: frozenset[str] = frozenset()


class Flood:
    """How many came lately, by address and in all. Bounded in memory."""

    def __init__(self) -> None:
        self._came: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def begin(self, form: FormPlan, address: str, at: float) -> None:
        """Raises Problem 429 with how long to wait. ``at``: seconds."""
        bounds = (((form.key, address), form.per_address, PER_ADDRESS_SECONDS), ((form.key, ""), form.per_minute, 60.0))
        for key, most, seconds in bounds:
            recent = [one for one in self._came.get(key, ()) if at - one < seconds]
            if len(recent) >= most:
                wait = str(int(seconds - (at - recent[-most])) + 1)
                raise Problem(429, f"Too many of these came; try again in {wait} seconds.", Retry_After=wait)
        for key, most, seconds in bounds:
            recent = [one for one in self._came.pop(key, ()) if at - one < seconds]
            self._came[key] = [*recent, at][-most:]
        while len(self._came) > ADDRESSES_KEPT:
            self._came.popitem(last=False)


class Forms:
    def __init__(self, plans: tuple[FormPlan, ...]) -> None:
        self._plans = {plan.key: plan for plan in plans}
        self.flood = Flood()

    def plan(self, key: str) -> FormPlan:
        """Raises Problem 404."""
        if key not in self._plans:
            raise Problem(404, "There is no such form.")
        return self._plans[key]
