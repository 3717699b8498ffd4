"""``helin simulate campaign``: what a world may be, one clear sentence for what it may not, and what is played."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from config.errors import HelinError
from config.simulate_campaign import check_limit, check_policies, play_all, read_world, show, windows

WORLD = """
agents = 6
hours = 0.25
seed = 4
answer_rate = [[0, 0.2], [0.2, 0.4]]
ring_seconds = {mean = 11, cv = 0.4}
no_answer_seconds = 24
talk_seconds = {kind = "bimodal", mean = 60, cv = 0.9}
wrap_seconds = 10
patience_seconds = 2
agent_changes = [[0.1, 3], [0.15, 8]]
"""


def world_file(folder: Path, text: str = WORLD) -> Path:
    (folder / "world.toml").write_text(text, encoding="utf-8")
    return folder / "world.toml"


def test_policies_are_played_in_the_same_windows(tmp_path: Path) -> None:
    world, seed = read_world(world_file(tmp_path))
    names = ["helin", "progressive", "ratio:1", "vicidial:hard", "vicidial:best", "marginal", "erlang"]
    told: list[tuple[str, int]] = []
    results = play_all(names, world, seed, 0.03, 2, lambda name, done: told.append((name, done)))
    assert list(json.loads(json.dumps(results, allow_nan=False))) == names
    for result in results.values():
        assert len(result["windows"]) == 2
        assert 0 < result["talk_share"] < 1
        for figure in ("answered", "abandoned", "dialled"):
            assert result[figure] == sum(window[figure] for window in result["windows"])
        assert result["abandonment"] == result["abandoned"] / result["answered"]
    # A line for each idle agent by two names meets the same people, to the last digit.
    assert results["ratio:1"] == results["progressive"]
    assert results["vicidial:best"]["abandonment"] <= 0.03
    assert ("helin", 2) in told
    assert play_all(["helin"], world, seed, 0.03, 2, lambda *_: None)["helin"] == results["helin"]
    assert play_all(["helin"], world, seed + 1, 0.03, 2, lambda *_: None)["helin"] != results["helin"]
    console = Console(record=True, width=80)
    show(results, 0.03, console)
    said = console.export_text()
    assert "2 of 2" in said
    assert "vicidial:best, found in hindsight" in said


def test_a_world_says_what_it_leaves_out(tmp_path: Path) -> None:
    world, seed = read_world(world_file(tmp_path, "agents = 10\nhours = 8\nanswer_rate = 0.25\n"))
    assert (seed, world.patience, world.talk.mean, world.talk.kind) == (1, 2.0, 90.0, "lognormal")
    assert check_policies([], world, 0.03)[0] == "helin"
    assert windows(world, None) == 4
    assert windows(world, 7) == 7


def test_leads_may_differ_and_the_dialer_sees_it(tmp_path: Path) -> None:
    leads = "leads = [{share = 0.5, times = 1.8}, {share = 0.5, times = 0.2}]\n"
    world, seed = read_world(world_file(tmp_path, "agents = 5\nhours = 0.5\nanswer_rate = 0.25\n" + leads))
    assert [kind.factor for kind in world.kinds] == [1.8, 0.2]
    assert len({kind.traits for kind in world.kinds}) == 2
    results = play_all(["helin", "helin:alike"], world, seed, 0.03, 1, lambda *_: None)
    assert results["helin"]["windows"] != results["helin:alike"]["windows"]


@pytest.mark.parametrize(
    ("changed", "into", "why"),
    [
        ("agents = 6", "", "agents: Field required"),
        ("agents = 6", "agents = 1000000", "agents: Input should be less than or equal to 500"),
        ("agents = 6", "agents = -6", "agents: Input should be greater than or equal to 1"),
        ("hours = 0.25", "hours = nan", "hours: Input should be a finite number"),
        ("hours = 0.25", "hours = 0.25\ncolour = 3", "colour: is not a known setting"),
        ("[[0, 0.2], [0.2, 0.4]]", "1.2", r"answer_rate \[0\] \[1\]: Input should be less than or equal to 1"),
        ("[[0, 0.2], [0.2, 0.4]]", "true", "answer_rate: write a number between 0.01 and 1, or"),
        ("[[0, 0.2], [0.2, 0.4]]", "[[1, 0.2], [0.2, 0.4]]", "answer_rate: its hours must rise"),
        ("mean = 11", "mean = 30", "ring_seconds.mean must be below no_answer_seconds"),
        ('"bimodal"', '"weibull"', "talk_seconds kind: Input should be 'exponential', 'lognormal' or 'bimodal'"),
        ("cv = 0.9", "cv = 0.1", "a bimodal law has a cv of at least 0.4"),
        ("mean = 60", "mean = -60", "talk_seconds mean: Input should be greater than or equal to 0.5"),
        ("wrap_seconds = 10", "wrap_seconds = inf", "wrap_seconds: Input should be a finite number"),
        ("[0.1, 3]", "[0.1, -3]", r"agent_changes \[0\] \[1\]: Input should be greater than or equal to 0"),
        ("agents = 6\nhours = 0.25", "agents = 500\nhours = 700", "calls take too long to play"),
        ("seed = 4", "leads = [{share = 0.5, times = 1}]", "the shares of all leads must add up to 1"),
        ("agents = 6", "agents = = 6", "is not TOML"),
    ],
)
def test_a_world_that_cannot_be_is_refused_with_one_sentence(tmp_path: Path, changed: str, into: str, why: str) -> None:
    assert changed in WORLD
    with pytest.raises(HelinError, match=why) as refused:
        read_world(world_file(tmp_path, WORLD.replace(changed, into)))
    assert "\n" not in str(refused.value)


def test_what_is_wished_for_must_be_there(tmp_path: Path) -> None:
    world, _ = read_world(world_file(tmp_path))
    for name in ("ratio:nan", "ratio:-1", "ratio:", "vicidial", "erlang:best", "nonsense"):
        with pytest.raises(HelinError, match=r"there (is no policy|are vicidial:best)"):
            check_policies([name], world, 0.03)
    for limit in (0.0, -1.0, 3.0, float("nan")):
        with pytest.raises(HelinError, match="--limit"):
            check_limit(limit)
    with pytest.raises(HelinError, match="--windows 0"):
        windows(world, 0)
    with pytest.raises(HelinError, match="cannot be read"):
        read_world(tmp_path / "nowhere.toml")
