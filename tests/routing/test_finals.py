"""Every capture comes to the calls that tests/scenarios/final_calls.txt says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest

from routing.events import Directory, QueuePlan
from routing.facts import CALL_FACTS
from routing.story import Call
from tests.routing.told import NAMES, PRODUCTION, capture, play

TABLE = Path(__file__).parent.parent / "scenarios" / "final_calls.txt"


def expected() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for line in TABLE.read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith(" "):
            name = line
            table[name] = []
        elif line.strip() != "no call":
            table[name].append(line.strip())
    return table


EXPECTED = expected()


def lines_of(call: Call) -> Iterable[str]:
    def after(at: datetime | None) -> str:
        return "-" if at is None else f"{(at - call.started_at).total_seconds():.1f}"

    yield (
        f"call {call.direction} number={call.number or '-'} did={call.did or '-'} queue={call.queue or '-'}"
        f" queued={after(call.queued_at)} unqueued={after(call.unqueued_at)} answered={after(call.answered_at)}"
        f" ended={after(call.ended_at)} outcome={call.outcome} by={call.ended_by or '-'} transfers={call.transfers}"
    )
    for each in call.segments:
        yield (
            f"talk {each.agent} from={after(each.started_at)} to={after(each.ended_at)} by={each.ended_by or '-'}"
            f" held={each.held_seconds:.1f} given_to={each.transferred_to or '-'}"
        )
    for leg in call.legs:
        yield (
            f"leg {leg.party} {leg.agent or leg.number or '-'} from={after(leg.started_at)}"
            f" lifted={after(leg.answered_at)} to={after(leg.ended_at)} cause={leg.cause}"
        )


def lines_of_all(calls: dict[str, Call]) -> list[str]:
    in_order = sorted(calls.values(), key=lambda call: call.started_at)
    return [line for call in in_order for line in lines_of(call)]


def test_the_table_is_about_every_capture() -> None:
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_capture_comes_to_its_calls(name: str) -> None:
    played = play(capture(name), empty=False)
    assert lines_of_all(played.calls) == EXPECTED[name]
    assert played.live == {}
    assert not any(played.sizes.values()), "nothing is left behind"
    assert played.drifts == []
    assert not any(call.estimated for call in played.calls.values())


@pytest.mark.parametrize("name", NAMES)
def test_with_the_ami_classes_of_a_shop_it_comes_to_the_same(name: str) -> None:
    """Without the class ``dialplan`` the reason why a caller left a queue is a guess: see test_queue_endings."""
    lines = lines_of_all(play(capture(name, PRODUCTION)).calls)
    guessed = [line.replace("withdrawn", "timed_out") for line in EXPECTED[name]]
    assert lines == (guessed if name == "queue_priority_withdraw" else EXPECTED[name])


@pytest.mark.parametrize("name", NAMES)
def test_phones_that_nobody_owns_are_agents_by_their_interface(name: str) -> None:
    directory = Directory((), (QueuePlan("support"),))
    calls = play(capture(name), directory=directory).calls

    def bare(line: str) -> str:
        for n in (1, 2):
            line = line.replace(f"given_to=agent{n}", "given_to=?").replace(f"agent{n} ", f"PJSIP/100{n} ")
        return line

    got = [line.replace("given_to=1002", "given_to=?") for line in lines_of_all(calls)]
    assert [line.replace("given_to=PJSIP/1002", "given_to=?") for line in got] == [bare(x) for x in EXPECTED[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_switchboards_own_calls_are_its_facts_folded(name: str) -> None:
    """At every moment, not only at the end."""
    from tests.routing.told import RECEIVED, fold_all, new_switchboard

    board = new_switchboard()
    facts = []
    for event in capture(name):
        told, _ = board.receive(event, getattr(event, "at", None) or RECEIVED)
        facts += told
        if any(type(fact) in CALL_FACTS for fact in told):
            folded = fold_all(facts)
            assert board.calls() == {id_: call for id_, call in folded.items() if call.active}
