"""Small things that every part of the store needs: checked values, keys, and "insert or change"."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.errors import Refused

Upsert = postgresql.Insert | sqlite.Insert

LARGEST_KEY = 2**63 - 1
PLACES = ("number", "contact", "call", "queue")
"""What an address that opens with a pop may have in it."""


def checked_text(field: str, value: str | None, longest: int, among: Sequence[str] = ()) -> str | None:
    """``value`` without blanks around it; None for an empty one. Refused when it is too long or not allowed.

    NUL is refused because PostgreSQL cannot hold it, a lone surrogate because it is no text in any encoding.
    """
    text = (value or "").strip()
    if not text:
        return None
    if len(text) > longest:
        raise Refused(field, f"{field} is longer than {longest} characters")
    if "\0" in text or not _encodes(text):
        raise Refused(field, f"{field} holds a character that is no text")
    if among and text not in among:
        raise Refused(field, f"{field} must be one of {', '.join(among)}")
    return text


def needed_text(field: str, value: str | None, longest: int, among: Sequence[str] = ()) -> str:
    """As :func:`checked_text`, and Refused when it is empty."""
    text = checked_text(field, value, longest, among)
    if text is None:
        raise Refused(field, f"{field} must not be empty")
    return text


def checked_template(field: str, value: str | None) -> str | None:
    """The template of an http or https address; None for an empty one. Refused for any other.

    ``{number}``, ``{contact}``, ``{call}`` and ``{queue}`` are filled in percent-encoded. They may stand only behind
    the host: whoever calls must not choose where an agent's browser goes.
    """
    text = checked_text(field, value, 2_000)
    if text is None:
        return None
    host, slash, rest = text.partition("://")[2].partition("/")
    plain = not any(letter <= " " or letter in '"<>\\^`|' or letter == "\x7f" for letter in text)
    if not text.startswith(("http://", "https://")) or not host or not plain or set(host) & set("{}@?#"):
        raise Refused(field, f"{field} must be an address like https://crm.example/find?number={{number}}")
    for name in re.findall(r"\{([^{}]*)\}", rest):
        if name not in PLACES:
            raise Refused(field, f"{field} knows {', '.join(PLACES)}, not {name[:40]!r}")
    if set(re.sub(r"\{[^{}]*\}", "", slash + rest)) & set("{}"):
        raise Refused(field, f"{field} has a brace that does not close")
    return text


def _encodes(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def version_of(record: Any) -> str:
    """Of a frozen record of plain values: another one as soon as any of them is another."""
    text = json.dumps(asdict(record), sort_keys=True, default=dict)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def storable(text: str | None) -> str | None:
    """Text from the wire as the database can hold it: what cannot be stored becomes U+FFFD, nothing is refused."""
    if text is None or (text.isprintable() and text.isascii()):
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def key_of(id: str) -> int | None:
    """The key behind an id from outside; None for what can be none of ours."""
    if not (id.isascii() and id.isdigit() and len(id) <= 19):
        return None
    key = int(id)
    return key if 0 < key <= LARGEST_KEY else None


def upsert(
    connection: AsyncConnection,
    table: Table,
    row: Mapping[str, Any],
    key: Sequence[str],
    change: Sequence[str] | None = None,
) -> Upsert:
    """Inserts rows like this one, given when executed; where ``key`` exists it sets ``change`` instead.

    ``change`` is by default all columns but the key; with () what exists stays as it is.
    """
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    names = [name for name in row if name not in key] if change is None else change
    if not names:
        return statement.on_conflict_do_nothing(index_elements=list(key))
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in names}
    )
