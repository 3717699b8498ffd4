"""Tones as proof of sound: what a fake microphone says, and which tones a recording has in it."""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path

RATE = 8000
BLOCK = 2000
"""A quarter of a second: wide enough to tell 440 from 660 Hz."""


def write_tone_file(path: Path, hertz: float, seconds: float = 5) -> Path:
    """A WAV for Chromium's ``--use-file-for-fake-audio-capture``, which plays it over and over."""
    rate = 48_000
    samples = (int(12_000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(array.array("h", samples).tobytes())
    return path


def seconds_of(path: Path, hertz: float) -> float:
    """For how long the recording (16 bit, mono, 8 kHz) has this tone in it."""
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        samples = array.array("h", sound.readframes(sound.getnframes()))
    blocks = (samples[at : at + BLOCK] for at in range(0, len(samples) - BLOCK, BLOCK))
    return sum(_share(block, hertz) > 0.05 for block in blocks) * BLOCK / RATE


def _share(block: array.array[int], hertz: float) -> float:
    """Goertzel: the tone's share of the block's power, 0 to 1; 0 for near silence."""
    power = sum(sample * sample for sample in block) / len(block)
    if power < 1_000:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    last = before = 0.0
    for sample in block:
        last, before = sample + turn * last - before, last
    found = (last * last + before * before - turn * last * before) / (len(block) / 2) ** 2
    return found / 2 / power
