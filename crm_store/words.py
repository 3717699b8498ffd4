"""How names are compared: by the beginnings of their words, without case and accents."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
LONGEST_WORD = 64
MOST_WORDS = 12

AFTER_ALL = "\U0010ffff"
"""Greater than any letter: ``word >= prefix AND word < prefix + AFTER_ALL`` are the words that begin so."""


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a text, each once, in order: ``Õie-Mari Müür`` → ``oie mari muur``."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(_plain(text)))
    return tuple(found)[:MOST_WORDS]


def fold(text: str) -> str:
    """All words of a text as :func:`words_of` writes them, in order, blanks between them."""
    return " ".join(word[:LONGEST_WORD] for word in _WORD.findall(_plain(text)))


def _plain(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.casefold()
