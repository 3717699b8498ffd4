"""How what is told is signed: the scheme of Standard Webhooks (symmetric, version v1).

The signature is HMAC-SHA256 with the webhook's secret over ``id.timestamp.body``, base64, behind ``v1,``. A receiver
reckons it over the bytes that it got, compares in constant time, and refuses a timestamp (seconds since 1970, of this
try) that is more than five minutes off. The id stays the same over all tries and replays, so repeats can be dropped.
"""

from __future__ import annotations

import base64
import hmac

import msgspec

from crm_store.codec import encode_fact
from crm_store.webhooks import Told
from routing.outward import type_of


def event_id(told: Told) -> str:
    return f"fact_{told.id}"


def body_of(told: Told) -> bytes:
    """``{"id", "type", "timestamp", "data"}``; the same bytes each time. ``timestamp`` is when it happened."""
    head = {"id": event_id(told), "type": type_of(told.kind), "timestamp": told.fact.at}
    return msgspec.json.encode(head | {"data": msgspec.Raw(encode_fact(told.fact))})


def signature(secret: bytes, id_: str, seconds: int, body: bytes) -> str:
    signed = b"%b.%d.%b" % (id_.encode(), seconds, body)
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def headers_of(secret: bytes, told: Told, seconds: int, body: bytes) -> dict[str, str]:
    """``seconds``: since 1970, when it is sent."""
    id_ = event_id(told)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Helin-Webhooks/1",
        "webhook-id": id_,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, id_, seconds, body),
    }
