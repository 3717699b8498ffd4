"""What invented customers asked, bought and were promised, and what an invented shop knows: in three languages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.articles import Articles
from crm_store.schema import contacts, order_lines, orders, promises, service_tickets, tasks
from crm_store.service_tickets import OPEN

PRODUCTS = (("Fibre 300", 2990), ("Fibre 1000", 3990), ("Mobile 5G", 1990), ("Router", 8900), ("TV Box", 4900))
SUBJECTS: dict[str, tuple[tuple[str, str], ...]] = {
    "et": (("bug", "Internet katkeb õhtuti"), ("question", "Arve summa on teine"), ("wish", "Soovib e-arvet panka")),
    "en": (("bug", "The connection drops in the evening"), ("question", "The bill differs"), ("wish", "A paper bill")),
    "ru": (("bug", "Интернет пропадает вечером"), ("question", "Сумма в счёте другая"), ("wish", "Счёт на почту")),
}  # fmt: skip
PROMISED: dict[str, tuple[str, ...]] = {
    "et": ("Helistame pärast tehniku käiku.", "Saadame uue arve."),
    "en": ("We call after the technician was there.", "We send a new bill."),
    "ru": ("Позвоним после визита мастера.", "Отправим новый счёт."),
}
BACK = {"et": "Lepingu pikendamine", "en": "Extending the contract", "ru": "Продление договора"}

KNOWLEDGE: tuple[tuple[str, dict[str, tuple[str, str, str]]], ...] = (
    ("article", {
        "et": ("Internet", "Ruuteri taaskäivitamine", "1. Võta ruuteri toide seinast.\n2. Oota 30 sekundit.\n"
               "3. Pane toide tagasi ja oota, kuni tuli põleb roheliselt (kuni 3 minutit)."),
        "en": ("Internet", "Restarting the router", "1. Pull the router's plug.\n2. Wait 30 seconds.\n"
               "3. Plug it in and wait until the light is green (up to 3 minutes)."),
        "ru": ("Интернет", "Перезапуск роутера", "1. Отключите роутер от сети.\n2. Подождите 30 секунд.\n"
               "3. Включите и дождитесь зелёного индикатора (до 3 минут)."),
    }),
    ("article", {
        "et": ("Arved", "Miks on arve teistsugune?", "Esimene arve on osalise kuu eest ja järgmise kuu ettemaks. "
               "Vaata ridu: liitumistasu, kuutasu, kõned väljaspool paketti."),
        "en": ("Bills", "Why does the bill differ?", "The first bill is for a part of a month and the next month "
               "in advance. Look at the lines: joining fee, monthly fee, calls outside the plan."),
        "ru": ("Счета", "Почему счёт отличается?", "Первый счёт — за неполный месяц и аванс за следующий. "
               "Смотрите строки: подключение, абонентская плата, звонки вне пакета."),
    }),
    ("article", {
        "et": ("Leping", "Kolimine uuele aadressile", "Küsi uut aadressi ja kuupäeva. Kontrolli, kas valguskaabel on "
               "olemas; kui ei, tee pilet ja luba vastust kahe tööpäeva jooksul."),
        "en": ("Contract", "Moving to a new address", "Ask for the new address and the date. Check whether there is "
               "fibre; if not, make a ticket and promise an answer within two working days."),
        "ru": ("Договор", "Переезд на новый адрес", "Спросите новый адрес и дату. Проверьте, есть ли оптика; "
               "если нет, заведите обращение и обещайте ответ за два рабочих дня."),
    }),
    ("answer", {
        "et": ("Vastused", "Vabandus viivituse pärast", "Vabandame viivituse pärast. Uurime põhjuse välja ja "
               "helistame teile tagasi."),
        "en": ("Answers", "Apology for a delay", "We are sorry for the delay. We will find out why and call you back."),
        "ru": ("Ответы", "Извинение за задержку", "Приносим извинения за задержку. Мы выясним причину "
               "и перезвоним вам."),
    }),
    ("answer", {
        "et": ("Vastused", "Tehnik tuleb", "Tehnik tuleb kokkulepitud ajal ja helistab pool tundi enne. "
               "Teilt ta raha ei küsi."),
        "en": ("Answers", "A technician comes", "A technician comes at the agreed time and calls half an hour "
               "before. It costs nothing."),
        "ru": ("Ответы", "Придёт мастер", "Мастер придёт в назначенное время и позвонит за полчаса. "
               "Для вас это бесплатно."),
    }),
)  # fmt: skip


async def put_knowledge(articles: Articles) -> None:
    """The same again changes nothing."""
    for kind, languages in KNOWLEDGE:
        for language, (section, title, body) in languages.items():
            fields = {"section": section, "title": title, "body": body, "kind": kind, "language": language}
            await articles.put("demo", fields)


async def put_work(
    connection: AsyncConnection, dice: random.Random, people: Sequence[tuple[int, str, str]], until: datetime
) -> None:
    """``people``: key, language, first number. About half have something."""
    asked, bought, promised, due = [], [], [], []
    for key, language, number in people:
        begin = until - timedelta(days=dice.uniform(1, 200))
        if dice.random() < 0.35:
            asked += [_ticket(dice, key, language, begin, until) for _ in range(dice.choice((1, 1, 2, 4)))]
        if dice.random() < 0.5:
            bought += [_order(dice, key, begin + timedelta(days=n)) for n in range(dice.choice((1, 1, 2)))]
        if dice.random() < 0.15:
            promised.append(_promise(dice, key, language, until))
        if dice.random() < 0.02:
            due.append(_callback(dice, key, language, number, until))
    for table, rows in ((service_tickets, asked), (promises, promised), (tasks, due)):
        if rows:
            await connection.execute(insert(table), rows)
    await _put_orders(connection, bought)
    await _count([key for key, _, _ in people], connection)


def _ticket(dice: random.Random, key: int, language: str, begin: datetime, until: datetime) -> dict[str, Any]:
    kind, subject = dice.choice(SUBJECTS[language])
    status = dice.choice(("open", "open", "waiting", "solved", "closed"))
    is_open = status in OPEN
    return {
        "contact_id": key,
        "kind": kind,
        "status": status,
        "priority": dice.choice(("low", "normal", "normal", "high")),
        "subject": subject,
        "created_by": "agent1",
        "created_at": begin,
        "changed_at": begin,
        "due_at": until + timedelta(hours=dice.randrange(-24, 72)) if is_open and dice.random() < 0.7 else None,
        "closed_at": None if is_open else begin + timedelta(hours=5),
    }


def _order(dice: random.Random, key: int, at: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    lines = [
        {"position": position, "product": product, "quantity": 1, "price_cents": cents}
        for position, (product, cents) in enumerate(dice.sample(PRODUCTS, dice.choice((1, 1, 2))))
    ]
    order = {
        "contact_id": key,
        "at": at,
        "what": ", ".join(str(line["product"]) for line in lines),
        "total_cents": sum(int(str(line["price_cents"])) for line in lines),
        "currency": "EUR",
        "status": dice.choice(("new", "confirmed", "delivered", "delivered", "delivered", "cancelled")),
        "created_by": "agent2",
        "changed_at": at,
    }
    return order, lines


def _promise(dice: random.Random, key: int, language: str, until: datetime) -> dict[str, Any]:
    return {
        "contact_id": key,
        "text": dice.choice(PROMISED[language]),
        "promised_by": "agent1",
        "promised_at": until - timedelta(days=1),
        "due_at": until + timedelta(hours=dice.randrange(-12, 48)),
    }


def _callback(dice: random.Random, key: int, language: str, number: str, until: datetime) -> dict[str, Any]:
    return {
        "kind": "callback",
        "text": BACK[language],
        "due_at": until + timedelta(hours=dice.randrange(-3, 30)),
        "time_zone": "Europe/Tallinn",
        "owner": dice.choice(("agent1", "agent2", None)),
        "contact_id": key,
        "number": number,
        "created_by": "agent1",
        "created_at": until - timedelta(days=1),
    }


async def _put_orders(
    connection: AsyncConnection, bought: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]
) -> None:
    if not bought:
        return
    made = insert(orders).returning(orders.c.id, sort_by_parameter_order=True)
    keys = (await connection.execute(made, [order for order, _ in bought])).scalars().all()
    rows = [{"order_id": key, **line} for key, (_, lines) in zip(keys, bought, strict=True) for line in lines]
    await connection.execute(insert(order_lines), rows)


async def _count(keys: Sequence[int], connection: AsyncConnection) -> None:
    of = service_tickets.c
    count = select(func.count()).where(of.contact_id == contacts.c.id, of.status.in_(OPEN)).scalar_subquery()
    await connection.execute(update(contacts).where(contacts.c.id.in_(keys)).values(open_tickets=count))
