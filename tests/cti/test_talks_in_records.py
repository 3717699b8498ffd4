"""What CEL and CDR say of who talked: a caller whom Helin handed out, and whom the first agent gave on to a second.

``records/`` holds what Asterisk 22 wrote of one such call (SIPp's; both agents' phones answered by themselves).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cti import cel
from cti.witness import read
from routing.facts import CallAnswered, CallArrived, CallEnded, CallFact, CallQueued, CallUnqueued, LegEnded, LegStarted
from routing.story import Call, fold
from routing.witness import Findings, Ground, Witnessed, compare

RECORDS = Path(__file__).parent / "records"
LINKED = "main-1795850473.43"
ID = f"main-20261128T071900-{LINKED}"
FIRST, SECOND = "main-1795850475.66", "main-1795850475.78"
BEGIN = datetime(2026, 11, 28, 7, 21, 0, tzinfo=UTC)
END = BEGIN + timedelta(minutes=2)


def at(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


@pytest.fixture(params=["cel", "cdr"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    kind = str(request.param)
    there = tmp_path / {"cel": "cel-custom", "cdr": "cdr-csv"}[kind]
    there.mkdir()
    (there / "Master.csv").write_text((RECORDS / f"direct_transferred.{kind}.csv").read_text())
    return tmp_path


def exactly() -> Witnessed:
    with (RECORDS / "direct_transferred.cel.csv").open(newline="") as lines:
        (one,) = cel.calls(csv.reader(lines))
    return one


def ground() -> Ground:
    return Ground(
        "main", BEGIN, END, END + timedelta(minutes=5), {"PJSIP/1023": "mari", "PJSIP/1024": "juhan"},
        frozenset({"from-trunk"}), lambda one: ID, lambda text: text, True, None,
    )  # fmt: skip


def compared(folder: Path, *ours: Call) -> Findings:
    return compare(read(folder, BEGIN, END).calls, ours, ground())


def told(facts: Iterator[CallFact] | tuple[CallFact, ...]) -> Call:
    call = None
    for fact in facts:
        call = fold(call, fact)
    assert call is not None
    return call


def mended(call: Call, found: Findings) -> Call:
    (fact,) = found.facts
    after = fold(call, fact)
    assert after is not None
    return after


def who(call: Call) -> list[tuple[str, str | None]]:
    return [(one.agent, one.transferred_to) for one in call.segments]


def test_cel_knows_wait_talks_and_who_hung_up_to_the_microsecond() -> None:
    one = exactly()
    assert (one.queue, one.left, one.ended_by, one.exact) == ("quick", "answered", "agent", True)
    assert (one.started_at, one.queued_at) == (at(1795850473.638373), at(1795850474.352768))
    assert [(talk.interface, talk.leg) for talk in one.talks] == [("PJSIP/1024", FIRST), ("PJSIP/1023", SECOND)]
    assert (one.talks[0].began_at, one.talks[0].ended_at) == (at(1795850475.241615), at(1795850475.730693))
    assert one.ended_at == at(1795850477.222752)


def test_a_call_nobody_saw_is_told_with_both_talks_and_the_transfer(folder: Path) -> None:
    call = told(tuple(compared(folder).facts))
    assert (who(call), call.transfers, call.estimated) == ([("juhan", "mari"), ("mari", None)], 1, True)
    assert compared(folder, call) == Findings(1, (), ())


def up_to_the_first_talk() -> Call:
    """Helin ended while the first agent talked, and gave that moment as everybody's end."""
    gone = at(1795850475.5)
    return told((
        CallArrived(ID, at(1795850473.64), "main", "inbound", "+37256000021", None, "+3725550403"),
        LegStarted(ID, at(1795850473.64), LINKED, "caller", None, "+37256000021"),
        CallQueued(ID, at(1795850474.353), "quick"),
        LegStarted(ID, at(1795850475.027), FIRST, "agent", "juhan", None),
        CallAnswered(ID, at(1795850475.242), "juhan", FIRST), CallUnqueued(ID, at(1795850475.242), "quick", "answered"),
        LegEnded(ID, gone, FIRST, None, True), LegEnded(ID, gone, LINKED, None, True),
        CallEnded(ID, gone, "answered", None, True),
    ))  # fmt: skip


