"""``helin simulate staffing``: the figures it prints, and one sentence for what it cannot reckon with."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from config.errors import HelinError
from config.staffing import asked, plan, show


def test_it_says_how_many_at_work_and_on_the_list() -> None:
    planned = plan(asked(200, 180, None), 20, 0.8, 1.0, 0.3)
    assert (planned["formula"], planned["agents"], planned["agents_on_the_list"]) == ("Erlang C", 14, 20)
    assert json.loads(json.dumps(planned, allow_nan=False))["around"][0]["agents"] == 10
    console = Console(record=True, width=120)
    show(planned, 20, console)
    said = console.export_text()
    assert "14 agents at work are enough, 20 on the list" in said
    assert "88.8%" in said
    assert "grows without end" in said


def test_patience_takes_fewer() -> None:
    assert plan(asked(200, 180, 60), 20, 0.8, 1.0, 0)["agents"] == 12


@pytest.mark.parametrize(
    ("calls", "talk", "patience", "level", "absent", "why"),
    [
        (0, 180, None, 0.8, 0, "--calls 0"),
        (float("nan"), 180, None, 0.8, 0, "--calls nan"),
        (200, -1, None, 0.8, 0, "--talk -1"),
        (200, 180, 0, 0.8, 0, "--patience 0: leave it out"),
        (200, 180, None, 80, 0, "--level 80: give a share"),
        (200, 180, None, 0.8, 1, "--absent 1"),
        (999_999, 999_999, None, 0.8, 0, "ask for less"),
    ],
)
def test_what_cannot_be_reckoned_with_is_refused(
    calls: float, talk: float, patience: float | None, level: float, absent: float, why: str
) -> None:
    with pytest.raises(HelinError, match=why):
        plan(asked(calls, talk, patience), 20, level, 1.0, absent)
