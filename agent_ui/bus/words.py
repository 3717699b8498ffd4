"""Pictures and notices as bytes. Facts, commands and results have their codec in crm_store, beside the journal."""

from __future__ import annotations

import msgspec

from agent_ui.bus.port import CampaignsSeen, DirectoryChanged, Message, Notice, PanelsOpen, PanelTaken, SignedOut
from agent_ui.shapes import encode
from crm_store.codec import CodecError
from routing.facts import (
    AgentChanged,
    AlarmChanged,
    HelpChanged,
    LinkChanged,
    ListenChanged,
    QueueSeen,
    WrittenChanged,
)
from routing.picture import Picture
from routing.story import Call


class _Picture(msgspec.Struct):
    calls: dict[str, Call]
    agents: dict[str, AgentChanged]
    queues: dict[str, QueueSeen]
    links: dict[str, LinkChanged]
    pops: dict[str, str]
    streams: dict[str, int]
    requests: dict[str, WrittenChanged] = {}
    listening: dict[str, ListenChanged] = {}
    helps: dict[str, HelpChanged] = {}
    alarms: dict[str, AlarmChanged] = {}


class _Notice(msgspec.Struct):
    kind: str
    about: tuple[str, str] = ("", "")
    agents: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    take_over: bool = False
    message: Message | None = None
    campaigns: CampaignsSeen | None = None


_picture_decoder = msgspec.json.Decoder(_Picture)
_notice_decoder = msgspec.json.Decoder(_Notice)


def encode_picture(picture: Picture) -> bytes:
    of = picture
    parts = of.calls, of.agents, of.queues, of.links, of.pops, of.streams, of.requests, of.listening, of.helps
    return encode(_Picture(*parts, of.alarms))


def decode_picture(body: bytes) -> Picture:
    """A picture of its own; CodecError if these bytes are none."""
    try:
        found = _picture_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise CodecError(f"not a picture: {problem}") from None
    parts = found.calls, found.agents, found.queues, found.links, found.pops, found.streams, found.requests
    return Picture(*parts, found.listening, found.helps, found.alarms)


def encode_notice(notice: Notice) -> bytes:
    if isinstance(notice, PanelTaken):
        return encode(_Notice("panel_taken", (notice.agent, notice.panel), take_over=notice.take_over))
    if isinstance(notice, SignedOut):
        return encode(_Notice("signed_out", (notice.login, notice.session)))
    if isinstance(notice, PanelsOpen):
        return encode(_Notice("panels_open", agents=notice.agents, others=notice.others))
    if isinstance(notice, Message):
        return encode(_Notice("message", message=notice))
    if isinstance(notice, CampaignsSeen):
        return encode(_Notice("campaigns_seen", campaigns=notice))
    return encode(_Notice("directory_changed"))


def decode_notice(body: bytes) -> Notice:
    """CodecError for one that this program does not know."""
    try:
        found = _notice_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise CodecError(f"not a notice: {problem}") from None
    if found.kind == "panel_taken":
        return PanelTaken(*found.about, found.take_over)
    if found.kind == "signed_out":
        return SignedOut(*found.about)
    if found.kind == "panels_open":
        return PanelsOpen(found.agents, found.others)
    if found.kind == "message" and found.message is not None:
        return found.message
    if found.kind == "campaigns_seen" and found.campaigns is not None:
        return found.campaigns
    if found.kind == "directory_changed":
        return DirectoryChanged()
    raise CodecError(f"no notice is called {found.kind!r}")
