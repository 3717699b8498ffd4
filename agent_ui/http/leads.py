"""A campaign's leads over HTTP: a list sent as a file, lists looked at and switched off, leads handed over."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import BodyPartReader, web

from agent_ui.http.bodies import HandOverBody, LeadChange, ListBody, ListChange
from agent_ui.http.campaigns import named
from agent_ui.http.node import NODE, SESSION, body, found, known, now, page, said
from agent_ui.http.problems import Problem
from crm_store.dial_lists import DialList
from crm_store.errors import BadFile
from crm_store.lead_import import SCOPES, LeadFile, import_leads, look_at
from crm_store.leads import Lead, LeadFilter

LARGEST_FILE: Final = 256 * 1024 * 1024
PART: Final = 256 * 1024
FORM: Final = "multipart/form-data"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Final = ("text/csv", "text/plain", "application/csv", "application/octet-stream", XLSX, FORM)


@dataclass(frozen=True, slots=True)
class Changed:
    """How many leads."""

    leads: int


async def add_leads(request: web.Request) -> web.Response:
    """A CSV or XLSX file as the body, or as the part ``file`` of a form. The same file again goes on."""
    one, node = await named(request), request.app[NODE]
    async with _sent(request, one.id) as file:
        report = await import_leads(node.store, file, now())
    counts = {"list": file.list, "added": report.added, "same": report.same, "refused": report.refused}
    await node.store.audit.add(now(), request[SESSION].user.login, "imported leads", f"campaign:{one.id}", counts)
    return said(report)


async def look_at_leads(request: web.Request) -> web.Response:
    """How the same file would be read: its columns, what each is taken for, and its first rows."""
    one = await named(request)
    async with _sent(request, one.id) as file:
        return said(await look_at(file))


@asynccontextmanager
async def _sent(request: web.Request, campaign: str) -> AsyncIterator[LeadFile]:
    """Raises Problem for one that cannot be used, also when that is found out inside."""
    if request.content_type not in KINDS:
        raise Problem(415, "Send a CSV or XLSX file, with Content-Type: text/csv or its own.")
    async with _kept(request) as (path, name):
        try:
            yield _wished(request, campaign, path, name)
        except BadFile as problem:
            raise Problem(422, str(problem).replace(str(path), "the file")) from None


def _wished(request: web.Request, campaign: str, path: Path, name: str) -> LeadFile:
    of = request.query.get
    dedupe = known(of("dedupe", "campaign"), SCOPES)
    if dedupe is None:
        raise Problem(422, f"dedupe: one of {', '.join(SCOPES)}.")
    return LeadFile(
        path=path, campaign=campaign, list=of("list") or name or "leads", dedupe=dedupe,
        mapping=_mapping(request), country=(of("country") or "").upper() or None, encoding=of("encoding") or None,
        delimiter=(of("delimiter") or "")[:1] or None, source=of("source") or None, cost=_cost(of("cost")),
        basis=of("basis") or None, basis_text=of("basis_text") or None,
    )  # fmt: skip


def _mapping(request: web.Request) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in request.query.getall("map", [])]
    if any(not field or not column for field, _, column in pairs):
        raise Problem(422, "map: write FIELD=COLUMN, like number=Telefon.")
    return {field: column for field, _, column in pairs}


def _cost(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise Problem(422, "cost: a number.") from None


@asynccontextmanager
async def _kept(request: web.Request) -> AsyncIterator[tuple[Path, str]]:
    """The body as a file of its own for as long as it is read, and its name without the ending, if it has one."""
    with tempfile.TemporaryDirectory(prefix="helin-leads-") as folder:
        path, size, name = Path(folder) / "leads.csv", 0, ""
        read: Callable[[int], Awaitable[bytes]] = request.content.read
        if request.content_type == FORM:
            part = await _part(request)
            read, name = part.read_chunk, Path(part.filename or "").stem
        with path.open("wb") as out:
            while piece := await read(PART):
                size += len(piece)
                if size > LARGEST_FILE:
                    raise Problem(413, "The file is larger than 256 MB; use the command: helin import leads.")
                out.write(piece)
        if not size:
            raise Problem(422, "The file is empty; it needs a first line with the names of its columns.")
        yield path, name


async def _part(request: web.Request) -> BodyPartReader:
    try:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                return part
    except (ValueError, AssertionError):
        raise Problem(400, "The form cannot be read.") from None
    raise Problem(422, "The form has no part called file.")


async def leads(request: web.Request) -> web.Response:
    one, of = await named(request), request.query.get
    want = LeadFilter(
        state=of("state") or None, list=of("list") or None, owner=of("owner") or None, number=of("number") or None
    )
    return said(await request.app[NODE].store.leads.page(one.id, want, *page(request)))


async def lead(request: web.Request) -> web.Response:
    return said(await _lead(request))


async def _lead(request: web.Request) -> Lead:
    campaign = await named(request)
    one = await request.app[NODE].store.leads.get(request.match_info["n"])
    if one is None or one.campaign_id != campaign.id:
        raise Problem(404, "There is no such lead.")
    return one


async def change_lead(request: web.Request) -> web.Response:
    """Whose it is; or it is called no more."""
    wish, one, node = await body(request, LeadChange), await _lead(request), request.app[NODE]
    if wish.skip and await node.store.leads.skip(one.id, now()) is None:
        raise Problem(409, "The lead is over already, or a call with it is up.")
    if "owner" in wish.model_fields_set:
        await _known(request, wish.owner)
        await node.store.leads.own([one.id], wish.owner, now())
    detail = wish.model_dump(exclude_unset=True)
    await node.store.audit.add(now(), request[SESSION].user.login, "changed", f"lead:{one.id}", detail)
    return said(await node.store.leads.get(one.id))


async def hand_over(request: web.Request) -> web.Response:
    """All that an agent has of the campaign, to another agent or to nobody."""
    wish, one, node = await body(request, HandOverBody), await named(request), request.app[NODE]
    await _known(request, wish.to)
    count = await node.store.leads.hand_over(one.id, wish.from_agent, wish.to, now())
    detail = {"from": wish.from_agent, "to": wish.to, "leads": count}
    await node.store.audit.add(now(), request[SESSION].user.login, "handed over", f"campaign:{one.id}", detail)
    return said(Changed(count))


async def _known(request: web.Request, login: str | None) -> None:
    if login is not None and await request.app[NODE].store.users.by_login(login) is None:
        raise Problem(422, "There is no user with this login.")


async def lists(request: web.Request) -> web.Response:
    one = await named(request)
    return said({"items": await request.app[NODE].store.dial_lists.of(one.id), "next": None})


async def add_list(request: web.Request) -> web.Response:
    """A list that is a search over contacts; its leads are made at once, and more as contacts come into it."""
    wish, one, node = await body(request, ListBody), await named(request), request.app[NODE]
    # The body's model has the record's keys and types; mypy cannot see that of a dictionary.
    made = await node.store.dial_lists.add(one.id, wish.model_dump(), now())  # type: ignore[arg-type]
    await node.store.segments.refresh(one.id, now())
    await _told(request, "made a list", made)
    return said(await node.store.dial_lists.get(made.id), 201)


async def change_list(request: web.Request) -> web.Response:
    wish, one, node = await body(request, ListChange), await named(request), request.app[NODE]
    had = await node.store.dial_lists.get(request.match_info["n"])
    if had is None or had.campaign_id != one.id:
        raise Problem(404, "There is no such list.")
    # As above: the model has the record's keys and types.
    changed = await node.store.dial_lists.change(had.id, wish.model_dump(exclude_unset=True))  # type: ignore[arg-type]
    found(changed, "list")
    await _told(request, "changed a list", had)
    return said(changed)


async def _told(request: web.Request, what: str, one: DialList) -> None:
    who, detail = request[SESSION].user.login, {"list": one.id, "name": one.name}
    await request.app[NODE].store.audit.add(now(), who, what, f"campaign:{one.campaign_id}", detail)