def test_the_second_talk_of_a_call_whose_first_was_seen_is_added(folder: Path) -> None:
    before = up_to_the_first_talk()
    call = mended(before, compared(folder, before))
    assert (who(call), call.transfers) == ([("juhan", "mari"), ("mari", None)], 1)
    assert (call.answered_at, call.segments[0].started_at) == (before.answered_at, before.segments[0].started_at)
    assert call.ended_at is not None
    assert abs((call.ended_at - at(1795850477.2)).total_seconds()) < 1
    assert compared(folder, call) == Findings(1, (), ())


def test_the_first_talk_of_a_call_met_in_its_second_is_added(folder: Path) -> None:
    met = told((
        CallArrived(ID, at(1795850476.2), "main", "inbound", "+37256000021", None, None, True),
        LegStarted(ID, at(1795850476.2), LINKED, "caller", None, "+37256000021", True),
        LegStarted(ID, at(1795850476.2), SECOND, "agent", "mari", None, True),
        CallAnswered(ID, at(1795850476.2), "mari", SECOND, True),
        LegEnded(ID, at(1795850477.17), SECOND, 16), LegEnded(ID, at(1795850477.22), LINKED, 16),
        CallEnded(ID, at(1795850477.22), "answered", "agent"),
    ))  # fmt: skip
    call = mended(met, compared(folder, met))
    assert (who(call), call.transfers) == ([("juhan", "mari"), ("mari", None)], 1)
    assert (call.ended_at, call.ended_by) == (at(1795850477.22), "agent")
    assert abs((call.started_at - at(1795850473.6)).total_seconds()) < 1
    assert compared(folder, call) == Findings(1, (), ())


def test_a_queue_that_was_left_before_helin_came_is_the_calls_queue(folder: Path) -> None:
    later = told((
        CallArrived(ID, at(1795850474.0), "main", "inbound", "+37256000021", None, None, True),
        LegStarted(ID, at(1795850474.0), LINKED, "caller", None, "+37256000021", True),
        CallQueued(ID, at(1795850474.9), "another"),
        LegStarted(ID, at(1795850475.027), FIRST, "agent", "juhan", None),
        CallAnswered(ID, at(1795850475.242), "juhan", FIRST), LegEnded(ID, at(1795850475.73), FIRST, 16),
        LegStarted(ID, at(1795850475.74), SECOND, "agent", "mari", None),
        CallAnswered(ID, at(1795850475.96), "mari", SECOND), LegEnded(ID, at(1795850477.17), SECOND, 16),
        LegEnded(ID, at(1795850477.22), LINKED, 16), CallEnded(ID, at(1795850477.22), "answered", "agent"),
    ))  # fmt: skip
    found = compared(folder, later)
    if read(folder, BEGIN, END).calls[0].exact:
        assert mended(later, found).queue == "quick"
    else:  # CDR has no word of where somebody waited who was answered; queue_log has, and is not there
        assert later.queue == "another"


def test_who_was_taken_for_answered_since_the_channel_was_up_gave_up(tmp_path: Path) -> None:
    lines = (RECORDS / "direct_transferred.cel.csv").read_text().splitlines()
    waits = [line for line in lines[:4]]
    hangs_up = lines[-2].replace("PJSIP/1023-0000004e", "PJSIP/trunk-0000002b")
    (tmp_path / "cel-custom").mkdir()
    (tmp_path / "cel-custom/Master.csv").write_text("\n".join([*waits, hangs_up, lines[-1], ""]))
    met = told((
        CallArrived(ID, at(1795850477.2), "main", "inbound", "+37256000021", None, None, True),
        LegStarted(ID, at(1795850477.2), LINKED, "caller", None, None, True),
        LegEnded(ID, at(1795850477.21), LINKED, None, True),
        CallEnded(ID, at(1795850477.21), "answered", "caller", True),
    ))  # fmt: skip
    call = mended(met, compared(tmp_path, met))
    assert (call.queue, call.outcome, call.answered_at) == ("quick", "abandoned", None)
    assert call.started_at == at(1795850473.638373)


@pytest.mark.parametrize("torn", ['{"bridge_id":', "[]", "7", ""])
def test_torn_extras_of_cel_are_passed_over(tmp_path: Path, torn: str) -> None:
    with (RECORDS / "direct_transferred.cel.csv").open(newline="") as lines:
        rows = [[*row[:19], torn] for row in csv.reader(lines)]
    (one,) = cel.calls(rows)
    assert (one.talks, one.queue) == ((), "quick")
