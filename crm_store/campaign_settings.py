"""How a campaign dials, as people set it: what may be set, within which bounds, and what holds where nothing is said.

A country's profile may ask for more; what it asks for is checked against the profile, before the first dial and at each
dial (``routing.lawful``). Here is only what no profile allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal, get_args

from crm_store.errors import Refused
from crm_store.values import checked_text, needed_text

Mode = Literal["preview", "progressive", "predictive"]
MODES: Final[tuple[str, ...]] = get_args(Mode)
State = Literal["draft", "running", "paused", "stopped"]
STATES: Final[tuple[str, ...]] = get_args(State)
Share = Literal["none", "equally", "quota"]
MOST_ABANDONED: Final = 0.03
LONGEST_RETRY: Final = 60 * 24 * 90
RETRIED: Final = (
    "machine", "abandoned", "no_answer", "busy", "congestion", "unreachable", "refused", "failed", "cancelled",
    "unknown",
)  # fmt: skip
"""Outcomes of an attempt after which a lead may be tried again."""
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "ring_seconds": (15, 120),
    "reserve_seconds": (10, 3_600),
    "attempts": (1, 50),
    "attempts_per_day": (1, 20),
    "callback_mine_minutes": (1, 60 * 24 * 7),
    "callback_hours": (1, 24 * 30),
    "recycle_times": (0, 20),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSettings:
    """``ring_seconds``: how long a lead's phone rings at most. ``abandonment_limit``: share of the calls answered by
    a person that may meet no agent; null: as the profile says. ``amd``: ask Asterisk whether a machine answers.
    ``reserve_seconds``: so long a lead that is shown to an agent is kept for that agent.

    ``attempts``, ``attempts_per_day``: for a lead, by all its numbers. ``retry``: minutes until the next attempt, by
    the outcome of the last; ``retry_dispositions``: by its disposition; ``recycle``: dispositions whose leads are made
    open again so many hours after, each at most ``recycle_times``.

    ``callback_mine_minutes``: a callback that its agent does not call by then is anyone's; ``callback_hours``: so long
    after it is due it is no callback any more. ``share``: leads get owners, all alike or by ``quotas`` (login: leads in
    hand at a time). ``value``: what a sale without an order earns, for the return; ``currency``: of that, of what lists
    cost and of the orders that are taken. ``legal_sound``: what an answered call hears that meets no agent.
    """

    ring_seconds: int = 25
    abandonment_limit: float | None = None
    amd: bool = True
    reserve_seconds: int = 120
    attempts: int = 6
    attempts_per_day: int = 3
    retry: Mapping[str, int] = field(default_factory=dict)
    retry_dispositions: Mapping[str, int] = field(default_factory=dict)
    recycle: Mapping[str, int] = field(default_factory=dict)
    recycle_times: int = 1
    callback_mine_minutes: int = 30
    callback_hours: int = 48
    share: Share = "none"
    quotas: Mapping[str, int] = field(default_factory=dict)
    value: float | None = None
    currency: str = "EUR"
    legal_sound: str = ""


NAMES: Final = tuple(one.name for one in fields(CampaignSettings))


def checked_settings(given: Mapping[str, Any]) -> CampaignSettings:
    """Raises Refused with one sentence. What is not given has its default."""
    for name in given:
        if name not in NAMES:
            raise Refused("settings", f"there is no setting {str(name)[:40]!r}; there are {', '.join(NAMES)}")
    values = {**asdict(CampaignSettings()), **given}
    for name, (least, most) in _BOUNDS.items():
        values[name] = _whole(name, values[name], least, most)
    if not isinstance(values["amd"], bool):
        raise Refused("amd", "amd must be true or false")
    values["abandonment_limit"] = _number("abandonment_limit", values["abandonment_limit"], MOST_ABANDONED)
    values["value"] = _number("value", values["value"], 1e9)
    needed_text("share", values["share"] if isinstance(values["share"], str) else "?", 10, among=get_args(Share))
    values["retry"] = _wholes("retry", values["retry"], 1, LONGEST_RETRY, RETRIED)
    values["retry_dispositions"] = _wholes("retry_dispositions", values["retry_dispositions"], 1, LONGEST_RETRY)
    values["recycle"] = _wholes("recycle", values["recycle"], 1, LONGEST_RETRY // 60)
    values["quotas"] = _wholes("quotas", values["quotas"], 1, 100_000)
    if values["share"] == "quota" and not values["quotas"]:
        raise Refused("quotas", "share by quota needs quotas: login = leads in hand at a time")
    money = values["currency"]
    if not (isinstance(money, str) and len(money) == 3 and money.isascii() and money.isalpha() and money.isupper()):
        raise Refused("currency", "currency must be three capital letters, like EUR")
    sound = values["legal_sound"]
    if not isinstance(sound, str) or not all(part.replace("-", "").isalnum() for part in sound.split("/") if sound):
        raise Refused("legal_sound", "legal_sound must be a sound's name like helin/legal")
    checked_text("legal_sound", sound, 80)
    return CampaignSettings(**values)


def _whole(name: str, value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise Refused(name, f"{name} must be a whole number from {least} to {most}")
    return value


def _number(name: str, value: Any, most: float) -> float | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 <= value <= most:
        raise Refused(name, f"{name} must be a number from 0 to {most:g}")
    return float(value)


def _wholes(name: str, given: Any, least: int, most: int, among: tuple[str, ...] = ()) -> dict[str, int]:
    if not isinstance(given, Mapping) or len(given) > 1_000:
        raise Refused(name, f"{name} must be a table of names with a whole number each")
    for key, value in given.items():
        needed_text(name, key if isinstance(key, str) else "", 200, among=among)
        _whole(f"{name}.{key[:40]}", value, least, most)
    return dict(sorted(given.items()))
