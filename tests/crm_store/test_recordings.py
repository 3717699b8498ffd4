"""Recordings in the store and in their folder: kept as long as is said, held by law, and telling the same story."""

from __future__ import annotations

import array
import math
import wave
from datetime import timedelta
from pathlib import Path

import pytest

from crm_store.rebuild import rebuild
from crm_store.retention import differences, retain
from crm_store.sound import MOST_PEAKS, NoRecording, SoundFolder, peaks_of
from crm_store.store import Store
from tests.crm_store.story import BEGIN, answered, at
from tests.crm_store.test_calls import record


def file_of(call: str) -> str:
    return f"2026/11/24/support-{call}.1.wav"


def write_sound(path: Path, seconds: float = 2.0, loud: float = 0.5) -> None:
    """A tone, and half of it silence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = int(8000 * seconds)
    tone = (int(32767 * loud * math.sin(n / 3)) if n < count // 2 else 0 for n in range(count))
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(array.array("h", tone).tobytes())


async def told(store: Store, folder: SoundFolder) -> list[str]:
    return [sentence async for sentence in differences(store, folder)]


async def test_what_was_kept_long_enough_goes_unless_it_is_held(store: Store, tmp_path: Path) -> None:
    folder = SoundFolder(tmp_path / "sounds")
    calls = ("old", "held", "open")
    for number, call in enumerate(calls):
        facts = answered(call, begin=number)
        await record(store, tmp_path / "spool", facts if call != "open" else facts[:9], call)
        write_sound(tmp_path / "sounds" / file_of(call))
    await store.recordings.hold("held", at(100), "admin")
    assert (await retain(store, folder, 0, BEGIN + timedelta(days=9999))).erased == 0, "0 is for ever"
    await store.queues.put("support", recording_keep_days=30)
    for keep_days, days in ((1, 29), (0, 29)):
        assert (await retain(store, folder, keep_days, BEGIN + timedelta(days=days))).erased == 0, (
            "the queue's own days"
        )
    done = await retain(store, folder, 1, BEGIN + timedelta(days=31))
    assert (done.erased, done.gone, done.failed) == (1, 0, ())
    assert not (tmp_path / "sounds" / file_of("old")).exists()
    assert (await store.recordings.erased([file_of("old")]))[file_of("old")].by == "retention"
    (deed,) = await store.audit.of("call:old", "erased recording")
    assert (deed.who, deed.detail) == ("retention", {"file": file_of("old")})
    assert await told(store, folder) == []
    assert await store.recordings.release("held")
    assert (await retain(store, folder, 1, BEGIN + timedelta(days=31))).erased == 1
    await rebuild(store)
    assert await told(store, folder) == [], "what was erased stays so through a rebuild"


async def test_an_empty_folder_erases_nothing(store: Store, tmp_path: Path) -> None:
    """A disk that is not mounted: nothing may be marked as erased."""
    await record(store, tmp_path / "spool", answered("a"))
    (tmp_path / "sounds").mkdir()
    for root in (tmp_path / "sounds", tmp_path / "nowhere", None):
        with pytest.raises(NoRecording):
            await retain(store, SoundFolder(root), 1, BEGIN + timedelta(days=31))
    assert await store.recordings.erased([file_of("a")]) == {}


async def test_differences_are_named(store: Store, tmp_path: Path) -> None:
    folder = SoundFolder(tmp_path / "sounds")
    for call in ("a", "b", "c"):
        await record(store, tmp_path / "spool", answered(call), call)
    for file in (file_of("a"), file_of("c"), "2026/11/24/support-stray.wav"):
        write_sound(tmp_path / "sounds" / file)
    await store.recordings.mark_erased(file_of("c"), at(1), "admin")
    assert await told(store, folder) == [
        f"{file_of('b')} of call b is missing",
        f"{file_of('c')} of call c was erased, and yet the file is there",
        "2026/11/24/support-stray.wav belongs to no call that Helin knows of",
    ]


def test_a_picture_of_a_sound(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", 10.0)
    picture = peaks_of(tmp_path / "a.wav")
    assert picture.seconds == 10.0
    assert len(picture.peaks) == MOST_PEAKS
    assert set(picture.peaks[:499]) <= {49, 50}
    assert set(picture.peaks[501:]) == {0}
    write_sound(tmp_path / "b.wav", 0.001)
    assert len(peaks_of(tmp_path / "b.wav").peaks) == 8


@pytest.mark.parametrize("content", [b"", b"RIFF", b"ID3 an upload that is no recording", b"\0" * 5000])
def test_what_is_no_recording_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(NoRecording, match="this file is no recording"):
        peaks_of(tmp_path / "a.wav")


def test_nothing_outside_the_folder(tmp_path: Path) -> None:
    folder = SoundFolder(tmp_path / "sounds")
    write_sound(tmp_path / "secret.wav")
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds/link.wav").symlink_to(tmp_path / "secret.wav")
    for name in ("../secret.wav", "link.wav", str(tmp_path / "secret.wav"), "a/../../secret.wav", "x\0.wav"):
        with pytest.raises(NoRecording):
            folder.there(name)
        with pytest.raises(NoRecording):
            folder.erase(name)
    assert (tmp_path / "secret.wav").exists()
