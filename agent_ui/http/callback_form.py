"""A form that asks to be called back: ``number``, and if wanted ``name``, ``queue``, ``at``, ``message``, ``language``.

Anybody may give anybody's number. So there is one callback in flight for a number, few of them a day, none at hours at
which people sleep where the number is, and none for who does not want to be called; and what the answer says is what
the one who sent it may know anyhow.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from agent_ui.http.flood import FormPlan
from agent_ui.http.node import NODE, now
from agent_ui.http.problems import Problem
from crm_store.callbacks import CallbackWish

OWN = ("number", "name", "queue", "at", "message", "language")
"""Fields that mean something here; all others are shown to the agent as they came."""
LANGUAGES = ("et", "en", "ru")
SOON = {
    "et": "Helistame tagasi numbril {number}.",
    "en": "We will call you back at {number}.",
    "ru": "Мы перезвоним вам по номеру {number}.",
}
LATER = {
    "et": "Helistame tagasi numbril {number}, mitte enne kui {day} kell {time}.",
    "en": "We will call you back at {number}, not before {time} on {day}.",
    "ru": "Мы перезвоним вам по номеру {number} не раньше {time} {day}.",
}


async def take(request: web.Request, plan: FormPlan, fields: dict[str, str]) -> tuple[str, datetime | None]:
    """The sentence for the customer, and from when on they are called; None: from now on. Raises Problem, Refused."""
    own = {name: fields.get(name, "").strip() for name in OWN}
    if not own["number"]:
        raise Problem(422, "number: leave a telephone number, so that we can call you.")
    details = {"source": "form", "form": plan.name, "fields": {k: v for k, v in fields.items() if k not in OWN and v}}
    wish = CallbackWish(
        own["number"], _queue(plan, own["queue"]), own["name"] or None, own["message"] or None, details,
        _moment(own["at"]), plan.skills,
    )  # fmt: skip
    moment = now()
    promised = await request.app[NODE].store.callbacks.promise(wish, moment)
    one = promised.added.request
    begins = one.not_before if one.not_before is not None and one.not_before > moment else None
    return sentence(language(request, own["language"]), one.number or "", begins, promised.zone), begins


def _queue(plan: FormPlan, asked: str) -> str:
    if asked and asked != plan.queue and asked not in plan.queues:
        raise Problem(422, f"queue: this form does not ask for {asked[:80]!r}.")
    return asked or plan.queue


def _moment(text: str) -> datetime | None:
    """Without an offset it is by the number's clock."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(422, "at: write a time like 2026-11-28T14:30, or 2026-11-28T14:30+02:00.") from None


def language(request: web.Request, asked: str) -> str:
    """The form's own, else the first of the browser's that is known, else English."""
    given = [asked, *request.headers.get("Accept-Language", "")[:200].split(",")]
    known = (word.strip()[:2].lower() for word in given)
    return next((word for word in known if word in LANGUAGES), "en")


def sentence(language: str, number: str, begins: datetime | None, zone: str) -> str:
    if begins is None:
        return SOON[language].format(number=number)
    there = begins.astimezone(ZoneInfo(zone))
    return LATER[language].format(number=number, day=there.strftime("%d.%m.%Y"), time=there.strftime("%H:%M"))
