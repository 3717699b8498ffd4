"""Recordings that were kept long enough go; and whether files and records tell the same story (N8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from crm_store.recordings import Kept
from crm_store.sound import NoRecording, SoundFolder
from crm_store.store import Store

BY_TIME = "retention"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Retained:
    """``erased``: files; ``gone``: they had gone before; ``failed``: a sentence each."""

    erased: int = 0
    gone: int = 0
    failed: tuple[str, ...] = ()


async def retain(store: Store, folder: SoundFolder, keep_days: int, now: datetime) -> Retained:
    """Erases what is overdue, marks and audits it. What cannot be erased is not marked, and named in ``failed``.

    Raises NoRecording when the folder is not there, or empty: nothing may count as erased because a disk is missing.
    """
    done = Retained()
    failed: dict[str, str] = {}
    if await store.recordings.overdue(now, keep_days):
        empty = await asyncio.to_thread(lambda: next(folder.files(), None)) is None
        if empty:
            raise NoRecording(f"the folder of recordings {folder.root} is empty; is its storage mounted?")
    while True:
        overdue = [each for each in await store.recordings.overdue(now, keep_days) if each.file not in failed]
        if not overdue:
            done.failed = tuple(failed.values())
            return done
        for each in overdue:
            try:
                was_there = await erase(store, folder, each.call, each.file, now, BY_TIME)
            except (NoRecording, OSError) as error:
                failed[each.file] = f"{each.file}: {getattr(error, 'strerror', None) or error}"
                continue
            done.erased += was_there
            done.gone += not was_there


async def erase(
    store: Store, folder: SoundFolder, call: str, file: str, now: datetime, by: str, reason: str | None = None
) -> bool:
    """Whether there was a file. It goes first: a mark while it is there would be a lie. Raises NoRecording, OSError."""
    was_there = await asyncio.to_thread(folder.erase, file)
    await store.recordings.mark_erased(file, now, by)
    detail = {"file": file, **({"reason": reason} if reason else {})}
    await store.audit.add(now, by, "erased recording", f"call:{call}", detail)
    return was_there


async def differences(store: Store, folder: SoundFolder) -> AsyncIterator[str]:
    """A sentence for each recording without its file and each file without its call. Raises NoRecording."""
    files = set(await asyncio.to_thread(lambda: list(folder.files())))
    known: set[str] = set()
    async for each in store.recordings.all():
        known.add(each.file)
        if (wrong := _wrong(each, each.file in files)) is not None:
            yield wrong
    # One that began to be recorded while we looked is not a stray.
    for file in sorted(files - known):
        yield f"{file} belongs to no call that Helin knows of"


def _wrong(each: Kept, there: bool) -> str | None:
    if there and each.erased:
        return f"{each.file} of call {each.call} was erased, and yet the file is there"
    if not there and each.ended and not each.erased:
        return f"{each.file} of call {each.call} is missing"
    return None
