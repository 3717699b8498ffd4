"""A line of a dial list, read and checked: made once for a file, then called for each of up to a million rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

import msgspec

from crm_store.errors import Refused
from crm_store.leads import HIGHEST_RANK
from crm_store.number_plans import Numbers
from crm_store.spreadsheet import HEADERS, Table
from crm_store.zones import checked_zone

MOST_NUMBERS: Final = 10
LONGEST_NAME: Final = 200
LONGEST_CELL: Final = 5_000
BASES: Final[Mapping[str, str]] = {
    "consent": "consent", "nousolek": "consent", "nõusolek": "consent", "согласие": "consent",
    "legitimate interest": "legitimate_interest", "legitimate_interest": "legitimate_interest",
    "oigustatud huvi": "legitimate_interest", "õigustatud huvi": "legitimate_interest",
    "законный интерес": "legitimate_interest",
}  # fmt: skip
"""Why somebody may be called, as lists say it."""
LEAD_HEADERS: Final[Mapping[str, Sequence[str]]] = {
    **{field: HEADERS[field] for field in ("name", "first_name", "last_name", "number")},
    "external_id": ("lead id", "lead", *HEADERS["external_id"]),
    "language": HEADERS["language"],
    "time_zone": ("time zone", "timezone", "zone", "ajavoond", "часовои пояс"),
    "country": ("country", "country code", "riik", "страна"),
    "rank": ("rank", "priority", "prioriteet", "приоритет"),
    "owner": ("owner", "agent", "omanik", "agent login", "ответственныи", *HEADERS["preferred_agent"]),
    "consent_basis": ("consent basis", "consent", "basis", "legal basis", "nousolek", "alus", "согласие", "основание"),
    "consent_at": ("consent at", "consent date", "consent when", "nousoleku kuupaev", "дата согласия"),
    "consent_text": ("consent text", "consent wording", "nousoleku tekst", "текст согласия"),
}
"""Field -> the headers that mean it. All other columns are kept as they are, for the script."""
NEEDED: Final[Mapping[str, Collection[str]]] = {"a telephone number": ("number",)}

_BETWEEN: Final = re.compile(r"[;,/|\n]")
_ONE: Final = re.compile(r"[+\d ]+", re.ASCII)
_FORMULA: Final = re.compile(r"[=@]|[+-]\s*\w+\s*[(!|]")
_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]"
    r"|\$[{\[]|`|<\s*[a-z/!]"
    r"|\b(?:Local|PJSIP|SIP|IAX2?|DAHDI|Agent|Console|Message|Surrogate)/"
    r"|@[\w-]+(?![\w-]*\.)",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(r"[\w .,'’()-]*")
"""Most names; looked at before the long pattern."""
_SIGNS: Final = frozenset("=@+-")
_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_WHOLE: Final = re.compile(r"-?\d{1,4}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)

encode: Final = msgspec.json.Encoder().encode


class Row(NamedTuple):
    """``key``: what makes it the same lead. ``fields``, ``consent``: JSON text."""

    key: str
    numbers: tuple[str, ...]
    name: str
    fields: str
    language: str | None
    time_zone: str | None
    consent: str | None
    owner: str | None
    rank: int


@dataclass(slots=True)
class Reader:
    """``country`` reads numbers without an international prefix; ``logins``: of those who may own leads;
    ``usual``: the consent of rows that do not say it, as JSON."""

    table: Table
    country: str
    logins: frozenset[str]
    usual: str | None = None

    def made(self) -> Callable[[list[str]], Row]:
        """The function that reads a row. It raises Refused with the reason."""
        columns, width, logins = self.table.columns, len(self.table.header), self.logins
        numbers_at, names_at = columns["number"], _names_at(columns)
        one_of = {name: places[0] for name, places in columns.items()}
        id_at, country_at, rest = one_of.get("external_id"), one_of.get("country"), self._rest()
        special = [(field, one_of[field], _CHECKS[field]) for field in _CHECKS if field in one_of]
        usual = self.usual
        agrees = any(field.startswith("consent") for field, _, _ in special)
        readers: dict[str, Callable[[str], tuple[str, str]]] = {}
        home = Numbers(self.country).read
        others = [place for place in range(width) if place not in numbers_at]

        def read(cells: list[str]) -> Row:
            if len(cells) != width:
                cells = _fitted(cells, width)
            for place in others:
                if cells[place][:1] in _SIGNS and _FORMULA.match(cells[place]):
                    raise Refused("row", f"a cell holds a formula ({cells[place][:40]!r})")
            country = cells[country_at].upper() if country_at is not None else ""
            numbers = _numbers(cells, numbers_at, _of_country(readers, country) if country else home)
            name = next((name for at in names_at if (name := at(cells).strip())), "")
            if len(name) > LONGEST_NAME or (not _HARMLESS.fullmatch(name) and _UNSAFE.search(name)):
                raise Refused("name", _bad_name(name))
            fields = {header: cells[place] for place, header in rest if cells[place]}
            found: dict[str, Any] = {field: check(cells[place], logins) for field, place, check in special}
            own = cells[id_at] if id_at is not None else ""
            if len(own) > LONGEST_NAME:
                raise Refused("external_id", f"the id is longer than {LONGEST_NAME} characters")
            return Row(
                "#" + own if own else ",".join(sorted(numbers)),
                numbers,
                name or numbers[0],
                encode(fields).decode() if fields else "{}",
                found.get("language"),
                found.get("time_zone"),
                (_consent(found) if agrees else None) or usual,
                found.get("owner"),
                found.get("rank", 0),
            )

        return read

    def _rest(self) -> list[tuple[int, str]]:
        """Columns that mean nothing to Helin, by the names that they have."""
        taken = {place for places in self.table.columns.values() for place in places}
        rest: dict[str, int] = {}
        for place, header in enumerate(self.table.header):
            if place not in taken and header:
                rest.setdefault(header[:80], place)
        return [(place, header) for header, place in rest.items()]


def _names_at(columns: Mapping[str, tuple[int, ...]]) -> list[Callable[[list[str]], str]]:
    """Where the name is, or its parts."""
    parts = columns.get("first_name", ()) + columns.get("last_name", ())
    found: list[Callable[[list[str]], str]] = [itemgetter(place) for place in columns.get("name", ())]
    return [*found, lambda cells: " ".join(cells[place] for place in parts)] if parts else found


def _fitted(cells: list[str], width: int) -> list[str]:
    if any(cells[width:]):
        raise Refused("row", f"the row has more cells than there are columns ({len(cells)} for {width})")
    return (cells + [""] * width)[:width]


def _numbers(cells: Sequence[str], places: Sequence[int], read: Callable[[str], tuple[str, str]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for place in places:
        cell = cells[place]
        if not cell:
            continue
        for text in (cell,) if _ONE.fullmatch(cell) else _BETWEEN.split(cell):
            if text and not text.isspace():
                number, why_not = read(text)
                if not number:
                    raise Refused("number", why_not)
                found[number] = None
    if not found:
        raise Refused("number", "there is no telephone number")
    if len(found) > MOST_NUMBERS:
        raise Refused("number", f"a lead has at most {MOST_NUMBERS} numbers ({len(found)})")
    return tuple(found)


def _of_country(readers: dict[str, Callable[[str], tuple[str, str]]], country: str) -> Callable[[str], tuple[str, str]]:
    if country not in readers:
        if not _COUNTRY.fullmatch(country):
            raise Refused("country", f"the country is none; write a code like EE ({country[:40]!r})")
        readers[country] = Numbers(country).read
    return readers[country]


def _bad_name(name: str) -> str:
    if len(name) > LONGEST_NAME:
        return f"the name is longer than {LONGEST_NAME} characters"
    return f"the name holds what is no part of a name ({name[:60]!r})"


@lru_cache(maxsize=1_000)
def _language(cell: str, _: frozenset[str]) -> str | None:
    if cell and not _LANGUAGE.fullmatch(cell):
        raise Refused("language", f"the language is none; write a code like et ({cell[:40]!r})")
    return cell.lower() or None


@lru_cache(maxsize=1_000)
def _zone(cell: str, _: frozenset[str]) -> str | None:
    try:
        return checked_zone(cell)
    except Refused:
        raise Refused("time_zone", f"the time zone is none; write it like Europe/Tallinn ({cell[:40]!r})") from None


def _rank(cell: str, _: frozenset[str]) -> int:
    if not cell:
        return 0
    if not _WHOLE.fullmatch(cell) or abs(int(cell)) > HIGHEST_RANK:
        raise Refused("rank", f"the rank is no whole number from -{HIGHEST_RANK} to {HIGHEST_RANK} ({cell[:40]!r})")
    return int(cell)


def _owner(cell: str, logins: frozenset[str]) -> str | None:
    if cell and cell not in logins:
        raise Refused("owner", f"nobody has the owner's login ({cell[:60]!r})")
    return cell or None


def _basis(cell: str, _: frozenset[str]) -> str | None:
    if cell and cell.lower() not in BASES:
        raise Refused("consent_basis", f"the basis is neither consent nor legitimate_interest ({cell[:40]!r})")
    return BASES[cell.lower()] if cell else None


@lru_cache(maxsize=1_000)
def _when(cell: str, _: frozenset[str]) -> str | None:
    if not cell:
        return None
    day = _DAY.fullmatch(cell)
    text = f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else cell
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise Refused("consent_at", f"the time of consent is none; write 2026-11-01 ({cell[:40]!r})") from None


def _wording(cell: str, _: frozenset[str]) -> str | None:
    if len(cell) > LONGEST_CELL:
        raise Refused("consent_text", f"the text of consent is longer than {LONGEST_CELL} characters")
    return cell or None


_CHECKS: Final[Mapping[str, Callable[[str, frozenset[str]], Any]]] = {
    "language": _language,
    "time_zone": _zone,
    "rank": _rank,
    "owner": _owner,
    "consent_basis": _basis,
    "consent_at": _when,
    "consent_text": _wording,
}


def usual_consent(basis: str | None, wording: str | None, now: datetime) -> str | None:
    """For rows that do not say it, as JSON. Raises Refused for what is no basis."""
    if not basis:
        return None
    said = {"basis": _basis(basis, frozenset()), "text": _wording(wording or "", frozenset())}
    return encode({**said, "at": now.astimezone(UTC).isoformat()}).decode()


def _consent(found: Mapping[str, Any]) -> str | None:
    """JSON. A time or a text without a basis says that somebody agreed."""
    basis, at, text = (found.get(f"consent_{name}") for name in ("basis", "at", "text"))
    if not (basis or at or text):
        return None
    return encode({"basis": basis or "consent", "at": at, "text": text}).decode()
