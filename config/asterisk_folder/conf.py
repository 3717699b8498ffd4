"""Changes single values in Asterisk's configuration text and leaves its comments and order alone.

A section is addressed by its whole header line, because pjsip.conf has several sections of one name:
``("[1001](softphone)", "aors")``. A key whose name starts with ``+`` becomes one more line even if there are others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Values = Mapping[tuple[str, str], str]


class NoSuchSection(KeyError):
    """The text has no section with this header line."""


def with_values(text: str, values: Values) -> str:
    """The text with these values: replaced where the section has the key, else added at the section's top."""
    lines = text.splitlines()
    for (header, key), value in values.items():
        lines = _with_value(lines, header, key, value)
    return "\n".join(lines) + "\n"


def value_of(text: str, header: str, key: str) -> str | None:
    """The key's last value in that section without its comment, None when it has none."""
    lines = text.splitlines()
    found = None
    for index in range(*_section(lines, header)):
        if _key(lines[index]) == key:
            found = _uncommented(lines[index]).split("=", 1)[1].removeprefix(">").strip()
    return found


def _with_value(lines: Sequence[str], header: str, key: str, value: str) -> list[str]:
    start, end = _section(lines, header)
    wanted = key.removeprefix("+")
    new = f"{wanted} = {value}"
    if key == wanted:
        for index in range(start, end):
            if _key(lines[index]) == wanted:
                return [*lines[:index], new, *lines[index + 1 :]]
    return [*lines[:start], new, *lines[start:]]


def _section(lines: Sequence[str], header: str) -> tuple[int, int]:
    """Where the section's lines begin and end."""
    headers = [index for index, line in enumerate(lines) if line.startswith("[")]
    for index in headers:
        if _uncommented(lines[index]) == header:
            return index + 1, next((later for later in headers if later > index), len(lines))
    raise NoSuchSection(header)


def _key(line: str) -> str:
    match = re.match(r"\s*([^;=\s]+)\s*=", line)
    return match[1] if match else ""


def _uncommented(line: str) -> str:
    r"""Without the comment; ``\;`` is a semicolon."""
    return re.split(r"(?<!\\);", line, maxsplit=1)[0].strip()
