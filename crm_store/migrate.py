"""The schema's versions: what the database has, what this program knows, and the way from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from crm_store.database import Database
from crm_store.errors import SchemaMismatch

_LOCK = 0x48656C696E
"""PostgreSQL's advisory lock (the letters "Helin"): two nodes that start together migrate one after the other."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """Versions before (None: an empty database) and after."""

    before: str | None
    after: str


async def migrate(url: str) -> Migrated:
    """Makes the schema, or brings it to this program's version; nothing happens where it is that already.

    Raises StoreAway without a database, SchemaMismatch when the database is newer than the program.
    """
    database = Database(url)
    try:
        async with database.writing() as connection:
            if database.dialect == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            return await connection.run_sync(_upgrade, database.shown)
    finally:
        await database.close()


async def make_if_empty(url: str) -> None:
    """Gives an empty database its schema; one that has any version is left as it is. Raises StoreAway."""
    database = Database(url)
    try:
        async with database.reading() as connection:
            empty = await connection.run_sync(_version) is None
    finally:
        await database.close()
    if empty:
        await migrate(url)


async def check_schema(database: Database) -> None:
    """Raises SchemaMismatch unless the database's schema is the one that this program knows."""
    async with database.reading() as connection:
        has = await connection.run_sync(_version)
    if has == _script().get_current_head():
        return
    if has is None:
        raise SchemaMismatch(f"the database {database.shown} is empty; run: helin migrate")
    if has in _known():
        raise SchemaMismatch(f"the database {database.shown} has the older schema {has}; run: helin migrate")
    raise _newer(database.shown, has)


def _upgrade(connection: Connection, shown: str) -> Migrated:
    has = _version(connection)
    if has is not None and has not in _known():
        raise _newer(shown, has)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return Migrated(has, str(_script().get_current_head()))


def _newer(shown: str, has: str) -> SchemaMismatch:
    return SchemaMismatch(
        f"the database {shown} has schema {has}, which this Helin (up to {_script().get_current_head()}) "
        "does not know; use the newer Helin that made it"
    )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _known() -> set[str]:
    return {revision.revision for revision in _script().walk_revisions()}
