"""What a customer answered to a campaign's script: checked against the script's fields, kept with the attempt.

The panel checks the same, so that agents see at once what is missing; here it is checked for all who send it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from crm_store.errors import Refused
from crm_store.numbers import to_e164
from crm_store.values import checked_text

LONGEST_ANSWER: Final = 1_000
LONGEST_WALK: Final = 500
_EMAIL: Final = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\]{1,250}\.[^\s@<>\"(),:;\\.]{1,63}")
_WORDS: Final[Mapping[Any, bool]] = {"yes": True, "no": False, True: True, False: False}
LARGEST: Final = 1e15

Answer = str | float | bool


def answers_of(text: str | None) -> Mapping[str, Any] | None:
    """A command's text: ``{"path": [step…], "values": {field: answer}}``. None for an empty one. Raises Refused."""
    if not text:
        return None
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("answers", "answers must be JSON: the path through the script, and values by field") from None
    path, values = (given.get("path"), given.get("values")) if isinstance(given, dict) else (None, None)
    if not isinstance(path, list) or not isinstance(values, dict) or len(path) > LONGEST_WALK:
        raise Refused("answers", "answers must have path, a list of steps, and values, a table by field")
    return {"path": path, "values": values}


def checked_answers(
    script: Mapping[str, Any], given: Mapping[str, Any], disposition: str | None, sold: bool, country: str
) -> dict[str, Any]:
    """As they are kept. ``sold``: whether the result is a sale. ``country`` reads numbers without a prefix.

    What a step asks for must be answered once the agent has gone on from it: to another step, to the result that one
    of its ways names, or, at a step without any way on, to a sale. Who hangs up half-way leaves the rest open. Answers
    to steps that the path does not touch are left out. Raises Refused.
    """
    steps = script["steps"]
    path = _walked(script, given["path"])
    last = steps[path[-1]]
    ends = [way["disposition"] for way in last["next"] if "disposition" in way]
    finished = disposition in ends if last["next"] else sold
    left = set(path if finished else path[:-1])
    values: dict[str, Answer] = {}
    for key in dict.fromkeys(path):
        for field in steps[key]["fields"]:
            answer = _answer(field, given["values"].get(field["key"]), country)
            if answer is not None:
                values[field["key"]] = answer
            elif field["required"] and key in left:
                raise Refused("answers", f"the script asks for {_name(field)}: fill it in")
    return {"path": path, "values": values}


def _walked(script: Mapping[str, Any], path: Sequence[Any]) -> list[str]:
    """The path, if it can be gone; from the first step on where none is given. Raises Refused."""
    if not path:
        return [script["first"]]
    at: Any = None
    for step in path:
        ways = [way.get("to") for way in script["steps"][at]["next"]] if at is not None else [script["first"]]
        if step not in ways:
            raise Refused("answers", "the campaign's script is another one by now: go through it again")
        at = step
    return list(path)


def _answer(field: Mapping[str, Any], given: Any, country: str) -> Answer | None:
    """Raises Refused."""
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if not isinstance(given, str | int | float):
        raise Refused("answers", f"{_name(field)} must be a text, a number, or true or false")
    if field["kind"] == "choice":
        return _choice(field, given)
    read, wants = _KINDS[field["kind"]]
    answer = read(given, country)
    if answer is None:
        raise Refused("answers", f"{_name(field)} must be {wants}")
    return answer


def _choice(field: Mapping[str, Any], given: Any) -> str:
    if given not in field["choices"]:
        raise Refused("answers", f"{_name(field)} must be one of {', '.join(field['choices'])}")
    return str(given)


def _name(field: Mapping[str, Any]) -> str:
    return str(field["label"].get("en") or next(iter(field["label"].values()), field["key"]))[:80]


def _text(given: Any, _country: str) -> str | None:
    text = given if isinstance(given, str) else json.dumps(given)
    try:
        return checked_text("answer", text, LONGEST_ANSWER)
    except Refused:
        return None


def _number(given: Any, _country: str) -> float | None:
    if isinstance(given, bool):
        return None
    try:
        number = float(given.replace(",", ".") if isinstance(given, str) else given)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= LARGEST else None


def _date(given: Any, _country: str) -> str | None:
    try:
        return date.fromisoformat(str(given).strip()).isoformat()
    except ValueError:
        return None


def _yes_no(given: Any, _country: str) -> bool | None:
    return _WORDS.get(given.strip().lower() if isinstance(given, str) else given)


def _phone(given: Any, country: str) -> str | None:
    return to_e164(str(given).strip(), country)


def _email(given: Any, _country: str) -> str | None:
    text = str(given).strip()
    return text if len(text) <= 320 and _EMAIL.fullmatch(text) else None


_KINDS: Final[Mapping[str, tuple[Callable[[Any, str], Answer | None], str]]] = {
    "text": (_text, f"a text of at most {LONGEST_ANSWER} characters"),
    "number": (_number, "a number, like 12.5"),
    "date": (_date, "a date like 2026-11-28"),
    "yes_no": (_yes_no, "yes or no"),
    "phone": (_phone, "a telephone number like +3725550123"),
    "email": (_email, "an e-mail address like name@example.com"),
}
