"""The schema: made, compared, and refused where it is not this program's."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from crm_store.campaign_schema import metadata
from crm_store.database import Database
from crm_store.errors import SchemaMismatch, StoreAway, StoreError
from crm_store.migrate import _config, migrate
from crm_store.store import Store

NOW = datetime.now(UTC)


async def set_version(store: Store, version: str) -> None:
    async with store.database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


async def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    def known(_: object, name: str | None, *__: object) -> bool:
        """All but search over articles, which the two databases do each in their own way."""
        return not str(name).startswith(("article_index", "ix_articles_words"))

    def differences(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "include_object": known}
        return list(compare_metadata(MigrationContext.configure(connection, opts=opts), metadata))

    async with store.database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_what_the_first_schema_held_is_kept(tmp_path: Path) -> None:
    """Numbers get their time zone, queues their defaults, and there is something to choose as a call's result."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    database = Database(url)

    def at_first(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for e164, region in (("+37255501000", "EE"), ("+12125550100", "US")):
            into = text("INSERT INTO numbers (e164, region) VALUES (:e164, :region)")
            connection.execute(into, {"e164": e164, "region": region})
        queue = (
            "INSERT INTO queues (name, mode, target_seconds, max_wait_seconds, wrap_up_seconds, wrap_up_required, "
            "skills) VALUES ('q', 'assist', 15, 90, 0, false, '{\"x\": 2}')"
        )
        connection.exec_driver_sql(queue)

    async with database.writing() as connection:
        await connection.run_sync(at_first)
    await database.close()
    assert (await migrate(url)).before == "0001"
    async with await Store.open(url) as store:
        async with store.database.reading() as connection:
            rows = await connection.execute(text("SELECT e164, time_zone FROM numbers ORDER BY e164"))
            assert [tuple(row) for row in rows] == [("+12125550100", None), ("+37255501000", "Europe/Tallinn")]
        keys = [one.key for one in await store.dispositions.all()]
        rule = (await store.rules.of("q")).items[0]
        assert (rule.version, rule.by, rule.rule["max_wait_seconds"], rule.rule["skills"]) == (
            1, "helin migrate", 90, {"x": 2},
        )  # fmt: skip
    assert keys == ["resolved", "follow_up", "callback", "passed_on", "wrong_number", "other"]


async def test_migrating_again_does_nothing(store: Store, database_url: str) -> None:
    done = await migrate(database_url)
    assert done.before == done.after


async def test_a_newer_schema_is_refused_in_one_sentence(store: Store, database_url: str) -> None:
    await set_version(store, "9999")
    for attempt in (Store.open, migrate):
        with pytest.raises(
            SchemaMismatch, match=r"has schema 9999, which this Helin .* use the newer Helin"
        ) as refused:
            await attempt(database_url)
        assert "\n" not in str(refused.value)


async def test_an_empty_database_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch, match="is empty; run: helin migrate"):
        await Store.open(f"sqlite:///{tmp_path / 'new' / 'helin.db'}")
    done = await migrate(f"sqlite:///{tmp_path / 'new' / 'helin.db'}")
    assert done.before is None
    await (await Store.open(f"sqlite:///{tmp_path / 'new' / 'helin.db'}")).close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense", ""])
async def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="must be sqlite:///FILE or postgresql://"):
        await Store.open(url)


async def test_no_database_there_is_one_clear_line_without_the_password() -> None:
    with pytest.raises(StoreAway, match=r"postgresql\S*://helin:\*\*\*@127.0.0.1:1/helin cannot be reached: ") as away:
        await Store.open("postgresql://helin:secret@127.0.0.1:1/helin")
    assert "\n" not in str(away.value)
    assert "secret" not in str(away.value)


async def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "helin.db"
    path.write_bytes(b"this is not a database file, but it is long enough to be looked at" * 20)
    with pytest.raises(StoreAway, match=r"helin.db cannot be reached: file is not a database$"):
        await Store.open(f"sqlite:///{path}")
    with pytest.raises(StoreAway, match="cannot be made: "):
        await Store.open(f"sqlite:///{path}/below/helin.db")


async def test_sqlite_is_set_up_to_be_safe(sqlite_url: str) -> None:
    async with await Store.open(sqlite_url) as store, store.database.reading() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000}


def test_the_template_is_left_whole(sqlite_template: Path, tmp_path: Path) -> None:
    """Its log was written back when it was closed, so that a copy of the one file is all of it."""
    shutil.copyfile(sqlite_template, tmp_path / "copy.db")
    assert not sqlite_template.with_name(sqlite_template.name + "-wal").exists()


async def test_who_has_what_stays_when_the_table_of_users_is_made_anew(tmp_path: Path) -> None:
    """SQLite's table of users is another one since 0022: nobody is signed out of the day's work, or of a queue."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    database = Database(url)

    def before(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0019")
        for line in (
            "INSERT INTO users (id, login, name, password_hash, role, skills, active) "
            "VALUES (7, 'anna', 'Anna', 'x', 'agent', '{\"billing\": 3}', true)",
            "INSERT INTO queues (id, name, mode, target_seconds, max_wait_seconds, wrap_up_seconds, wrap_up_required, "
            "skills) VALUES (3, 'q', 'assist', 15, 90, 0, false, '{}')",
            "INSERT INTO queue_agents (queue_id, user_id) VALUES (3, 7)",
            "INSERT INTO sessions (token_hash, user_id, created_at, seen_at, expires_at) VALUES ('h', 7, "
            "'2026-11-24 08:00:00.000000', '2026-11-24 08:00:00.000000', '2099-11-24 08:00:00.000000')",
            "INSERT INTO preferences (user_id, body, changed_at) VALUES "
            "(7, '{\"language\":\"et\"}', '2026-11-24 08:00:00.000000')",
        ):
            connection.exec_driver_sql(line)

    async with database.writing() as connection:
        await connection.run_sync(before)
    await database.close()
    await migrate(url)
    async with await Store.open(url) as store:
        (anna,) = await store.users.files()
        assert (anna.id, anna.phone, anna.queues, anna.language) == ("7", "browser", ("q",), "et")
        assert (dict(anna.skills), anna.team) == ({"billing": 3}, None)
        assert await store.sessions.count(NOW) == 1
        leader = (await store.users.put("lea", "Lea", "leader", team="North", password_hash="x")).value
        assert int(leader.id) > 7
        assert await store.users.teams() == {"lea": "North"}
        await store.sessions.open(leader, "t", NOW, NOW + timedelta(hours=1))
        with pytest.raises(IntegrityError):
            async with store.database.writing() as connection:
                await connection.execute(text("UPDATE users SET role = 'king'"))
