"""What the Switchboard makes of real calls is stored as it is folded, and rebuilt the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from crm_store.journal import Journal
from crm_store.rebuild import rebuild
from crm_store.store import Store
from cti import frames
from cti.translate import WANTED, translate
from routing.events import Directory, LinkUp, Person
from routing.facts import Recorded
from routing.switchboard import Switchboard
from tests.crm_store.test_journal import folded, journaled, kept, logged, rows

CAPTURES = Path(__file__).parent.parent / "captures"
PEOPLE = tuple(Person(f"agent{n}", f"Agent {n}", f"PJSIP/100{n}", f"100{n}", ("support",)) for n in range(1, 5))


def facts_of(path: Path) -> list[Recorded]:
    """The facts of one capture, told by a Switchboard of that name."""
    now = datetime.now(UTC)
    name = path.stem.replace("_", "")
    board = Switchboard(name, Directory(people=PEOPLE), frozenset({"from-trunk"}), name)
    found = list(board.receive(LinkUp(now, "0"), now)[0])
    splitter = frames.Splitter()
    told = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for message in splitter.feed(told + b"\r\n"):
        if frames.name_of(message) in WANTED:
            event = translate(frames.parse(message))
            if event is not None:
                found += board.receive(event, now)[0]
    return [Recorded(name, seq, fact) for seq, fact in enumerate(found, 1)]


async def test_real_calls_are_stored_and_rebuilt_as_they_were_told(store: Store, tmp_path: Path) -> None:
    recorded = [each for path in sorted(CAPTURES.glob("*.txt")) for each in facts_of(path)]
    assert len(recorded) > 500
    async with Journal(store, tmp_path) as journal:
        for begin in range(0, len(recorded), 97):
            journal.append(recorded[begin : begin + 97])
        assert await journal.settled(30)
        assert journal.status.set_aside == 0
    assert await journaled(store) == kept(recorded)
    told = await logged(store)
    assert told == folded([each.fact for each in recorded])
    assert len({call.outcome for call in told.values()}) >= 5
    before = await rows(store)
    await rebuild(store)
    assert await rows(store) == before
