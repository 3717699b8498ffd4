"""The doctor's look at what requests come from: queues, skills, calendars, forms, and mailboxes, which are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from agent_ui.mail import answering, imap
from agent_ui.mail.blocking import in_thread
from config.findings import Finding, Level
from config.intake import mailbox_plan, smtp_plan
from config.settings import Settings
from crm_store.public_holidays import holidays_of
from crm_store.store import Store
from routing.calendar_checks import warnings


class Asks(NamedTuple):
    """Something that puts requests into queues. ``where``: its part of the settings."""

    what: str
    where: str
    queues: tuple[str, ...]
    skills: Mapping[str, int]


async def intake(settings: Settings, store: Store) -> list[Finding]:
    """Raises StoreError."""
    queues = await store.queues.all()
    staff = [user.skills for user in await store.users.all() if user.active]
    names = frozenset(queue.name for queue in queues)
    found = list(_of_settings(settings, names, staff))
    for queue in queues:
        lacks = [skill for skill, level in queue.skills.items() if not _has(staff, skill, level)]
        found += [_nobody(f"Queue {queue.name}", skill, "its rule in the panel", "warn") for skill in lacks]
    for calendar in await store.calendars.all():
        said = warnings(calendar, datetime.now(UTC), holidays_of)
        found += [Finding("warn", f"Calendar {calendar.name}: {one}", "see Opening hours in the panel") for one in said]
    return found


def _of_settings(settings: Settings, queues: frozenset[str], staff: list[Mapping[str, int]]) -> Iterator[Finding]:
    asks = [Asks(f"Form {one.key}", "[[forms]]", (one.queue, *one.queues), one.skills) for one in settings.forms]
    asks += [Asks(f"Mailbox {one.name}", "[[mailboxes]]", (one.queue,), one.skills) for one in settings.mailboxes]
    if settings.written.tickets_queue:
        asks.append(Asks("Tickets that are due soon", "[written] tickets_queue", (settings.written.tickets_queue,), {}))
    for one in asks:
        for queue in one.queues:
            if queue not in queues:
                what = f"{one.what}: there is no queue {queue!r}, so nothing of it reaches an agent."
                yield Finding("fail", what, f"make the queue, or correct {one.where}")
        for skill in one.skills:
            if not _has(staff, skill, 0):
                yield _nobody(one.what, skill, one.where, "fail")


def _has(staff: Iterable[Mapping[str, int]], skill: str, level: int) -> bool:
    return any(skills.get(skill, -1) >= level for skills in staff)


def _nobody(what: str, skill: str, where: str, level: Level) -> Finding:
    said = f"{what} asks for the skill {skill!r}, which no agent has so well: who asks for it would wait for ever."
    return Finding(level, said, f"give it to somebody, or correct {where}")


async def mailboxes(settings: Settings) -> list[Finding]:
    """Signs in to each, and sends nothing."""
    found = []
    for box in settings.mailboxes:
        plan = mailbox_plan(box).imap
        trouble = await in_thread(partial(imap.try_out, plan), f"mailbox {box.name}")
        found.append(_tried(box.name, "be read", trouble))
        if box.smtp_host:
            sender = smtp_plan(box)
            trouble = await in_thread(partial(answering.try_out, sender), f"smtp {box.name}")
            found.append(_tried(box.name, "send", trouble))
    return found


def _tried(name: str, does: str, trouble: str) -> Finding:
    if not trouble:
        return Finding("ok", f"Mailbox {name} can {does}.")
    cost = "mails wait in it" if does == "be read" else "answers are not sent"
    return Finding("fail", f"Mailbox {name} cannot {does}: {trouble}.", f"until then {cost}")
