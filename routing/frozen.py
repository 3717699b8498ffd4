"""What every event, fact and record is made of: fields that are set once, compared and hashed by value.

A struct of msgspec and no dataclass, because a ring makes dozens of them before it is on the screen, and one of these
takes a seventh of a frozen dataclass's time. ``msgspec.structs.replace`` gives a changed copy.
"""

from __future__ import annotations

import msgspec


class Frozen(msgspec.Struct, frozen=True, gc=False):
    """Never part of a reference cycle: it can only hold what was there before it."""
