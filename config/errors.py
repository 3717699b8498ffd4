"""The root of every error that a person is meant to read: its text is one clear sentence that says what to do."""

from __future__ import annotations


class HelinError(Exception):
    """Shown as one line on stderr, never with a trace; the command ends with status 1."""


class SettingsError(HelinError):
    """The settings file or an environment variable cannot be used; names the key and the reason."""
