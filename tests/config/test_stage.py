"""Which Asterisk the demonstration plays on, and that it says so."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config import stage
from config.asterisk_folder import find
from config.errors import HelinError
from config.settings import Asterisk
from config.stage import opened_stage
from cti.recorded import Account, RecordedAsterisk


@pytest.fixture
async def configured() -> AsyncIterator[tuple[RecordedAsterisk, Asterisk]]:
    async with RecordedAsterisk([Account(secret="right")]) as asterisk:
        yield asterisk, Asterisk(name="ours", port=asterisk.port, secret="right")


@pytest.fixture
def nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without an Asterisk, whose user may not make one."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(find, "_on_this_machine", lambda: None)
    monkeypatch.setenv("HELIN_CACHE", str(tmp_path))
    monkeypatch.delenv("HELIN_ASTERISK_FOLDER", raising=False)


async def test_the_configured_one_is_taken_and_left_as_it_is(configured: tuple[RecordedAsterisk, Asterisk]) -> None:
    asterisk, settings = configured
    async with opened_stage([settings], print) as opened:
        assert opened.asterisks == (settings,)
        assert opened.ring_in is None
        assert f"ours at 127.0.0.1:{asterisk.port}" in opened.which
        assert "call in yourself" in opened.means
    assert {heard.get("Action") for heard in asterisk.heard} <= {"Login", "Ping", "Logoff"}


async def test_a_configured_one_that_does_not_let_us_in_is_said_and_not_replaced(
    configured: tuple[RecordedAsterisk, Asterisk],
) -> None:
    wrong = configured[1].model_copy(update={"secret": "wrong"})
    with pytest.raises(HelinError, match=r"the Asterisk ours of the settings cannot be used: .*secret"):
        async with opened_stage([wrong], print):
            pass


async def test_without_any_calls_are_played_from_recordings(
    nothing_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "RING_EVERY_SECONDS", 0.05)
    said: list[str] = []
    async with opened_stage([], print) as opened:
        assert opened.which.startswith("No Asterisk, but recorded calls. There is no Asterisk here")
        assert "nobody can be dialled" in opened.means
        assert opened.ring_in is not None
        ringing = asyncio.ensure_future(opened.ring_in(["+37255501001", "+37255501002"], said.append))
        while len(said) < 3:
            assert not ringing.done()
            await asyncio.sleep(0.01)
        ringing.cancel()
        await asyncio.gather(ringing, return_exceptions=True)
    assert {line.partition(",")[0] for line in said} == {"+37255501001", "+37255501002"}


async def test_a_folder_that_was_named_is_not_replaced(nothing_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELIN_ASTERISK_FOLDER", "/nowhere")
    with pytest.raises(HelinError, match="HELIN_ASTERISK_FOLDER names /nowhere"):
        async with opened_stage([], print):
            pass
