"""What can go wrong in the store. One root, few leaves; the message is one sentence for a person and says what to do.

StoreError
├── StoreAway        the database cannot be reached now; the same call may work in a moment
├── SchemaMismatch   the database's schema is not this program's
├── SpoolInUse       another process writes this spool
├── BadFile          a file to import cannot be used as it is; nothing was written
└── Refused          the caller's fault: a value that the store does not take (``field`` says which)
    └── Conflict     something with this key exists already
"""

from __future__ import annotations

from config.errors import HelinError


class StoreError(HelinError):
    """Root of all that crm_store raises on purpose."""


class StoreAway(StoreError):
    """The database cannot be reached now."""


class SchemaMismatch(StoreError):
    """The database's schema is not the one that this program knows."""


class SpoolInUse(StoreError):
    """Another process holds the spool folder."""


class BadFile(StoreError):
    """The file to import cannot be used as it is."""


class Refused(StoreError):
    """A value that the store does not take. ``field`` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Conflict(Refused):
    """Something with this key exists already."""
