"""Users and queues, as ``helin apply`` and the administrator set them, and the directory made of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, TypeVar, get_args

from sqlalchemy import Row, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Conflict, Refused
from crm_store.records import Queue, Relaxed, User, UserFile
from crm_store.rules import checked_rule, checked_seconds, checked_skills, write_version
from crm_store.schema import preferences, queue_agents, queues, users
from crm_store.values import checked_template, checked_text, key_of, needed_text, version_of
from routing.commands import Role
from routing.events import Directory, Person, Phone, PopOn, QueuePlan, Step

ROLES: tuple[str, ...] = get_args(Role)
PHONES: tuple[str, ...] = get_args(Phone)
LONGEST_KEPT = 36_500
MADE = ("id", "rule_version")
"""Of a queue, what nobody gives."""
NEW = ""
"""The version of what is not there yet."""
QUEUE_NAME = re.compile(r"[\w+@-][\w+@. -]*")
"""It goes into the dialplan, where brackets, commas and the like have a meaning."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Put(Generic[T]):
    """What is there now, and which fields were not so before: all of them for a new one, none when nothing changed."""

    value: T
    changed: tuple[str, ...]


class Users:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[User, ...]:
        async with self._database.reading() as connection:
            return tuple(user_of(row) for row in await connection.execute(select(users).order_by(users.c.login)))

    async def files(self) -> tuple[UserFile, ...]:
        """All users as administrators see them."""
        async with self._database.reading() as connection:
            return await _read_files(connection)

    async def file(self, login: str) -> UserFile | None:
        async with self._database.reading() as connection:
            found = await _read_files(connection, login)
        return found[0] if found else None

    async def get(self, id: str) -> User | None:
        key = key_of(id)
        return await self._one(users.c.id == key) if key is not None else None

    async def by_login(self, login: str) -> User | None:
        return await self._one(users.c.login == login)

    async def password_hash(self, login: str, *, active_only: bool = True) -> str | None:
        """None when there is no such user, or an inactive one (who must not sign in)."""
        query = select(users.c.password_hash).where(users.c.login == login)
        if active_only:
            query = query.where(users.c.active)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def put(
        self,
        login: str,
        name: str,
        role: Role,
        extension: str | None = None,
        interface: str | None = None,
        skills: Mapping[str, int] | None = None,
        active: bool = True,
        password_hash: str | None = None,
        phone: Phone = "browser",
        queues: Sequence[str] | None = None,
        version: str | None = None,
        team: str | None = None,
    ) -> Put[User]:
        """The user of this login is so from now on. ``password_hash`` None keeps the password; a new user needs one.
        ``queues`` None leaves the user in the present ones. ``version`` is what the caller believes to change.

        Raises Refused for values that cannot be, Conflict when the extension or the interface is another user's, or the
        version is another one.
        """
        values: dict[str, Any] = {
            "login": needed_text("login", login, 200),
            "name": needed_text("name", name, 200),
            "role": needed_text("role", role, 40, among=ROLES),
            "extension": checked_text("extension", extension, 40),
            "interface": checked_text("interface", interface, 80),
            "skills": checked_skills(skills or {}),
            "active": active,
            "phone": needed_text("phone", phone, 10, among=PHONES),
            "team": checked_text("team", team, 80),
        }
        if values["role"] == "leader" and values["team"] is None:
            raise Refused("team", f"{login} leads a team: say which one")
        if password_hash is not None:
            values["password_hash"] = needed_text("password", password_hash, 1000)
        async with self._database.writing() as connection:
            locked = select(users).where(users.c.login == values["login"]).with_for_update()
            had = (await connection.execute(locked)).first()
            before = await _read_files(connection, values["login"])
            _check_version("user", login, before[0] if before else None, version)
            if had is None and password_hash is None:
                raise Refused("password", f"the new user {login} needs a password")
            changed = _changed(had, values)
            row = had
            if row is None or changed:
                try:
                    row = await _put(connection, users, had, values)
                except IntegrityError:
                    raise Conflict("interface", f"{login}: another user has this extension or interface") from None
            if queues is not None and await _serve(connection, int(row.id), sorted(set(queues))):
                changed = (*changed, "queues")
            return Put(user_of(row), changed)

    async def teams(self) -> dict[str, str]:
        """The team of each login that has one, of those who left too: their calls stay the team's."""
        query = select(users.c.login, users.c.team).where(users.c.team.is_not(None)).order_by(users.c.login)
        async with self._database.reading() as connection:
            return {row.login: row.team for row in await connection.execute(query)}

    async def remove(self, login: str) -> bool:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(users).where(users.c.login == login))).rowcount > 0

    async def _one(self, where: Any) -> User | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(users).where(where))).first()
        return user_of(row) if row else None


