"""A table in a text file as people export it: which encoding, which delimiter, which column is what.

Cells are text and nothing else: what looks like a formula stays as it stands. (Programs that write such files for a
spreadsheet put an apostrophe before it; that one is taken off.)
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from crm_store.errors import BadFile
from crm_store.words import words_of

DELIMITERS = (",", ";", "\t", "|")
READ = 1024 * 1024
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet takes for a formula, and a text that would be taken for one that was made harmless."""

# Field -> the headers that mean it, folded; in order of preference.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "full name", "contact name", "customer name", "client name", "contact", "customer", "client",
        "nimi", "taisnimi", "ees ja perekonnanimi", "kliendi nimi", "kontakt", "kontaktisik", "klient",
        "фио", "полное имя", "имя клиента", "клиент", "контакт", "контактное лицо", "имя",
    ),
    "first_name": ("first name", "firstname", "given name", "forename", "eesnimi", "имя"),
    "last_name": ("last name", "lastname", "family name", "surname", "perekonnanimi", "perenimi", "фамилия"),
    "number": (
        "number", "phone", "phone number", "telephone", "telephone number", "tel", "mobile", "mobile phone",
        "mobile number", "cell", "cell phone", "work phone", "home phone", "other phone",
        "telefon", "telefoninumber", "telefoni number", "tel nr", "mobiil", "mobiiltelefon", "mobiilinumber",
        "телефон", "номер телефона", "номер", "тел", "мобильныи", "мобильныи телефон", "сотовыи", "сотовыи телефон",
    ),
    "account": (
        "account", "company", "company name", "organisation", "organization", "account name", "household",
        "firma", "ettevote", "asutus", "organisatsioon", "компания", "организация", "фирма",
    ),
    "tier": ("tier", "class", "customer class", "klass", "kliendiklass", "категория", "класс"),
    "email": ("email", "e mail", "email address", "e mail address", "mail", "e post", "epost", "meil", "почта",
              "электронная почта", "эл почта", "имеил"),
    "language": ("language", "lang", "keel", "suhtluskeel", "язык"),
    "note": ("note", "notes", "comment", "comments", "remark", "markus", "markused", "kommentaar", "примечание",
             "комментарии", "заметка"),
    "external_id": ("external id", "id", "customer id", "client id", "contact id", "customer number", "crm id",
                    "kliendi id", "kliendinumber", "kliendi nr", "kliendikood", "ид", "код", "код клиента"),
    "preferred_agent": ("preferred agent", "account manager", "kliendihaldur", "eelistatud teenindaja",
                        "персональныи менеджер"),
}  # fmt: skip
SEVERAL = {"number"}
"""Fields that may have several columns: ``Phone 1``, ``Phone 2``, ``Mobile``."""
NEEDED: Mapping[str, Collection[str]] = {
    "a name": ("name", "first_name", "last_name"),
    "a telephone number, an e-mail address or an id": ("number", "email", "external_id"),
}
"""Of contacts, in words -> the fields of which one is that."""
UNREADABLE = "\ufffd"
"""What stands where bytes are no letter of the file's encoding."""


@dataclass(frozen=True, slots=True)
class Table:
    """How the file is to be read. ``columns``: field -> positions; ``lines``: how many ends of lines, for progress."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    skipped: int
    columns: Mapping[str, tuple[int, ...]]
    lines: int


def recognise(
    path: Path,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    *,
    known: Mapping[str, Sequence[str]] = HEADERS,
    needed: Mapping[str, Collection[str]] = NEEDED,
) -> Table:
    """Looks at the whole file once. ``mapping``: field -> header (several by commas); what it names is not guessed.

    ``known``: fields as in HEADERS. ``needed``: what the file must have (in words) -> the fields of which one is that.

    Raises:
        BadFile: it cannot be read, is no text, or its columns are not what is needed; one sentence with what to do.
    """
    encoding, lines = _encoding(path, encoding)
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        first = file.readline(READ)
        skipped = 1 if first.lower().startswith("sep=") else 0
        if skipped:
            delimiter = delimiter or first.strip()[4:5]
            first = file.readline(READ)
    if not first.strip():
        raise BadFile(f"{path} is empty; it needs a first line with the names of its columns")
    best: tuple[int, int, str, tuple[str, ...]] | None = None
    for each in (delimiter,) if delimiter else DELIMITERS:
        header = tuple(cell.strip() for cell in next(csv.reader([first], delimiter=each)))
        rank = (len(_guessed(header, known)), len(header), each, header)
        best = rank if best is None or rank[:2] > best[:2] else best
    assert best is not None  # noqa: S101 — there is always a delimiter to try
    columns = _columns(path, best[3], mapping or {}, known, needed)
    return Table(path, encoding, best[2], best[3], skipped, columns, lines)


def rows(table: Table) -> Iterator[tuple[int, list[str] | None, str]]:
    """Each row after the header: its number as a spreadsheet counts, its cells, or None and why it cannot be read."""
    with table.path.open(encoding=table.encoding, newline="", errors="replace") as file:
        for _ in range(table.skipped):
            file.readline()
        reader = csv.reader(file, delimiter=table.delimiter)
        number = table.skipped
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                yield number, None, f"the row cannot be read: {problem}"
                continue
            if number == table.skipped + 1:
                continue
            cells = [cell.strip() for cell in cells]
            whole = "".join(cells)
            if "'" in whole:
                cells = [plain(cell) for cell in cells]
            if UNREADABLE in whole:
                yield number, None, f"the row holds bytes that are no letters in {table.encoding}"
            elif whole:
                yield number, cells, ""


def plain(cell: str) -> str:
    """The cell's text, without the apostrophe that keeps a spreadsheet from reckoning."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell


