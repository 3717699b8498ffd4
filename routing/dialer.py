"""How many calls of a campaign leave now: the door of the dialer's arithmetic. Pure: time and facts are arguments.

Ask :meth:`Pacing.decide` whenever something changed on the floor, and once a second at least. Tell it what became of
each call (:meth:`Pacing.heard`) and how long talks and wrap-ups were (:meth:`Pacing.handled`). Several campaigns for
the same agents: ``routing.dialling.sharing``.

One more call is worth dialling as long as the chance that its answer would meet nobody is at most a threshold. That
chance is reckoned for an early and a late answer: who will be free by then (each agent by the age of the
talk), less who will have answered by then (each ringing call by its age and its lead). The threshold follows the
budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal

from routing.dialling.answers import Answers, Traits
from routing.dialling.budget import Budget, Price
from routing.dialling.durations import Durations, Free
from routing.dialling.tails import Tail

__all__ = ["Budget", "Floor", "Launch", "Pacing", "Traits"]

SHARES: Final = (0.21, 0.79)
"""An early and a late answer: so many of the answers have come by then. The mean of these two is as good as of many
(Gauss and Legendre's points)."""
PATIENCE: Final = 2.0
"""Seconds that the law lets an answered call wait."""
UNSURE: Final = 0.45
"""Deviation of the answer rate's log-odds, above which too little is known: after some 25 to 40 calls it is less."""
ENOUGH_TALKS: Final = 8
TOGETHER: Final = 0.7
"""Agents who are left, of those who were there a minute ago, below which they have left together."""
FORGETS: Final = 60.0
STEP: Final = 3.0
"""Seconds of a bin of talk."""
RELEARN: Final = 60.0
AHEAD: Final = 7200.0
"""Seconds within which what was abandoned too much is made good,"""
SOON: Final = 300.0
"""and seconds until that can begin: calls that ring end, and what was misjudged shows."""
WORKING: Final = 0.6
"""The share of their time that agents talk or wrap up at the least: so many answers are sure to come."""

DELAY: Final = 15.0
"""Seconds, about, from dialling to an answer, and two more."""
HOPELESS: Final = 0.4
"""With fewer agents to be expected, the chance that there is none lies above any threshold."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What is going on. ``talking``, ``wrapping``: since when, for each agent; ``ringing``: since when, and the lead's
    traits; ``waiting``: answered calls that no agent has yet. Seconds of the same monotonic clock as ``now``."""

    idle: int
    waiting: int
    talking: Sequence[float]
    wrapping: Sequence[float]
    ringing: Sequence[tuple[float, Traits]]
    others: Sequence[tuple[float, float]] = ()
    """Calls of other campaigns that ring for the same agents: since when, and the chance that they had at first."""

    def agents(self) -> int:
        return self.idle + len(self.talking) + len(self.wrapping)

    def spare(self) -> int:
        """Idle agents for whom nobody waits and nothing rings: below none while the dialer has gone ahead."""
        return self.idle - self.waiting - len(self.ringing) - len(self.others)


@dataclass(frozen=True, slots=True)
class Launch:
    """``count`` calls leave now. ``mode``: progressive is a call for each idle agent, at most. ``why``: a sentence.
    ``threshold``: the chance to meet nobody that a call may have; 0 where progressive."""

    count: int
    mode: Literal["progressive", "predictive"]
    why: str
    threshold: float = 0.0


@dataclass(slots=True)
class _Known:
    """What is reckoned with until it is learned anew."""

    until: float
    free: list[Free]
    curves: list[tuple[float, float, list[float]]]


@dataclass(slots=True)
class Pacing:
    """One campaign's. Keeps what was learned, and nothing of the floor but how many agents there were. A young campaign
    begins with what others have learned by :meth:`like`. ``patience``: seconds until who answered and met nobody counts
    as abandoned."""

    answers: Answers = field(default_factory=Answers)
    talks: Durations = field(default_factory=lambda: Durations(90.0, 3.0, STEP, 1800.0))
    wraps: Durations = field(default_factory=lambda: Durations(15.0, 3.0, 1.0, 300.0))
    price: Price = field(default_factory=Price)
    patience: float = PATIENCE
    _known: _Known | None = None
    _staff: float = 0.0
    _staff_at: float = 0.0

    @classmethod
    def like(cls, other: Pacing) -> Pacing:
        """For a young campaign: another's answer rate and durations are believed until its own are known."""
        return cls(
            Answers(other.answers.rate()),
            Durations(other.talks.mean(), 3.0, STEP, 1800.0),
            Durations(other.wraps.mean(), 3.0, 1.0, 300.0),
            patience=other.patience,
        )

    def heard(self, traits: Traits, since: float, now: float, answered: bool) -> None:
        """A call that was dialled at ``since`` has been answered by a person, or has ended otherwise."""
        self.answers.heard(traits, since, now, answered)

    def handled(self, talk: float, wrap: float) -> None:
        """An agent is free again after so many seconds."""
        self.talks.add(talk)
        self.wraps.add(wrap)

    def decide(self, floor: Floor, budget: Budget, leads: Iterable[Traits], now: float) -> Launch:
        """``leads``: what is known of the next ones, in the order in which they would be dialled; no more leave."""
        self.answers.settle(now)
        self.price.passes(now, DELAY, budget.abandoned)
        if (why := self._careful(floor, now)) is not None:
            return self._progressive(floor, leads, why)
        ahead, soon = (self._answers_within(min(seconds, budget.left), floor) for seconds in (AHEAD, SOON))
        share = budget.share(ahead, soon, self.price.at_stake + floor.waiting)
        if share <= 0:
            return self._progressive(floor, leads, f"the budget is spent: {_so_far(budget)}")
        threshold = self.price.threshold(share)
        count = self._count(floor, leads, threshold, now)
        why = f"{share:.1%} of the next may be abandoned, so a call leaves that meets nobody by at most {threshold:.1%}"
        return Launch(count, "predictive", f"{why}: {_so_far(budget)}", threshold)

    def chance(self, traits: Traits) -> float:
        """That a lead answers: between 0 and 1, a little on the high side while little is known."""
        return self.answers.chance(traits)

    def _progressive(self, floor: Floor, leads: Iterable[Traits], why: str) -> Launch:
        count = sum(1 for _ in islice(leads, max(0, floor.spare())))
        return Launch(count, "progressive", f"a call for each idle agent, because {why}")

    def _careful(self, floor: Floor, now: float) -> str | None:
        staff = floor.agents()
        if self._staff_at == 0.0 or staff >= self._staff:
            self._staff = float(staff)
        else:
            self._staff += (staff - self._staff) * min(1.0, (now - self._staff_at) / FORGETS)
        self._staff_at = now
        if self.answers.doubt() > UNSURE or len(self.talks) < ENOUGH_TALKS:
            return "too little is known yet of who answers and how long talks are"
        if staff < TOGETHER * self._staff - 1:
            return "agents have left together"
        return None

    def _answers_within(self, seconds: float, floor: Floor) -> float:
        return WORKING * floor.agents() * seconds / (self.talks.mean() + self.wraps.mean())

    def _reckoned(self, floor: Floor, now: float) -> _Known:
        known = self._known
        if known is None or now >= known.until:
            horizons = self.answers.horizons(SHARES)
            talk = self.talks.survival(now - since for since in floor.talking)
            wrap = self.wraps.survival()
            free = [Free(talk, STEP, wrap, ahead + self.patience) for ahead in horizons]
            known = self._known = _Known(now + RELEARN, free, self.answers.curves(horizons))
        return known

    def _count(self, floor: Floor, leads: Iterable[Traits], threshold: float, now: float) -> int:
        known = self._reckoned(floor, now)
        tails = self._tails(floor, known, threshold, now)
        count = 0
        for traits in leads if tails else ():
            risk = sum((tail.none() for tail in tails), 0.0) / len(tails)
            if risk > threshold:
                break
            chance = self.answers.chance(traits)
            self.price.launched(chance, risk, threshold)
            count += 1
            for tail, take in zip(tails, self._take(chance, 0, known), strict=True):
                tail.take(take)
        return count

    def _tails(self, floor: Floor, known: _Known, threshold: float, now: float) -> list[Tail]:
        """One for each horizon; none at all where it is plain that nothing may leave."""
        takes = self._takes(floor, known, now)
        spare = floor.idle - floor.waiting
        talking, wrapping = [now - since for since in floor.talking], [now - since for since in floor.wrapping]
        tails, risk, most = [], 0.0, threshold * len(known.free)
        for at, free in enumerate(known.free):
            frees = [free.talking(age) for age in talking]
            frees += [free.wrapping(age) for age in wrapping]
            taken = [take[at] for take in takes]
            if spare + sum(frees, 0.0) - sum(taken, 0.0) < HOPELESS:
                return []
            tail = Tail(spare, frees, taken)
            risk += tail.none()
            if risk > most:
                return []
            tails.append(tail)
        return tails

    def _takes(self, floor: Floor, known: _Known, now: float) -> list[list[float]]:
        found: dict[tuple[int, Traits], list[float]] = {}
        takes = []
        for since, traits in floor.ringing:
            key = (int(now - since), traits)
            if (take := found.get(key)) is None:
                take = found[key] = self._take(self.answers.chance(traits), key[0], known)
            takes.append(take)
        takes += [self._take(chance, int(now - since), known) for since, chance in floor.others]
        return takes

    def _take(self, chance: float, age: int, known: _Known) -> list[float]:
        to_come, to_fail, shares = known.curves[min(age, len(known.curves) - 1)]
        still = chance * to_come + (1.0 - chance) * to_fail
        return [chance * share / still if still > 1e-9 else 0.0 for share in shares]


def _so_far(budget: Budget) -> str:
    return f"{budget.abandoned} of {budget.answered} answered calls abandoned, {budget.limit:.1%} is the limit"