class Queues:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Queue, ...]:
        async with self._database.reading() as connection:
            return await _read_queues(connection)

    async def by_name(self, name: str) -> Queue | None:
        async with self._database.reading() as connection:
            found = await _read_queues(connection, name)
        return found[0] if found else None

    async def put(
        self,
        name: str,
        mode: str = "assist",
        target_seconds: int = 20,
        max_wait_seconds: int = 300,
        wrap_up_seconds: int = 0,
        wrap_up_required: bool = False,
        skills: Mapping[str, int] | None = None,
        agents: Sequence[str] = (),
        recording_keep_days: int | None = None,
        pop_on: str = "ring",
        pop_url: str | None = None,
        auto_pause: bool = True,
        rule: str = "helin",
        tiers: Mapping[str, float] | None = None,
        weights: Mapping[str, float] | None = None,
        relax: Sequence[Relaxed | Mapping[str, Any]] = (),
        last_agent_seconds: int = 0,
        short_seconds: int = 5,
        empty_interval: str = "none",
        version: str | None = None,
        by: str = "helin",
    ) -> Put[Queue]:
        """The queue of this name is so from now on. ``version`` is what the caller believes to change: that of the
        queue as it was read, NEW where there should be none yet. ``by``: who, for the history of the queue's rule.

        Raises Refused for what cannot be and for unknown agents, Conflict when the version is another one.
        """
        values: dict[str, Any] = {
            "name": needed_text("name", name, 128),
            "mode": needed_text("mode", mode, 8, among=("assist", "direct")),
            "wrap_up_seconds": checked_seconds("wrap_up_seconds", wrap_up_seconds, 0),
            "wrap_up_required": wrap_up_required,
            "recording_keep_days": _days(recording_keep_days),
            "pop_on": needed_text("pop_on", pop_on, 8, among=get_args(PopOn)),
            "pop_url": checked_template("pop_url", pop_url),
            "auto_pause": auto_pause,
        }
        lives_by = checked_rule(
            rule, target_seconds, max_wait_seconds, tiers, skills, weights, relax, last_agent_seconds,
            short_seconds, empty_interval,
        )  # fmt: skip
        values |= lives_by
        async with self._database.writing() as connection:
            locked = select(queues).where(queues.c.name == values["name"]).with_for_update()
            had = (await connection.execute(locked)).first()
            before = await _read_queues(connection, values["name"])
            _check_version("queue", name, before[0] if before else None, version)
            if had is None and not QUEUE_NAME.fullmatch(values["name"]):
                raise Refused("name", "a queue's name is made of letters, digits, blanks and any of _ - + . @")
            if had is None or _changed(had, values):
                try:
                    if had is None or _changed(had, lives_by):
                        values["rule_version"] = await write_version(connection, values["name"], lives_by, by)
                    await _put(connection, queues, had, values)
                except IntegrityError:
                    raise Conflict("name", f"somebody else has just made the queue {name}; read it again") from None
            queue = (await _read_queues(connection, values["name"]))[0]
            await _set_agents(connection, int(queue.id), sorted(set(agents)))
            queue = (await _read_queues(connection, values["name"]))[0]
            names = [each.name for each in fields(Queue) if each.name not in MADE]
            if not before:
                return Put(queue, tuple(names))
            return Put(queue, tuple(each for each in names if getattr(queue, each) != getattr(before[0], each)))

    async def change(
        self, name: str, given: Mapping[str, Any], version: str | None = None, by: str = "helin"
    ) -> Put[Queue] | None:
        """As :meth:`put`; what is not given stays. None when there is no such queue."""
        before = await self.by_name(name)
        if before is None:
            return None
        values = {key: value for key, value in asdict(before).items() if key not in MADE}
        return await self.put(**{**values, **given}, version=version or version_of(before), by=by)

    async def remove(self, name: str) -> bool:
        async with self._database.writing() as connection:
            return (await connection.execute(delete(queues).where(queues.c.name == name))).rowcount > 0


async def read_directory(database: Database) -> Directory:
    """Active users with a phone, and what the queues promise."""
    async with database.reading() as connection:
        found = await _read_queues(connection)
        served: dict[str, list[str]] = {}
        for queue in found:
            for login in queue.agents:
                served.setdefault(login, []).append(queue.name)
        rows = await connection.execute(
            select(users).where(users.c.active, users.c.interface.is_not(None)).order_by(users.c.login)
        )
        people = tuple(
            Person(
                row.login,
                row.name,
                row.interface,
                row.extension,
                tuple(served.get(row.login, ())),
                row.phone,
                tuple(sorted(row.skills.items())),
                row.team,
            )
            for row in rows
        )
    return Directory(people, tuple(plan_of(queue) for queue in found))


def user_of(row: Row[Any]) -> User:
    """From a row that has the columns of ``users``."""
    return User(
        str(row.id),
        row.login,
        row.name,
        row.role,
        row.extension,
        row.interface,
        row.skills,
        bool(row.active),
        row.phone,
        row.team,
    )


def plan_of(queue: Queue) -> QueuePlan:
    """What routing needs of a queue."""
    return QueuePlan(
        queue.name,
        queue.mode,
        queue.target_seconds,
        queue.max_wait_seconds,
        queue.wrap_up_seconds,
        queue.wrap_up_required,
        queue.pop_on,
        queue.pop_url,
        queue.auto_pause,
        tuple(sorted(queue.skills.items())),
        queue.rule,
        tuple(sorted(queue.tiers.items())),
        tuple(Step(step.after_seconds, tuple(sorted(step.skills.items()))) for step in queue.relax),
        tuple(sorted(queue.weights.items())),
        queue.last_agent_seconds,
        queue.rule_version,
        short_seconds=queue.short_seconds,
        empty_interval=queue.empty_interval,
    )


