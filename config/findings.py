"""What ``helin doctor`` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` is one sentence; ``do`` says what to do about it, empty when all is well."""

    level: Level
    what: str
    do: str = ""
