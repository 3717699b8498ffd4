"""Gaps: when nobody listened to an Asterisk, and what the comparison with its own records found."""

from __future__ import annotations

from datetime import datetime

import msgspec
from aiohttp import web

from agent_ui.http.node import NODE, page, said
from crm_store.gaps import Gap
from routing.witness import Kind


class DifferenceShape(msgspec.Struct, frozen=True):
    """``call``: its id, or Asterisk's linkedid where no record of ours is. ``repaired``: made good, as estimated."""

    kind: Kind
    call: str
    text: str
    repaired: bool


class GapShape(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """``sources``: the records that were read, of cel, cdr, queue_log; none: nothing was compared.

    ``witnessed``: calls that were compared; ``differences``: the first two hundred, unexplained ones first.
    """

    id: str
    asterisk: str
    from_: datetime
    to: datetime
    why: str
    looked_at: datetime
    sources: tuple[str, ...]
    troubles: tuple[str, ...]
    witnessed: int
    repaired: int
    unexplained: int
    differences: tuple[DifferenceShape, ...]


async def gaps(request: web.Request) -> web.Response:
    found = await request.app[NODE].store.gaps.page(*page(request))
    return said({"items": [_shape(one) for one in found.items], "next": found.next})


def _shape(one: Gap) -> GapShape:
    differences = tuple(DifferenceShape(each.kind, each.call, each.text, each.repaired) for each in one.differences)
    return GapShape(
        one.id, one.asterisk, one.begin, one.end, one.why, one.looked_at, one.sources, one.troubles, one.witnessed,
        one.repaired, one.unexplained, differences,
    )  # fmt: skip
