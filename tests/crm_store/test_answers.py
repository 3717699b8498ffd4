"""A script's answers and what was ordered: checked, kept with the attempt and the customer, counted as earned."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import insert, update

from crm_store.answers import answers_of, checked_answers
from crm_store.attempts import NewAttempt, NextTry
from crm_store.campaign_results import AttemptWish
from crm_store.campaign_schema import campaigns
from crm_store.errors import Refused
from crm_store.orders import order_of
from crm_store.schema import dispositions
from crm_store.store import Store
from crm_store.wrap_ups import WrapUp
from routing.attempts import Course
from routing.facts import CallArrived
from routing.story import fold
from tests.crm_store.test_attempts import NOW, NUMBER, at, new

__all__ = ["new"]

SCRIPT = {
    "first": "hello",
    "steps": {
        "hello": {
            "text": {"en": "Hello {name}!"},
            "fields": [
                {"key": "email", "label": {"en": "E-mail"}, "kind": "email", "required": True, "choices": []},
                {"key": "size", "label": {"en": "Size"}, "kind": "choice", "required": False, "choices": ["S", "M"]},
            ],
            "next": [{"label": {"en": "Yes"}, "to": "order"}, {"label": {"en": "No"}, "disposition": "later"}],
        },
        "order": {
            "text": {"en": "When?"},
            "fields": [{"key": "on", "label": {"en": "Day"}, "kind": "date", "required": True, "choices": []}],
            "next": [],
        },
    },
}


async def test_answers_and_an_order_are_kept_once_and_count_as_earned(store: Store, new: NewAttempt) -> None:
    """With the attempt, the customer's history and the results; a repeated command adds nothing."""
    mari = await store.contacts.add({"name": "Mari", "numbers": [NUMBER]})
    async with store.database.writing() as connection:
        await connection.execute(update(campaigns).values(script=SCRIPT, settings={"value": 5, "currency": "USD"}))
        sold = {"key": "sold", "labels": {"en": "sold"}, "outcome": "sale", "queues": [], "position": 0, "active": True}
        await connection.execute(insert(dispositions), [sold])
    await store.attempts.begin(new)
    call = fold(None, CallArrived(f"main-{new.channel}", NOW, "main", "outbound", NUMBER, None, None))
    assert call is not None
    given = {"path": ["hello", "order"], "values": {"email": "mari@example.com", "on": "2026-12-01", "other": "x"}}
    wish = WrapUp("agent1", "w1", "sold", None, mari.id, None, given, order_of(json.dumps(LINES)))
    for _ in range(2):
        assert await store.wrap_ups.keep(call, wish, at(60))
    over = Course("person", at(5), at(6), "agent1", at(70))
    await store.attempts.went_on(new.channel, call.id, over, NextTry("done", at(70)))
    (attempt,) = (await store.results.attempts(new.campaign, AttemptWish())).items
    values = {"email": "mari@example.com", "on": "2026-12-01"}
    assert attempt.answers == {"path": ["hello", "order"], "values": values}
    shown = await store.attempts.shown(new.channel)
    assert shown is not None
    assert (shown["lead"]["answers"], shown["campaign"]["currency"]) == (values, "USD")
    (order,) = (await store.orders.page(mari.id)).items
    assert (order.what, order.total, order.currency, order.call) == ("Pump × 2, Hose", 109.9, "USD", call.id)
    (told,) = [one for one in (await store.interactions.of_contact(mari.id)).items if one.channel == "order"]
    assert told.note == "Pump × 2, Hose — 109.90 USD"
    assert [(one.product, one.price) for one in await store.orders.products()] == [("Hose", 9.9), ("Pump", 50.0)]
    campaign = await store.campaigns.get(new.campaign)
    assert campaign is not None
    for result in (*await store.results.of(campaign), (await store.results.totals([campaign]))[campaign.id]):
        assert (result.sales, result.orders, result.earned) == (1, 1, 109.9)
    await store.orders.change(order.id, {"status": "cancelled"})
    assert [(one.orders, one.earned) for one in await store.results.of(campaign)] == [(0, 5.0)]
    assert await store.contacts.erase(mari.id, at(80))
    assert (await store.results.attempts(new.campaign, AttemptWish())).items[0].answers is None


LINES = [{"product": "Pump", "quantity": 2, "price": 50}, {"product": "Hose", "quantity": 1, "price": 9.9}]


@pytest.mark.parametrize(
    ("path", "values", "disposition", "says"),
    [
        (["hello", "order"], {}, None, "the script asks for E-mail: fill it in"),
        (["hello"], {}, "later", "the script asks for E-mail"),
        (["hello", "order"], {"email": "a@example.com"}, "sold", "the script asks for Day"),
        (["hello"], {"email": "mari@"}, None, "E-mail must be an e-mail address"),
        (["hello"], {"size": "XL"}, None, "Size must be one of S, M"),
        (["hello"], {"email": ["x"]}, None, "E-mail must be a text"),
        (["order"], {}, None, "go through it again"),
        (["hello", "hello"], {}, None, "go through it again"),
        ([{}], {}, None, "go through it again"),
    ],
)
def test_answers_that_cannot_be(path: list[Any], values: dict[str, Any], disposition: str | None, says: str) -> None:
    with pytest.raises(Refused, match=says):
        checked_answers(SCRIPT, {"path": path, "values": values}, disposition, disposition == "sold", "EE")


def test_who_hangs_up_half_way_leaves_the_rest_open() -> None:
    kept = checked_answers(SCRIPT, {"path": [], "values": {"size": " "}}, "sold", True, "EE")
    assert kept == {"path": ["hello"], "values": {}}


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("number", "12,5", 12.5), ("number", 3, 3.0), ("number", "1e400", None), ("number", "x", None),
        ("number", True, None), ("date", "2026-02-30", None), ("yes_no", "Yes", True), ("yes_no", False, False),
        ("yes_no", "perhaps", None), ("phone", "5550 1234", "+37255501234"), ("phone", "x", None),
        ("text", " a ", "a"), ("text", "a\0", None), ("text", "x" * 1001, None), ("email", "a b@example.com", None),
    ],
)  # fmt: skip
def test_each_kind_of_field_is_read_or_refused(kind: str, given: Any, kept: Any) -> None:
    field = {"key": "f", "label": {"et": "Väli"}, "kind": kind, "required": False, "choices": []}
    script = {"first": "a", "steps": {"a": {"text": {}, "fields": [field], "next": []}}}
    asked = {"path": ["a"], "values": {"f": given}}
    if kept is None:
        with pytest.raises(Refused, match="Väli must be"):
            checked_answers(script, asked, None, False, "EE")
    else:
        assert checked_answers(script, asked, None, False, "EE")["values"] == {"f": kept}


@pytest.mark.parametrize("text", ["x", "[]", '{"path": 1, "values": {}}', '{"path": [], "values": []}', "[" * 9_000])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="answers must"):
        answers_of(text)


@pytest.mark.parametrize("text", ["x", "{}", '[{"product": "a"}]', '[{"product": "a", "quantity": 1.5, "price": 1}]'])
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="order must be JSON"):
        order_of(text)
