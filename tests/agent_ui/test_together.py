"""Questions asked together: each gets its own answer, in few rounds, and a failure is everybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from agent_ui.together import Together


class Oracle:
    def __init__(self) -> None:
        self.rounds: list[int] = []

    async def __call__(self, questions: Sequence[int]) -> list[int]:
        self.rounds.append(len(questions))
        await asyncio.sleep(0.01)
        if 13 in questions:
            raise RuntimeError("unlucky")
        return [question * 2 for question in questions]


async def test_alone_a_question_is_asked_at_once() -> None:
    oracle = Oracle()
    assert await Together(oracle)(21) == 42
    assert oracle.rounds == [1]


async def test_many_at_once_take_few_rounds_and_keep_their_answers() -> None:
    oracle = Oracle()
    ask = Together(oracle)
    assert await asyncio.gather(*(ask(number) for number in range(100, 800))) == list(range(200, 1600, 2))
    assert oracle.rounds == [200, 200, 200, 100]


async def test_a_failure_is_told_to_all_who_asked_together_and_to_nobody_else() -> None:
    ask = Together(Oracle())
    answers = await asyncio.gather(*(ask(number) for number in (1, 13, 2)), return_exceptions=True)
    assert all(isinstance(answer, RuntimeError) for answer in answers)
    assert await ask(4) == 8


async def test_who_no_longer_waits_does_not_hold_up_the_others() -> None:
    ask = Together(Oracle())
    gone, stays = asyncio.create_task(ask(1)), asyncio.create_task(ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone
