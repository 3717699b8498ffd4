"""The apply file on a real store: the same file twice changes nothing, a bad one is refused whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.apply import apply, read_plan
from config.errors import HelinError
from crm_store.store import Store

pytestmark = pytest.mark.usefixtures("sqlite_url")

PEOPLE = """
[[users]]
login = "agent1"
name = "Agent One"
password = "a-good-password"
extension = "1001"
interface = "PJSIP/1001"
skills = { estonian = 5 }
[[users]]
login = "gone"
name = "No Longer"
password = "a-good-password"
active = false
[[queues]]
name = "support"
agents = ["agent1"]
auto_pause = false
[[pause_reasons]]
key = "gym"
labels = { en = "Gym" }
kind = "rest"
limit_minutes = 45
[[calendars]]
name = "shop"
time_zone = "Europe/Tallinn"
queues = ["support"]
hours = { monday = ["09:00-17:00"] }
country = "EE"
exceptions = [{ date = 2026-12-31, hours = ["09:00-13:00"] }, { date = "2027-01-02" }]
[[campaigns]]
name = "autumn"
queue = "support"
mode = "progressive"
profile = "EE"
caller_number = "600 1234"
company = "Kontor"
script = "Hello {name}!"
settings = { ring_seconds = 20, retry = { busy = 10 } }
"""
CAMPAIGN = "[[campaigns]]\nname = 'c'\nqueue = 'q'\nmode = 'preview'\nprofile = 'EE'\n"


async def applied(folder: Path, text: str) -> dict[str, tuple[str, ...]]:
    """What changed, by name."""
    url = f"sqlite:///{folder}/helin.db"
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    async with await Store.open(url) as store:
        return {step.name: step.changed async for step in apply(store, read_plan(folder / "plan.toml"))}


async def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    first = await applied(tmp_path, PEOPLE)
    assert all(first.values())
    again = await applied(tmp_path, PEOPLE)
    assert again == dict.fromkeys(("agent1", "gone", "support", "gym", "shop", "autumn"), ())


async def test_only_what_differs_is_changed(tmp_path: Path) -> None:
    await applied(tmp_path, PEOPLE)
    changed = await applied(
        tmp_path,
        PEOPLE.replace("Agent One", "Agent Uno")
        .replace("a-good", "another", 1)
        .replace("45", "30")
        .replace("seconds = 20", "seconds = 25"),
    )
    assert changed == {
        "agent1": ("name", "password_hash"), "gone": (), "support": (), "gym": ("limit_minutes",), "shop": (),
        "autumn": ("settings",),
    }  # fmt: skip
    async with await Store.open(f"sqlite:///{tmp_path}/helin.db") as store:
        assert [plan.auto_pause for plan in (await store.directory()).queues] == [False]
        assert {one.key for one in await store.pause_reasons.all()} >= {"lunch", "gym"}, "the others stay"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[users]\n", "not valid TOML"),
        ("[[users]]\nlogin = 'a'\nname = 'A'\n", "user a is new and needs a password"),
        ("[[users]]\nlogin = 'a'\nname = 'A'\npassword = 'short'\n", "password"),
        ("[[queues]]\nname = 'q'\nagents = ['nobody']\n", "there is no user nobody"),
        ("[[queues]]\nname = 'q'\n[[queues]]\nname = 'q'\n", "queue q stands in the file twice"),
        ("[[queues]]\nname = 'q'\ntarget_seconds = 60\nmax_wait_seconds = 0\n", "max_wait_seconds"),
        (
            "[[queues]]\nname = 'q'\nskills = { a = 1 }\nrelax = [{ after_seconds = 9, skills = { a = 2 } }]\n",
            "queue q: relax: the step after 9 s asks for more a",
        ),
        ("[[pause_reasons]]\nkey = 'wrap_up'\nlabels = { en = 'x' }\n", "wrap_up is Helin's own word"),
        ("[[pause_reasons]]\nkey = 'x'\nlabels = { fi = 'x' }\n", "x needs a label in one or more of et, en, ru"),
        ("[[calendars]]\nname = 'c'\ntime_zone = 'UTC'\n", "calendar c: it is never open"),
        (
            "[[calendars]]\nname = 'c'\ntime_zone = 'UTC'\nqueues = ['q']\nhours = { monday = ['09:00-10:00'] }\n",
            "there is no queue q",
        ),
        ("[[things]]\nname = 'c'\n", "things: is not a known setting"),
        ("[[campaigns]]\nname = 'c'\n", "queue"),
        (f"{CAMPAIGN}settings = {{ ring_seconds = 9 }}\n", "campaign c: ring_seconds must be a whole number from 15"),
        (f"{CAMPAIGN}script = {{ steps = {{}} }}\n", "campaign c: a script has 1 to 200 steps"),
        (f"{CAMPAIGN}caller_number = '112'\n", "campaign c: the caller number cannot be called back"),
        (f"{CAMPAIGN}{CAMPAIGN}", "campaign c stands in the file twice"),
    ],
)
async def test_a_refusal_is_one_sentence_and_changes_nothing(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(HelinError) as refused:
        await applied(tmp_path, text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    async with await Store.open(f"sqlite:///{tmp_path}/helin.db") as store:
        assert (await store.users.all(), await store.queues.all()) == ((), ())