def guarded(cell: str) -> str:
    """The cell for a file that a spreadsheet may open: a formula becomes text. :func:`plain` gives it back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _columns(
    path: Path,
    header: Sequence[str],
    mapping: Mapping[str, str],
    known: Mapping[str, Sequence[str]],
    needed: Mapping[str, Collection[str]],
) -> dict[str, tuple[int, ...]]:
    columns = _guessed(header, known)
    for field, named in mapping.items():
        if field not in known:
            raise BadFile(f"there is no field {field!r}; there are {', '.join(known)}")
        wanted = [named] if named in header else [part.strip() for part in named.split(",")]
        missing = [name for name in wanted if name not in header]
        if missing:
            raise BadFile(f"{path} has no column {missing[0]!r}; it has {_listed(header)}")
        columns[field] = tuple(header.index(name) for name in wanted)
    taken = {place for field in mapping for place in columns[field]}
    columns = {
        field: tuple(place for place in places if field in mapping or place not in taken)
        for field, places in columns.items()
    }
    columns = {field: places for field, places in columns.items() if places}
    for what, fields in needed.items():
        if not set(columns) & set(fields):
            field = next(name for name in known if name in fields)
            raise BadFile(
                f"{path} has no column that is known to be {what} (it has {_listed(header)}); say --map {field}=COLUMN"
            )
    return columns


def _guessed(header: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, tuple[int, ...]]:
    folded = [" ".join(words_of(cell)) for cell in header]
    bare = [name.rstrip("0123456789 ") or name for name in folded]
    found: dict[str, tuple[int, ...]] = {}
    for field, names in known.items():
        if field in SEVERAL:
            places = tuple(place for place, name in enumerate(bare) if name in names)
        else:
            places = next(((folded.index(name),) for name in names if name in folded), ())
        if places:
            found[field] = places
    if "last_name" in found and found.get("name") == found.get("first_name"):
        del found["name"]
    elif "last_name" not in found:
        found.pop("first_name", None)
    return found


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in header[:20])
    return shown + (", …" if len(header) > 20 else "")


def _encoding(path: Path, stated: str | None) -> tuple[str, int]:
    """The encoding that all of the file fits, and how many lines it has."""
    try:
        with path.open("rb") as file:
            start = file.read(READ)
    except FileNotFoundError:
        raise BadFile(f"{path} does not exist") from None
    except OSError as problem:
        raise BadFile(f"{path} cannot be read: {problem.strerror}") from None
    if start[:2] in (b"PK", b"\xd0\xcf"):
        raise BadFile(f"{path} is a spreadsheet; save it as CSV (UTF-8) and import that")
    if stated is not None:
        return _stated(path, stated)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return _stated(path, name)
    if b"\0" in start:
        raise BadFile(f"{path} is not a text file; save the table as CSV (UTF-8) and import that")
    guesses = ("utf-8", "cp1251" if _looks_cyrillic(start) else "cp1257", "latin-1")
    for guess in guesses:
        lines = _lines_if_fit(path, guess)
        if lines is not None:
            return guess, lines
        if guess == "utf-8" and _mostly_utf8(path):
            return guess, _lines(path)
    raise AssertionError("every file fits latin-1")


def _mostly_utf8(path: Path) -> bool:
    """A few bad bytes in a file that is UTF-8 otherwise: another encoding would spoil all the rest."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as file:
        while part := file.read(READ):
            if part.isascii():
                continue
            text = decoder.decode(part)
            bad += text.count(UNREADABLE)
            good += sum(letter > "\x7f" for letter in text)
    return good - bad > 2 * bad


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(part.count(b"\n") for part in iter(lambda: file.read(READ), b""))


def _stated(path: Path, name: str) -> tuple[str, int]:
    try:
        "".encode(name)  # what is an encoding, but none of text, is not found here
    except (LookupError, ValueError):
        raise BadFile(f"there is no encoding {name!r}; try utf-8, cp1257, cp1251 or latin-1") from None
    lines = _lines_if_fit(path, name)
    if lines is None:
        raise BadFile(f"{path} is not in {name}; leave the encoding out to have it guessed, or state another one")
    return name, lines


def _lines_if_fit(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with path.open("rb") as file:
        try:
            while part := file.read(READ):
                lines += decoder.decode(part).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeError:
            return None
    return lines


def _looks_cyrillic(sample: bytes) -> bool:
    """In cp1251 whole words are high bytes; in Estonian they stand alone between ASCII letters."""
    high = [byte >= 0xC0 for byte in sample]
    neighbours = sum(one and other for one, other in pairwise(high))
    return neighbours * 2 > sum(high)
