"""Orders with their lines. What a contact owns are the products of the orders that were not cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.database import Database
from crm_store.errors import Refused
from crm_store.lists import Check, by_time, checked, contact_key, same_contact, with_names
from crm_store.records import Page
from crm_store.schema import order_lines, orders
from crm_store.tiers import TierRule, after_order
from crm_store.values import checked_text, key_of, needed_text

OrderStatus = Literal["new", "confirmed", "delivered", "cancelled"]
MOST_LINES = 100
MOST_OF_ONE = 1_000_000
MOST_CENTS = 10**12
LONGEST_WHAT = 300
LATELY = 2_000
"""Orders in which products are looked for."""
MOST_PRODUCTS = 200


@dataclass(frozen=True, slots=True)
class OrderLine:
    """``price`` is that of one, in the order's currency, with two decimals."""

    product: str
    quantity: int
    price: float


@dataclass(frozen=True, slots=True)
class Order:
    """``what`` and ``total`` follow from the lines."""

    id: str
    contact: str
    contact_name: str
    at: datetime
    what: str
    total: float
    currency: str
    status: OrderStatus
    note: str | None
    call: str | None
    created_by: str
    changed_at: datetime
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Something that was ordered before. ``price`` is that of one, as it was last."""

    product: str
    price: float
    currency: str


_CHECKS: dict[str, Check] = {
    "status": partial(needed_text, "status", longest=10, among=get_args(OrderStatus)),
    "note": lambda value: checked_text("note", value, 10_000),
    "call_id": lambda value: checked_text("call", value, 200),
    "at": lambda value: value,
    "currency": lambda value: _currency(value),
}


class Orders:
    """``rule``: what customers' tiers follow from; an order may change its customer's."""

    def __init__(self, database: Database, rule: TierRule) -> None:
        self._database = database
        self._rule = rule

    async def page(
        self, contact: str | None = None, status: str | None = None, after: str | None = None, limit: int = 50
    ) -> Page[Order]:
        """Newest first."""
        query = with_names(orders)
        if contact is not None:
            query = query.where(same_contact(orders.c.contact_id, contact))
        if status is not None:
            query = query.where(orders.c.status == status)
        found = await by_time(self._database, query, orders.c.at, orders.c.id, _row, after, limit, falling=True)
        async with self._database.reading() as connection:
            return Page(tuple(await _with_lines(connection, found.items)), found.next)

    async def products(self) -> tuple[Product, ...]:
        """What was ordered lately, what is ordered most first, each at its last price."""
        of, last = order_lines.c, func.max(orders.c.id)
        newest = select(orders.c.id).order_by(orders.c.id.desc()).limit(LATELY)
        often = select(of.product, last.label("last"), func.count().label("n")).join(orders, orders.c.id == of.order_id)
        often = often.where(orders.c.id.in_(newest), orders.c.status != "cancelled").group_by(of.product)
        most = often.order_by(func.count().desc(), of.product).limit(MOST_PRODUCTS).subquery()
        query = select(most.c.product, func.min(of.price_cents), orders.c.currency, most.c.n)
        query = query.join(order_lines, (of.order_id == most.c.last) & (of.product == most.c.product))
        query = query.join(orders, orders.c.id == most.c.last)
        query = query.group_by(most.c.product, orders.c.currency, most.c.n).order_by(most.c.n.desc(), most.c.product)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Product(row[0], row[1] / 100, row[2]) for row in rows)

    async def get(self, id: str) -> Order | None:
        async with self._database.reading() as connection:
            return await _read(connection, key_of(id))

    async def add(self, contact: str, created_by: str, lines: Sequence[OrderLine], fields: Mapping[str, Any]) -> Order:
        """``fields``: any of at, currency, status, note, call_id. Raises Refused."""
        async with self._database.writing() as connection:
            return await add_order(connection, contact, created_by, lines, fields, self._rule)

    async def change(
        self, id: str, fields: Mapping[str, Any], lines: Sequence[OrderLine] | None = None
    ) -> Order | None:
        """Sets the given fields; ``lines`` replace them all. None when there is no such order. Raises Refused."""
        key, values = key_of(id), checked(fields, _CHECKS)
        rows = _line_rows(lines) if lines is not None else []
        values |= _sums(rows) if rows else {}
        async with self._database.writing() as connection:
            changed = update(orders).where(orders.c.id == (key or 0)).values(changed_at=datetime.now(UTC), **values)
            if (await connection.execute(changed)).rowcount == 0:
                return None
            if rows:
                await connection.execute(delete(order_lines).where(order_lines.c.order_id == key))
                await connection.execute(insert(order_lines), [{"order_id": key, **row} for row in rows])
            order = await _read(connection, key)
            if order is not None:
                await after_order(connection, int(order.contact), self._rule, datetime.now(UTC))
            return order


async def add_order(
    connection: AsyncConnection,
    contact: str,
    created_by: str,
    lines: Sequence[OrderLine],
    fields: Mapping[str, Any],
    rule: TierRule,
    command: str | None = None,
) -> Order:
    """:meth:`Orders.add` in the caller's transaction. ``command`` is made once: it is the panel's word for its wish."""
    now = datetime.now(UTC)
    values = {"at": now, "currency": "EUR", "status": "new", "command": command} | checked(fields, _CHECKS)
    rows = _line_rows(lines)
    owner = await contact_key(connection, contact)
    made = insert(orders).values(contact_id=owner, created_by=created_by, changed_at=now, **values, **_sums(rows))
    key = int((await connection.execute(made.returning(orders.c.id))).scalar_one())
    await connection.execute(insert(order_lines), [{"order_id": key, **row} for row in rows])
    await after_order(connection, owner, rule, now)
    order = await _read(connection, key)
    assert order is not None  # noqa: S101 - written a line ago
    return order


def order_of(text: str | None) -> tuple[OrderLine, ...]:
    """A command's text: JSON, ``[{"product", "quantity", "price"}…]``. () for an empty one. Raises Refused."""
    if not text:
        return ()
    try:
        given = msgspec.json.decode(text, type=list[OrderLine])
    except (msgspec.MsgspecError, RecursionError):
        why = "order must be JSON: a list of lines with product, quantity (a whole number) and price (a number)"
        raise Refused("order", why) from None
    return tuple(given)


