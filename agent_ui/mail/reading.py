"""What a mail says, as text that is safe to show. Pure: bytes in, a :class:`Mail` out, whatever the bytes are.

Everything in a mail is its sender's claim, and its structure may be broken on purpose. HTML is shown as its text;
attachments are taken out byte for byte, and nothing looks into them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from functools import partial
from html.parser import HTMLParser
from typing import TypeVar

LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_NAME = 300, 100_000, 200
MOST_PARTS, MOST_ATTACHMENTS, MOST_REFERENCES = 200, 50, 20
CUT = "\n[The rest of this mail was left out: it is very long.]"
NO_SUBJECT = "(no subject)"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attachment:
    """``type`` is what the sender calls it. ``body``: as it was before it was encoded for the mail."""

    name: str
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """``message_id`` with its angle brackets; made from the mail's bytes where it has none."""

    message_id: str
    references: tuple[str, ...]
    name: str | None
    address: str | None
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    automatic: bool


def read_mail(raw: bytes) -> Mail:
    """Never raises: what cannot be read is left out. ``raw`` may be only the beginning of a mail."""
    message = _or(lambda: BytesParser(policy=default).parsebytes(raw), EmailMessage(policy=default))
    nobody: tuple[str | None, str | None] = (None, None)
    name, address = _or(lambda: _sender(message), nobody)
    return Mail(
        message_id=_id(message, raw),
        references=_or(lambda: _references(message), ()),
        name=name,
        address=address,
        subject=_line(_header(message, "Subject"), LONGEST_SUBJECT) or NO_SUBJECT,
        text=_or(lambda: _text(message), ""),
        attachments=_or(lambda: tuple(_attachments(message)), ()),
        automatic=_header(message, "Auto-Submitted").lower() not in ("", "no"),
    )


def _or(read: Callable[[], T], otherwise: T) -> T:
    """The email package raises many things for broken mails."""
    try:
        return read()
    except Exception:
        return otherwise


def _header(message: EmailMessage, name: str) -> str:
    return _or(lambda: str(message[name] or ""), "")


def _line(text: str, longest: int) -> str:
    """One line without control and direction marks."""
    plain = "".join(letter if letter.isprintable() else " " for letter in _whole(text))
    return " ".join(plain.split())[:longest]


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _id(message: EmailMessage, raw: bytes) -> str:
    said = _line(_header(message, "Message-ID"), 998)
    return said if said.startswith("<") and said.endswith(">") else f"<{hashlib.sha256(raw).hexdigest()}@helin.invalid>"


def _references(message: EmailMessage) -> tuple[str, ...]:
    said = f"{_header(message, 'References')} {_header(message, 'In-Reply-To')}".split()
    ids = [one for one in dict.fromkeys(said) if one.startswith("<") and one.endswith(">") and one.isascii()]
    return tuple(ids[-MOST_REFERENCES:])


def _sender(message: EmailMessage) -> tuple[str | None, str | None]:
    """Reply-To, where answers go; else From."""
    for header in ("Reply-To", "From"):
        field = message[header]
        for one in field.addresses if field is not None else ():
            address = one.addr_spec
            if one.username and one.domain and len(address) <= 320 and _sendable(address):
                return _line(one.display_name, LONGEST_NAME) or None, address
    return None, None


def _sendable(address: str) -> bool:
    return address.isprintable() and _or(lambda: Address(addr_spec=address).addr_spec == address, False)


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            return
        if isinstance(part, EmailMessage) and not part.is_multipart():
            yield part


def _text(message: EmailMessage) -> str:
    body = _or(lambda: message.get_body(preferencelist=("plain", "html")), None)
    found = _content(body) if isinstance(body, EmailMessage) else ""
    if not found.strip():
        found = next((text for part in _parts(message) if (text := _content(part)).strip()), "")
    marks = "".join(letter for letter in _whole(found) if letter.isprintable() or letter in "\n\t")
    return marks[: LONGEST_TEXT - len(CUT)] + CUT if len(marks) > LONGEST_TEXT else marks.strip()


def _content(part: EmailMessage) -> str:
    """A text part's text; of HTML what a reader would see."""
    kind = part.get_content_type()
    if kind not in ("text/plain", "text/html") or part.is_attachment():
        return ""
    text = _or(lambda: str(part.get_content()), None)
    if text is None:  # a character set that nobody knows
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text_of_html(text) if kind == "text/html" else text


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    number = 0
    for part in _parts(message):
        name = _or(part.get_filename, None)
        if name is None and not part.is_attachment():
            continue
        number += 1
        if number > MOST_ATTACHMENTS:
            return
        payload = _or(partial(part.get_payload, decode=True), None)
        body = payload if isinstance(payload, bytes) else b""
        yield Attachment(_line(str(name or ""), LONGEST_NAME) or "?", _line(part.get_content_type(), 100), body)


class _Reader(HTMLParser):
    """Keeps what a reader would see."""

    HIDDEN = frozenset(("script", "style", "head", "template", "noscript"))
    BLOCKS = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "hr"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.HIDDEN:
            self._hidden.append(tag)
        elif tag in self.BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            self._hidden.remove(tag)
        elif tag in self.BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(" ".join(data.split()) if data.strip() else " ")


def text_of_html(html: str) -> str:
    """Without markup, scripts and styles; at most one empty line between two lines."""
    reader = _Reader()
    _or(lambda: reader.feed(html[: LONGEST_TEXT * 10]), None)
    lines = [" ".join(line.split()) for line in "".join(reader.said).split("\n")]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
