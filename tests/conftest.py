"""A property that is slow on a busy machine is not wrong: no test of hypothesis fails by its time."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
