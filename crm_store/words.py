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
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    found = dict.fromkeys(word[:LONGEST_WORD] for word in _WORD.findall(plain.casefold()))
    return tuple(found)[:MOST_WORDS]
