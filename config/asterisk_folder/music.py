"""Hold music without anybody's rights in it: a slow broken chord, computed.

Debian's packages have no music, and a caller who hears nothing thinks the call is lost.

    python -m config.asterisk_folder.music FOLDER      writes FOLDER/helin-hold.wav
"""

from __future__ import annotations

import math
import sys
import wave
from array import array
from pathlib import Path

RATE = 8000
NOTE_SECONDS = 0.6
# A minor, F, C, G: four notes up and down each, in Hz.
CHORDS = (
    (220.0, 261.6, 329.6, 440.0),
    (174.6, 220.0, 261.6, 349.2),
    (196.0, 261.6, 329.6, 392.0),
    (196.0, 246.9, 293.7, 392.0),
)


def write_hold_music(folder: Path) -> Path:
    """Makes the folder and writes the file: 8 kHz, 16 bit, mono, some 14 seconds that can be repeated without a gap."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "helin-hold.wav"
    samples = array("h")
    for chord in CHORDS:
        for frequency in (*chord, *chord[1:3]):
            samples.extend(_note(frequency))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return path


def _note(frequency: float) -> array[int]:
    """A plucked sine: quick in, slow out, quiet enough to talk over."""
    count = int(RATE * NOTE_SECONDS)
    samples = array("h")
    for index in range(count):
        loudness = min(1.0, index / 80) * math.exp(-3.0 * index / count) * (1 - index / count)
        samples.append(int(6000 * loudness * math.sin(2 * math.pi * frequency * index / RATE)))
    return samples


if __name__ == "__main__":
    print(write_hold_music(Path(sys.argv[1])))  # noqa: T201 - a command's own output
