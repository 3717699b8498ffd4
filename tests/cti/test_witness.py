"""Asterisk's own records, as it writes them, and what follows from where they differ from ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cti.witness import read
from routing.facts import CallAnswered, CallArrived, CallEnded, CallFact, CallQueued, CallUnqueued, LegEnded, LegStarted
from routing.story import Call, fold
from routing.witness import Findings, Ground, compare

BEGIN = datetime(2026, 11, 28, 3, 49, 0, tzinfo=UTC)
END = BEGIN + timedelta(minutes=10)
ONE, TWO = "main-1795837761.0", "main-1795837769.2"
CDR = f'''"","+37255501000","s","helin-wait",""""" <+37255501000>","PJSIP/trunk-00000000","PJSIP/1001-00000001",\
"Queue","support,ctb","2026-11-28 03:49:21","2026-11-28 03:49:22","2026-11-28 03:49:25",4,3,"ANSWERED","DOCUMENTATION",\
"{ONE}","","","{ONE}",0
"","+37255501001","s","helin-wait",""""" <+37255501001>","PJSIP/trunk-00000002","PJSIP/1001-00000003","Queue",\
"support,ctb","2026-11-28 03:49:29",,"2026-11-28 03:49:32",2,0,"NO ANSWER","DOCUMENTATION","{TWO}","","","{TWO}",2
'''
QUEUE_LOG = f"""1795837760|NONE|NONE|NONE|QUEUESTART|
1795837760|CLI|support|PJSIP/1001|ADDMEMBER|
1795837761|{ONE}|support|NONE|ENTERQUEUE||+37255501000|1
1795837762|{ONE}|support|PJSIP/1001|CONNECT|1|main-1795837761.1|1
1795837765|{ONE}|support|PJSIP/1001|COMPLETECALLER|1|3|1
1795837769|{TWO}|support|NONE|ENTERQUEUE||+37255501001|1
1795837772|{TWO}|support|PJSIP/1001|RINGCANCELED|2501
1795837772|{TWO}|support|NONE|ABANDON|1|1|3
"""


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cdr-csv").mkdir()
    (tmp_path / "cdr-csv/Master.csv").write_text(CDR)
    (tmp_path / "queue_log").write_text(QUEUE_LOG)
    return tmp_path


def ground(complete: bool = True, boot: str | None = "20261128T034900") -> Ground:
    return Ground(
        "main", BEGIN, END, END + timedelta(minutes=5), {"PJSIP/1001": "agent1"}, frozenset({"from-trunk"}),
        lambda one: f"main-{boot}-{one.linked}" if boot else None, lambda text: text, complete, None,
    )  # fmt: skip


def compared(folder: Path, *ours: Call) -> Findings:
    records = read(folder, BEGIN, END)
    return compare(records.calls, ours, ground(records.complete))


def told(*facts: CallFact) -> Call:
    call = None
    for fact in facts:
        call = fold(call, fact)
    assert call is not None
    return call


def ours(linked: str, end: float, outcome: str = "answered", estimated: bool = True, answered: bool = True) -> Call:
    id_ = f"main-20261128T034900-{linked}"
    begin = 21.2 if linked == ONE else 29.3
    facts: list[CallFact] = [
        CallArrived(id_, at(begin), "main", "inbound", "+37255501000", None, None),
        CallQueued(id_, at(begin), "support"),
    ]  # fmt: skip
    if answered:
        facts += [CallUnqueued(id_, at(22), "support", "answered"), CallAnswered(id_, at(22), "agent1", "leg")]
    return told(*facts, CallEnded(id_, at(end), outcome, None, estimated))  # type: ignore[arg-type]


def test_both_records_make_one_call(folder: Path) -> None:
    records = read(folder, BEGIN, END)
    one, two = records.calls
    assert (records.sources, records.complete) == (("cdr", "queue_log"), True)
    assert (one.number, one.queue, one.outcome, one.ended_by) == ("+37255501000", "support", "answered", "caller")
    assert [(talk.interface, talk.began_at, talk.ended_at) for talk in one.talks] == [("PJSIP/1001", at(22), at(25))]
    assert (two.outcome, two.started_at, two.ended_at, two.talks) == ("abandoned", at(29), at(32), ())
    assert [trouble for trouble in records.troubles] == [f"there is no {folder}/cel-custom/Master.csv"]


def test_cel_alone_gives_the_times_to_the_microsecond(tmp_path: Path) -> None:
    (tmp_path / "cel-custom").mkdir()
    rows = [
        ("CHAN_START", "1795837761.250001"), ("ANSWER", "1795837761.300001"), ("HANGUP", "1795837765.100001"),
        ("CHAN_END", "1795837765.100501"), ("LINKEDID_END", "1795837765.100601"),
    ]  # fmt: skip
    line = (
        '"{}","{}","","+37255501000","","","","100","from-trunk","PJSIP/trunk-00000000","","","3","","{}","{}","",""\n'
    )
    (tmp_path / "cel-custom/Master.csv").write_text("".join(line.format(*row, ONE, ONE) for row in rows))
    (one,) = read(tmp_path, BEGIN, END).calls
    assert (one.started_at, one.ended_at) == (at(21.250001), at(25.100601))
    assert one.interface == "PJSIP/trunk"


def test_what_is_missing_is_told_as_estimated_and_the_second_time_nothing_is(folder: Path) -> None:
    found = compared(folder)
    assert [(one.kind, one.repaired) for one in found.differences] == [("missing_here", True)] * 2
    calls = [told(*(fact for fact in found.facts if fact.call.endswith(linked))) for linked in (ONE, TWO)]
    assert all(call.estimated for call in calls)
    assert [(call.outcome, call.ended_by) for call in calls] == [("answered", "caller"), ("abandoned", "caller")]
    assert [(one.agent, one.talked_seconds) for one in calls[0].segments] == [("agent1", 3.0)]
    assert calls[0].waited_seconds() == 1.0
    assert compared(folder, *calls) == Findings(2, (), ())


def test_an_estimated_end_is_moved_and_a_seen_one_only_listed(folder: Path) -> None:
    early = ours(ONE, 22.5)
    found = compared(folder, early, ours(TWO, 32.4, "abandoned", False, answered=False))
    (fact,) = found.facts
    mended = fold(early, fact)
    assert mended is not None
    assert (mended.ended_at, mended.segments[0].started_at) == (at(25), at(22))
    seen = ours(ONE, 60, estimated=False)
    found = compared(folder, seen, ours(TWO, 32.4, "abandoned", False, answered=False))
    assert (found.facts, [(one.kind, one.repaired) for one in found.differences]) == ((), [("end", False)])
    assert fold(seen, fact) == told_again(seen)


def told_again(call: Call) -> Call:
    """One fact more, which changes nothing."""
    again = fold(call, CallEnded(call.id, at(99), "failed", None))
    assert again is not None
    return again


def test_a_talk_that_nobody_saw_begin_is_made_good(folder: Path) -> None:
    waiting = ours(ONE, 21.5, "abandoned", answered=False)
    found = compared(folder, waiting, ours(TWO, 32.4, "abandoned", False, answered=False))
    mended = fold(waiting, found.facts[0])
    assert mended is not None
    assert (mended.outcome, mended.answered_at, mended.ended_at) == ("answered", at(22), at(25))
    assert [(one.agent, one.estimated) for one in mended.segments] == [("agent1", True)]


def test_a_call_met_in_its_talk_gets_its_queue_and_its_wait(folder: Path) -> None:
    """It came and was answered while nobody listened, and its end was seen."""
    id_ = f"main-20261128T034900-{ONE}"
    met = told(
        CallArrived(id_, at(21.2), "main", "inbound", "+37255501000", None, None, True),
        CallAnswered(id_, at(24.4), "agent1", "leg", True),
        CallEnded(id_, at(25.3), "answered", "agent"),
    )  # fmt: skip
    other = ours(TWO, 32.4, "abandoned", False, answered=False)
    found = compared(folder, met, other)
    assert [(one.kind, one.repaired) for one in found.differences] == [("outcome", True)]
    mended = fold(met, found.facts[0])
    assert mended is not None
    assert (mended.queue, mended.queued_at, mended.answered_at) == ("support", at(21), at(22))
    assert (mended.ended_at, mended.ended_by, mended.waited_seconds()) == (at(25.3), "agent", 1.0)
    assert [(one.started_at, one.ended_at) for one in mended.segments] == [(at(22), at(25.3))]
    assert compared(folder, mended, other) == Findings(2, (), ())


@pytest.mark.parametrize("entered", ["", f"1795837769|{TWO}|direct|NONE|ENTERQUEUE||+37255501001|1\n"])
def test_who_gave_up_while_held_for_helin_is_known_by_cdr_alone(folder: Path, entered: str) -> None:
    """Helin had written that the caller came, or not even that."""
    text = CDR[CDR.index('"","+37255501001"') :].replace(
        '"Queue","support,ctb"', '"BridgeWait","helin-hold-direct,participant,m(helin)S(20)"'
    )
    (folder / "cdr-csv/Master.csv").write_text(text.replace('03:49:29",,', '03:49:29","2026-11-28 03:49:29",'))
    (folder / "queue_log").write_text(QUEUE_LOG.splitlines()[0] + f"\n{entered}")
    (one,) = read(folder, BEGIN, END).calls
    assert (one.queue, one.queued_at, one.outcome) == ("direct", at(29), "abandoned")


def test_a_phone_that_gave_up_ringing_is_not_the_end_that_was_seen(folder: Path) -> None:
    """Its hangup was the last that was heard before the gap; the caller was answered in it."""
    id_ = f"main-20261128T034900-{ONE}"
    waiting = told(
        CallArrived(id_, at(21.2), "main", "inbound", "+37255501000", None, None),
        LegStarted(id_, at(21.2), ONE, "caller", None, None),
        CallQueued(id_, at(21.3), "support"),
        LegStarted(id_, at(21.3), "rung", "agent", "agent2", None),
        LegEnded(id_, at(21.9), "rung", 0),
        LegEnded(id_, at(21.9), ONE, None, True),
        CallEnded(id_, at(21.9), "abandoned", None, True),
    )  # fmt: skip
    found = compared(folder, waiting, ours(TWO, 32.4, "abandoned", False, answered=False))
    assert [(one.kind, one.repaired) for one in found.differences] == [("outcome", True)]
    mended = fold(waiting, found.facts[0])
    assert mended is not None
    assert (mended.outcome, mended.ended_at, mended.segments[0].agent) == ("answered", at(25), "agent1")


def test_a_call_that_asterisk_has_no_record_of_is_listed(folder: Path) -> None:
    invented = ours("main-1795837790.9", 40, estimated=False)
    found = compared(folder, ours(ONE, 25, estimated=False), ours(TWO, 32, "abandoned", False, False), invented)
    assert [(one.kind, one.call, one.repaired) for one in found.differences] == [("missing_there", invented.id, False)]


def test_without_a_known_run_of_asterisk_it_is_only_listed(folder: Path) -> None:
    found = compare(read(folder, BEGIN, END).calls, (), ground(boot=None))
    assert (found.facts, {one.repaired for one in found.differences}) == ((), {False})


@pytest.mark.parametrize("torn", [b"\0\0\xff,,,\n", b'"', b"9|9\n", b"x" * 5000 + b"\n", b'"a","b\n'])
def test_what_is_no_record_is_passed_over(folder: Path, torn: bytes) -> None:
    for name in ("cdr-csv/Master.csv", "queue_log"):
        path = folder / name
        path.write_bytes(torn + b"\n" + path.read_bytes() + torn)
    assert len(read(folder, BEGIN, END).calls) == 2
    assert {one.linked for one in read(folder, BEGIN, END).calls} <= {ONE, TWO}


def test_old_records_are_not_read_and_rotated_ones_are(folder: Path) -> None:
    later = BEGIN + timedelta(days=2)
    assert read(folder, later, later + timedelta(hours=1)).calls == ()
    for name in ("cdr-csv/Master.csv", "queue_log"):
        (folder / name).rename(folder / f"{name}.1")
        (folder / name).write_text("")
    assert len(read(folder, BEGIN, END).calls) == 2


def test_other_phones_and_what_helin_dials_are_not_made_up_into_callers(folder: Path) -> None:
    (folder / "queue_log").unlink()
    for context, linked, comes_in in (
        ("internal", ONE, False), ("from-trunk", ONE, True), ("helin-closed", ONE, True), ("helin-dialled", ONE, False),
        ("helin-call", ONE, False), ("helin-hold", "helin-0a1b2c", False),
    ):  # fmt: skip
        text = CDR.splitlines(keepends=True)[0].replace("helin-wait", context).replace(ONE, linked)
        (folder / "cdr-csv/Master.csv").write_text(text)
        assert bool(compared(folder).facts) == comes_in, context


def test_an_end_that_was_seen_stays_also_in_a_call_whose_beginning_was_estimated(folder: Path) -> None:
    id_ = f"main-20261128T034900-{ONE}"
    call = told(
        CallArrived(id_, at(23), "main", "inbound", None, None, None, True),
        LegStarted(id_, at(23), ONE, "caller", None, None, True), LegEnded(id_, at(60), ONE, 16),
        CallAnswered(id_, at(23), "agent1", "leg", True), CallEnded(id_, at(60), "answered", "caller"),
    )  # fmt: skip
    found = compared(folder, call, ours(TWO, 32.4, "abandoned", False, answered=False))
    assert (found.facts, [(one.kind, one.repaired) for one in found.differences]) == ((), [("end", False)])