async def _read_queues(connection: AsyncConnection, name: str | None = None) -> tuple[Queue, ...]:
    members = select(queue_agents.c.queue_id, users.c.login).join(users).order_by(users.c.login)
    agents: dict[int, list[str]] = {}
    for member in await connection.execute(members):
        agents.setdefault(member.queue_id, []).append(member.login)
    query = select(queues).order_by(queues.c.name)
    if name is not None:
        query = query.where(queues.c.name == name)
    return tuple(
        Queue(
            str(row.id),
            row.name,
            row.mode,
            row.target_seconds,
            row.max_wait_seconds,
            row.wrap_up_seconds,
            bool(row.wrap_up_required),
            row.skills,
            tuple(agents.get(row.id, ())),
            row.recording_keep_days,
            row.pop_on,
            row.pop_url,
            bool(row.auto_pause),
            row.rule,
            row.tiers,
            row.weights,
            tuple(Relaxed(**step) for step in row.relax),
            row.last_agent_seconds,
            row.rule_version,
            row.short_seconds,
            row.empty_interval,
        )
        for row in await connection.execute(query)
    )


async def _read_files(connection: AsyncConnection, login: str | None = None) -> tuple[UserFile, ...]:
    serve = select(queue_agents.c.user_id, queues.c.name).join(queues).order_by(queues.c.name)
    query = select(users, preferences.c.body).outerjoin(preferences).order_by(users.c.login)
    if login is not None:
        query = query.where(users.c.login == login)
    served: dict[int, list[str]] = {}
    for row in await connection.execute(serve):
        served.setdefault(row.user_id, []).append(row.name)
    return tuple(
        UserFile(**asdict(user_of(row)), queues=tuple(served.get(row.id, ())), language=_language(row.body))
        for row in await connection.execute(query)
    )


def _language(body: str | None) -> str | None:
    """What the page keeps is the page's: it may be anything."""
    language = json.loads(body).get("language") if body is not None else None
    return language if isinstance(language, str) else None


def _check_version(what: str, name: str, now: User | Queue | None, believed: str | None) -> None:
    if believed is None or believed == (NEW if now is None else version_of(now)):
        return
    if believed == NEW:
        raise Conflict("version", f"there is a {what} {name} already")
    if now is None:
        raise Conflict("version", f"the {what} {name} is no longer there")
    raise Conflict("version", f"somebody else has changed the {what} {name} meanwhile; read it again")


async def _serve(connection: AsyncConnection, user: int, names: Sequence[str]) -> bool:
    """The user serves these queues and no others. Whether that is a change."""
    rows = await connection.execute(select(queues.c.id, queues.c.name).where(queues.c.name.in_(names)))
    keys = {row.name: row.id for row in rows}
    unknown = [name for name in names if name not in keys]
    if unknown:
        raise Refused("queues", f"there is no queue {unknown[0]}")
    served = await connection.execute(select(queue_agents.c.queue_id).where(queue_agents.c.user_id == user))
    before, wanted = set(served.scalars()), set(keys.values())
    if before - wanted:
        which = queue_agents.c.queue_id.in_(before - wanted)
        await connection.execute(delete(queue_agents).where(queue_agents.c.user_id == user, which))
    if wanted - before:
        await connection.execute(insert(queue_agents), [{"queue_id": key, "user_id": user} for key in wanted - before])
    return before != wanted


async def _set_agents(connection: AsyncConnection, queue: int, logins: Sequence[str]) -> None:
    rows = await connection.execute(select(users.c.id, users.c.login).where(users.c.login.in_(logins)))
    keys = {row.login: row.id for row in rows}
    unknown = [login for login in logins if login not in keys]
    if unknown:
        raise Refused("agents", f"there is no user {unknown[0]}")
    await connection.execute(delete(queue_agents).where(queue_agents.c.queue_id == queue))
    if keys:
        await connection.execute(insert(queue_agents), [{"queue_id": queue, "user_id": key} for key in keys.values()])


def _changed(had: Row[Any] | None, values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if had is None or getattr(had, name) != value)


async def _put(connection: AsyncConnection, table: Table, had: Row[Any] | None, values: Mapping[str, Any]) -> Row[Any]:
    row: Row[Any]
    if had is None:
        row = (await connection.execute(insert(table).values(**values).returning(table))).one()
    else:
        where = table.c.id == had.id
        row = (await connection.execute(update(table).where(where).values(**values).returning(table))).one()
    return row


def _days(value: int | None) -> int | None:
    if value is not None and not 0 <= value <= LONGEST_KEPT:
        raise Refused("recording_keep_days", f"recording_keep_days must be between 0 (for ever) and {LONGEST_KEPT}")
    return value