def _currency(value: str) -> str:
    if not (len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
        raise Refused("currency", "currency must be three capital letters, like EUR")
    return value


def cents(price: float) -> int:
    """Raises Refused for more than two decimals, and for what is no price."""
    if not 0 <= price * 100 <= MOST_CENTS:
        raise Refused("price", "a price must be between 0 and 10,000,000,000")
    whole = round(price * 100)
    if abs(price * 100 - whole) > 1e-4:
        raise Refused("price", "a price has at most two decimals")
    return whole


def _line_rows(lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    if not 0 < len(lines) <= MOST_LINES:
        raise Refused("lines", f"an order has 1 to {MOST_LINES} lines")
    if not all(0 < line.quantity <= MOST_OF_ONE for line in lines):
        raise Refused("quantity", f"a quantity must be between 1 and {MOST_OF_ONE}")
    return [
        {
            "position": position,
            "product": needed_text("product", line.product, 200),
            "quantity": line.quantity,
            "price_cents": cents(line.price),
        }
        for position, line in enumerate(lines)
    ]


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    named = (row["product"] + (f" × {row['quantity']}" if row["quantity"] > 1 else "") for row in rows)
    total = sum(row["quantity"] * row["price_cents"] for row in rows)
    if total > MOST_CENTS:
        raise Refused("lines", "an order's total must be at most 10,000,000,000")
    return {"what": ", ".join(named)[:LONGEST_WHAT], "total_cents": total}


async def _read(connection: AsyncConnection, key: int | None) -> Order | None:
    row = (await connection.execute(with_names(orders).where(orders.c.id == (key or 0)))).first()
    return (await _with_lines(connection, (row,)))[0] if row is not None else None


def _row(row: Row[Any]) -> Row[Any]:
    return row


async def _with_lines(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Order]:
    if not rows:
        return []
    query = select(order_lines).where(order_lines.c.order_id.in_([row.id for row in rows]))
    lines: dict[int, list[OrderLine]] = {}
    for line in await connection.execute(query.order_by(order_lines.c.order_id, order_lines.c.position)):
        lines.setdefault(line.order_id, []).append(OrderLine(line.product, line.quantity, line.price_cents / 100))
    return [_order(row, tuple(lines.get(row.id, ()))) for row in rows]


def _order(row: Row[Any], lines: tuple[OrderLine, ...]) -> Order:
    return Order(
        id=str(row.id),
        contact=str(row.contact_id),
        contact_name=row.contact_name,
        at=row.at,
        what=row.what,
        total=row.total_cents / 100,
        currency=row.currency,
        status=row.status,
        note=row.note,
        call=row.call_id,
        created_by=row.created_by,
        changed_at=row.changed_at,
        lines=lines,
    )
