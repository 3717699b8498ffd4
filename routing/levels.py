"""Levels of skills as plain sets, so that "can this agent do it" stays one comparison of sets.

A requirement is a least level for each skill. Only the levels that somebody asks for tell agents apart: where nobody
asks for more than *billing 3*, a 5 and a 4 are alike, and the groups of agents stay few. A set holds a skill's name (it
is had at all, level 1), a mark for each asked level that is reached, and, where the level itself counts in the choice
(:attr:`Scale.weighted`), a mark with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routing.requests import Skills

BETWEEN = "\0"
"""Between a skill's name and a level in a mark: no name has it."""


class Scale:
    """``asked``: every requirement there is; ``weighted``: skills whose level counts beyond what is asked."""

    def __init__(self, asked: Iterable[Mapping[str, int]], weighted: Iterable[str] = ()) -> None:
        self.weighted = frozenset(weighted)
        self._steps: dict[str, set[int]] = {}
        self._levels: dict[Skills, dict[str, int]] = {}
        for need in asked:
            for name, level in need.items():
                if level > 1:
                    self._steps.setdefault(name, set()).add(level)

    def asks(self, need: Mapping[str, int]) -> Skills:
        """The set that an agent's must hold."""
        return frozenset(name if level <= 1 else f"{name}{BETWEEN}{level}" for name, level in need.items() if level > 0)

    def has(self, levels: Mapping[str, int]) -> Skills:
        """An agent's set."""
        own = {name: level for name, level in levels.items() if level > 0}
        marks = [f"{name}{BETWEEN}{step}" for name, level in own.items() for step in self._reached(name, level)]
        counted = {name: own.get(name, 0) for name in self.weighted}
        skills = frozenset((*own, *marks, *(f"{name}{BETWEEN}={level}" for name, level in counted.items())))
        self._levels[skills] = counted
        return skills

    def _reached(self, name: str, level: int) -> list[int]:
        return [step for step in self._steps.get(name, ()) if step <= level]

    def above(self, group: Skills, need: Mapping[str, int], weights: Mapping[str, float]) -> list[tuple[str, float]]:
        """What the group's levels above the least count, in seconds of idleness, with words for each."""
        levels = self._levels.get(group, {})
        found = []
        for name, weight in weights.items():
            over = levels.get(name, 0) - need.get(name, 0)
            if over > 0:
                found.append((f"{name} {levels[name]}, asked {need.get(name, 0)}", weight * over))
        return found
