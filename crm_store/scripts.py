"""What an agent says: a script with branches, checked.

A script is steps by their keys. A step has a text (variables of the lead as ``{name}``), fields to fill in, and ways
on: each to another step, or to an end with a disposition. A script that is only a text is one step.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from crm_store.errors import Refused
from crm_store.values import needed_text

MOST_STEPS: Final = 200
MOST_BESIDE: Final = 50
KINDS: Final = ("text", "number", "date", "yes_no", "choice", "phone", "email")
LANGUAGES: Final = ("et", "en", "ru")
_KEY: Final = re.compile(r"[a-z0-9_]{1,40}")


def checked_script(given: Any) -> dict[str, Any] | None:
    """As it is kept: ``{"first": key, "steps": {key: {"text", "fields", "next"}}}``. None for an empty one.

    ``text``: by language. ``fields``: ``{"key", "label", "kind", "required", "choices"}``. ``next``: ``{"label",
    "to"}`` or ``{"label", "disposition"}``. Raises Refused.
    """
    if given is None or given == "" or given == {}:
        return None
    if isinstance(given, str):
        given = {"first": "start", "steps": {"start": {"text": given}}}
    _only(given, "script", ("first", "steps"))
    steps = given.get("steps")
    if not isinstance(steps, Mapping) or not 0 < len(steps) <= MOST_STEPS:
        raise Refused("script", f"a script has 1 to {MOST_STEPS} steps")
    checked = {_key(key): _step(key, step, steps) for key, step in steps.items()}
    first = given.get("first", next(iter(checked)))
    if first not in checked:
        raise Refused("script", "script: first must be the key of one of its steps")
    return {"first": first, "steps": checked}


def _step(key: str, step: Any, steps: Mapping[str, Any]) -> dict[str, Any]:
    where = f"script, step {key[:40]}"
    _only(step, where, ("text", "fields", "next"))
    fields, ways = step.get("fields", []), step.get("next", [])
    for beside in (fields, ways):
        if not isinstance(beside, (list, tuple)) or len(beside) > MOST_BESIDE:
            raise Refused("script", f"{where}: fields and next are lists of at most {MOST_BESIDE}")
    return {
        "text": _said(where, step.get("text"), 5_000),
        "fields": [_field(where, one) for one in fields],
        "next": [_way(where, one, steps) for one in ways],
    }


def _field(where: str, one: Any) -> dict[str, Any]:
    _only(one, where, ("key", "label", "kind", "required", "choices"))
    key, kind, choices = _key(one.get("key")), one.get("kind", "text"), one.get("choices", [])
    if kind not in KINDS:
        raise Refused("script", f"{where}: the kind of {key} must be one of {', '.join(KINDS)}")
    if not isinstance(choices, (list, tuple)) or len(choices) > MOST_BESIDE or (kind == "choice") != bool(choices):
        raise Refused("script", f"{where}: {key} needs choices, up to {MOST_BESIDE}, if it is a choice and only then")
    if not isinstance(one.get("required", False), bool):
        raise Refused("script", f"{where}: required must be true or false")
    return {
        "key": key,
        "label": _said(where, one.get("label", key), 200),
        "kind": kind,
        "required": one.get("required", False),
        "choices": [_text(where, choice, 200) for choice in choices],
    }


def _way(where: str, one: Any, steps: Mapping[str, Any]) -> dict[str, Any]:
    _only(one, where, ("label", "to", "disposition"))
    if ("to" in one) == ("disposition" in one):
        raise Refused("script", f"{where}: each way on has either to (a step) or disposition")
    label = _said(where, one.get("label"), 200)
    if "to" not in one:
        return {"label": label, "disposition": _key(one["disposition"])}
    if one["to"] not in steps:
        raise Refused("script", f"{where}: there is no step {str(one['to'])[:40]!r} to go to")
    return {"label": label, "to": one["to"]}


def _said(where: str, given: Any, longest: int) -> dict[str, str]:
    """By language; a text alone is said in all of them."""
    if isinstance(given, str):
        return dict.fromkeys(LANGUAGES, _text(where, given, longest))
    if not isinstance(given, Mapping) or not given or set(given) - set(LANGUAGES):
        raise Refused("script", f"{where}: a text is needed, or one for each of {', '.join(LANGUAGES)}")
    return {language: _text(where, given[language], longest) for language in LANGUAGES if language in given}


def _text(where: str, given: Any, longest: int) -> str:
    try:
        return needed_text("script", given if isinstance(given, str) else "", longest)
    except Refused as why:
        raise Refused("script", f"{where}: {str(why).replace('script', 'a text', 1)}") from None


def _key(given: Any) -> str:
    if not isinstance(given, str) or not _KEY.fullmatch(given):
        raise Refused("script", f"script: {str(given)[:40]!r} is no key; write 1 to 40 of a-z, 0-9 and _")
    return given


def _only(given: Any, where: str, names: tuple[str, ...]) -> None:
    if not isinstance(given, Mapping):
        raise Refused("script", f"{where} must be a table with {', '.join(names)}")
    for name in given:
        if name not in names:
            raise Refused("script", f"{where}: there is no {str(name)[:40]!r}; there are {', '.join(names)}")
