"""Recordings: what there is of a call, its sound by ranges, its picture; erasing, and the hold that forbids it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aiohttp import web

from agent_ui.http.bodies import HoldBody
from agent_ui.http.live import agents_of
from agent_ui.http.node import NODE, SESSION, body, now, said
from agent_ui.http.problems import Problem
from agent_ui.http.reach import may_see
from agent_ui.shapes import ListenedShape, PeaksShape, RecordingPauseShape, RecordingShape
from agent_ui.wishes import took_part
from crm_store.audit import Deed
from crm_store.errors import Conflict
from crm_store.recordings import Mark
from crm_store.retention import erase as erase_file
from crm_store.sound import NoRecording
from crm_store.values import checked_text
from routing.commands import CHIEFS
from routing.story import Call, Pause, Recording

State = Literal["ready", "running", "missing", "erased"]


@dataclass(frozen=True, slots=True)
class _Around:
    """What else is to be said of a call's recordings."""

    erased: dict[str, Mark]
    held: Mark | None
    listened: tuple[Deed, ...] | None


async def _call(request: web.Request) -> Call:
    """The call, if this person may hear it: agents their own, leaders their team's where the shop lets them, chiefs
    all."""
    node, user, id_ = request.app[NODE], request[SESSION].user, request.match_info["id"]
    call = node.board.picture.calls.get(id_)
    if call is None:
        file = await node.store.calls.get(id_)
        call = file.call if file is not None else None
    if call is None or not (took_part(call, user.login) or await _may_hear(request, call)):
        raise Problem(404, "There is no such call.")
    return call


async def _may_hear(request: web.Request, call: Call) -> bool:
    if request[SESSION].user.role == "leader" and not request.app[NODE].board.policy.leaders_hear:
        return False
    return await may_see(request, agents_of(call))


async def of_call(request: web.Request) -> web.Response:
    node, call = request.app[NODE], await _call(request)
    chief = request[SESSION].user.role in CHIEFS
    around = _Around(
        await node.store.recordings.erased([each.file for each in call.recordings]),
        await node.store.recordings.held(call.id),
        await node.listening.of(call.id) if chief and call.recordings else () if chief else None,
    )
    lengths = await asyncio.to_thread(lambda: [node.sounds.seconds(each.file) for each in call.recordings])
    found = zip(call.recordings, lengths, strict=True)
    items = [_shape(call, n, each, seconds, around) for n, (each, seconds) in enumerate(found, 1)]
    return said({"items": items, "next": None})


def _shape(call: Call, n: int, recording: Recording, seconds: float | None, around: _Around) -> RecordingShape:
    erased = around.erased.get(recording.file)
    state: State = "running" if recording.ended_at is None else "missing" if seconds is None else "ready"
    listened = around.listened
    return RecordingShape(
        n=n,
        state="erased" if erased is not None else state,
        started_at=recording.started_at,
        ended_at=recording.ended_at,
        seconds=seconds,
        pauses=[_pause(call, each) for each in recording.pauses],
        erased_at=erased.at if erased is not None else None,
        erased_by=erased.by if erased is not None else None,
        held_by=around.held.by if around.held is not None else None,
        listened=None
        if listened is None
        else [ListenedShape(each.at, each.who) for each in listened if each.detail.get("recording") == n],
    )


def _pause(call: Call, pause: Pause) -> RecordingPauseShape:
    until = None if pause.until is None else place_of(call, pause.until)
    return RecordingPauseShape(pause.at, pause.until, pause.by, pause.resumed_by, place_of(call, pause.at), until)


def place_of(call: Call, at: datetime) -> float:
    """The second of the file in which ``at`` is. Sound is written only while somebody talks with the outside party, so
    it is the time of all talks before, those at the same time counted once."""
    seconds, until = 0.0, call.started_at
    for segment in sorted(call.segments, key=lambda each: each.started_at):
        begin, end = max(segment.started_at, until), min(segment.ended_at or at, at)
        if end > begin:
            seconds, until = seconds + (end - begin).total_seconds(), end
    return round(seconds, 2)


async def _one(request: web.Request) -> tuple[Call, int, Recording]:
    """The recording that is asked for, if it is to be had."""
    call, text = await _call(request), request.match_info["n"]
    n = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    if not 0 < n <= len(call.recordings):
        raise Problem(404, "There is no such recording.")
    recording = call.recordings[n - 1]
    if await request.app[NODE].store.recordings.erased([recording.file]):
        raise Problem(404, "This recording was erased.")
    if recording.ended_at is None:
        raise Problem(409, "This is still being recorded; listen when the call is over.")
    return call, n, recording


async def audio(request: web.Request) -> web.StreamResponse:
    """The file itself; it is written down who listens before the first byte goes."""
    node, (call, n, recording) = request.app[NODE], await _one(request)
    path = await asyncio.to_thread(node.sounds.there, recording.file)
    await node.listening.note(now(), request[SESSION].user.login, call.id, n)
    headers = {"Content-Type": "audio/wav", "Cache-Control": "no-store"}
    return web.FileResponse(path, headers=headers)


async def peaks(request: web.Request) -> web.Response:
    node, (_, _, recording) = request.app[NODE], await _one(request)
    path = await asyncio.to_thread(node.sounds.there, recording.file)
    found = await node.listening.picture(path)
    return said(PeaksShape(found.seconds, found.peaks))


async def erase(request: web.Request) -> web.Response:
    """For ever. The record that there was a recording stays; ``reason`` goes into the audit trail."""
    node, (call, _, recording) = request.app[NODE], await _one(request)
    reason = checked_text("reason", request.query.get("reason"), 500)
    held = await node.store.recordings.held(call.id)
    if held is not None:
        raise Conflict("hold", f"{held.by} has put this call under legal hold; end that first.")
    try:
        await erase_file(node.store, node.sounds, call.id, recording.file, now(), request[SESSION].user.login, reason)
    except OSError as error:
        raise NoRecording(f"the file cannot be erased ({error.strerror}); Helin needs to be allowed to write") from None
    return web.Response(status=204)


async def hold(request: web.Request) -> web.Response:
    """A hold stops retention and erasing until it is ended."""
    node, wish, call = request.app[NODE], await body(request, HoldBody), await _call(request)
    who = request[SESSION].user.login
    if wish.on:
        await node.store.recordings.hold(call.id, now(), who)
    else:
        await node.store.recordings.release(call.id)
    detail = {"reason": wish.reason} if wish.reason else None
    await node.store.audit.add(now(), who, "legal hold" if wish.on else "ended legal hold", f"call:{call.id}", detail)
    return web.Response(status=204)
