"""The folder of recordings: which path is a recording's, how long one is, what it looks like, and its end.

Names come from the journal and were checked when they came from Asterisk; they are checked again here, and a link that
leads out of the folder leads nowhere. Everything here blocks: call it in a thread.
"""

from __future__ import annotations

import array
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm_store.errors import StoreError
from routing.tapes import is_recording_path

MOST_PEAKS = 1_000
LOUDEST = 32_768
FRAMES_AT_ONCE = 65_536


class NoRecording(StoreError):
    """There is no sound to be had under this name; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """``peaks``: the loudest moment, 0 to 100, of each of at most MOST_PEAKS equal parts of ``seconds``."""

    seconds: float
    peaks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SoundFolder:
    """``root`` None: this process has no folder of recordings."""

    root: Path | None

    def path(self, file: str) -> Path:
        """Where it is, whether or not it is there. Raises NoRecording for what cannot be a recording's name."""
        if self.root is None:
            raise NoRecording("Helin does not know the folder of recordings; set [recordings] dir")
        if not is_recording_path(file):
            raise NoRecording("this is no recording's name")
        root = self.root.resolve()
        path = (root / file).resolve()
        if not path.is_relative_to(root):
            raise NoRecording("this recording is not in the folder of recordings")
        return path

    def there(self, file: str) -> Path:
        """As ``path``, and it is there and is a WAV file."""
        path = self.path(file)
        if not path.is_file():
            raise NoRecording("the file of this recording is missing")
        with _opened(path):
            return path

    def seconds(self, file: str) -> float | None:
        """How long it is; None where there is no sound to be had."""
        try:
            with _opened(self.path(file)) as sound:
                return round(sound.getnframes() / sound.getframerate(), 2)
        except NoRecording:
            return None

    def erase(self, file: str) -> bool:
        """Whether there was one. Folders that this leaves empty go too. Raises NoRecording, OSError."""
        path = self.path(file)
        if not path.exists():
            return False
        path.unlink()
        for folder in path.parents:
            if self.root is None or folder == self.root.resolve() or any(folder.iterdir()):
                break
            folder.rmdir()
        return True

    def files(self) -> Iterator[str]:
        """All WAV files below it, as the journal names them. Raises NoRecording without a folder."""
        if self.root is None or not self.root.is_dir():
            raise NoRecording(f"the folder of recordings {self.root or ''} is not there; set [recordings] dir")
        for path in self.root.rglob("*.wav"):
            if path.is_file():
                yield path.relative_to(self.root).as_posix()


def peaks_of(path: Path) -> Peaks:
    """Raises NoRecording for what is no WAV file of 16 bits. Reads it once, in parts."""
    with _opened(path) as sound:
        frames, channels = sound.getnframes(), sound.getnchannels()
        if sound.getsampwidth() != 2:
            raise NoRecording("this recording is not of 16 bits; its picture cannot be drawn")
        part = max(1, -(-frames // MOST_PEAKS))
        at_once = part * max(1, FRAMES_AT_ONCE // part)
        found: list[int] = []
        while data := sound.readframes(at_once):
            samples = array.array("h", data[: len(data) // 2 * 2])
            if sys.byteorder == "big":
                samples.byteswap()
            width = part * channels
            found += [_loudest(samples[place : place + width]) for place in range(0, len(samples), width)]
        return Peaks(round(frames / sound.getframerate(), 2), tuple(found[:MOST_PEAKS]))


def _loudest(samples: array.array[int]) -> int:
    return round(100 * max(max(samples), -min(samples)) / LOUDEST)


@contextmanager
def _opened(path: Path) -> Iterator[wave.Wave_read]:
    try:
        with wave.open(str(path), "rb") as sound:
            if not sound.getframerate():
                raise NoRecording("this file is no recording: it is no WAV file")
            yield sound
    except FileNotFoundError:
        raise NoRecording("the file of this recording is missing") from None
    except OSError as error:
        raise NoRecording(f"the file of this recording cannot be read ({error.strerror})") from None
    except (wave.Error, EOFError):
        raise NoRecording("this file is no recording: it is no WAV file") from None
