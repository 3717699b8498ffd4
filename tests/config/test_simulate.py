"""The files of ``helin simulate day``: what they may hold, and one clear sentence for what they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import HelinError
from config.simulate import check_policies, contest

HEAD = "arrived_seconds,queue,tier,skills,service_seconds,patience_seconds\n"
STAFF = """
[[agents]]
name = "one"
skills = { a = 5, b = 1 }
from_seconds = 0
to_seconds = 3600
[[queues]]
name = "q"
target_seconds = 30
max_wait_seconds = 600
[[tiers]]
name = "gold"
value = 4
"""


def files(folder: Path, rows: str, staff: str = STAFF) -> tuple[Path, Path]:
    (folder / "calls.csv").write_text(HEAD + rows, encoding="utf-8")
    (folder / "staff.toml").write_text(staff, encoding="utf-8")
    return folder / "calls.csv", folder / "staff.toml"


def test_what_the_files_say_is_played(tmp_path: Path) -> None:
    day = contest(*files(tmp_path, "0,q,gold,a+b,10,\n5,q,,a,10,3\n"))
    result = day.result("helin")
    assert (result["offered"], result["answered"], result["abandoned"]) == (2, 1, 1)
    assert set(result["tiers"]) == {"", "gold"}
    assert (day.promises["q"].target_seconds, day.values["gold"]) == (30, 4)


def test_a_caller_waits_for_the_agent_they_know(tmp_path: Path) -> None:
    staff = STAFF.replace("max_wait_seconds = 600", "max_wait_seconds = 600\nlast_agent_seconds = 8")
    staff += '[[agents]]\nname = "two"\nskills = { a = 1 }\n'
    head = HEAD.replace("\n", ",preferred_agent,last_agent\n")
    calls, people = files(tmp_path, "", staff)
    calls.write_text(f"{head}0,q,gold,b,10,,,\n1,q,gold,a,5,,nobody,one\n4,q,gold,a,5,,one,two\n", encoding="utf-8")
    day = contest(calls, people).play("helin")
    # The one is busy for ten seconds: for the second caller too long, for the third not.
    assert [(one.agent, one.waited) for one in day.served] == [("one", 0.0), ("two", 8.0), ("one", 6.0)]


def test_who_has_waited_long_asks_for_less(tmp_path: Path) -> None:
    """An agent without the skill is idle: the caller comes to them when the step is reached, not before."""
    staff = STAFF.replace(
        "max_wait_seconds = 600", "max_wait_seconds = 600\nrelax = [{ after_seconds = 20, skills = { a = 1 } }]"
    )
    staff += '[[agents]]\nname = "two"\nskills = { a = 1 }\n'
    calls, people = files(tmp_path, "0,q,gold,a+b,100,\n1,q,gold,a+b,10,\n22,q,gold,a+b,10,\n", staff)
    day = contest(calls, people).play("helin")
    assert [(one.agent, one.waited) for one in day.served] == [("one", 0.0), ("two", 20.0), ("two", 20.0)]
    plain = contest(calls, people).play("fifo")
    assert [one.agent for one in plain.served] == ["one", "one", "one"]


RELAXING = STAFF.replace("max_wait_seconds = 600", "max_wait_seconds = 600\nrelax = [STEPS]")


@pytest.mark.parametrize(
    ("rows", "staff", "why"),
    [
        ("0,q,gold,c,10,\n", STAFF, r"no agent in .* has the skills c, which .* asks for"),
        ("0,r,gold,a,10,\n", STAFF, r"has no \[\[queues\]\] named 'r'"),
        ("0,q,gold,a,10,\nsoon,q,gold,a,10,\n", STAFF, r"line 3: arrived_seconds 'soon' is no number of seconds"),
        ("0,q,gold,a,-1,\n", STAFF, r"line 2: service_seconds '-1' is no number"),
        ("0,q,gold,a,nan,\n", STAFF, r"service_seconds 'nan'"),
        ("0,,gold,a,1,\n", STAFF, r"line 2: the queue is missing"),
        ("", STAFF.replace("to_seconds = 3600", "to_seconds = 0"), r"'one' goes before coming"),
        ("", STAFF.replace("value = 4", "value = 0"), r"greater than 0"),
        ("", STAFF + '[[queues]]\nname = "q"', r"the queue 'q' stands there twice"),
        ("", "[[agents]", r"is not TOML"),
        (
            "0,q,gold,a,10,\n",
            RELAXING.replace("STEPS", "{ after_seconds = 20, skills = { b = 1 } }"),
            r"relaxes after 20 s to b, which a caller did not ask for before",
        ),
        (
            "0,q,gold,a+b,10,\n",
            RELAXING.replace("STEPS", "{ after_seconds = 20, skills = { b = 1 } }, { after_seconds = 20 }"),
            r"relaxes after 20 s, which is not after the step before",
        ),
    ],
)
def test_bad_files_are_refused_in_one_sentence(tmp_path: Path, rows: str, staff: str, why: str) -> None:
    with pytest.raises(HelinError, match=why) as refused:
        contest(*files(tmp_path, rows, staff))
    assert "\n" not in str(refused.value)


def test_a_missing_column_and_a_missing_file(tmp_path: Path) -> None:
    calls, staff = files(tmp_path, "")
    calls.write_text("arrived_seconds,queue\n", encoding="utf-8")
    with pytest.raises(HelinError, match="lacks the column tier"):
        contest(calls, staff)
    with pytest.raises(HelinError, match="cannot be read"):
        contest(tmp_path / "none.csv", staff)


def test_policies_are_checked_before_anything_is_played() -> None:
    assert check_policies([]) != []
    with pytest.raises(HelinError, match="no policy 'app_queue:ringall'"):
        check_policies(["helin", "app_queue:ringall"])
