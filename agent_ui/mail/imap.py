"""One look into a mailbox by IMAP: what is new, with each mail's size asked for before anything of it is fetched.

The folder is only read: nothing in it is marked, moved or erased, so people and other programs may use it too.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from crm_store.mailboxes import ReadTo

TIMEOUT = 30.0
AT_ONCE = 50
"""Mails read in one look; the next look goes on."""
HEADER_BYTES = 32_768

Tls = Literal["tls", "starttls", "none"]


class MailTrouble(Exception):
    """The mailbox cannot be read now; one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class ImapPlan:
    name: str
    host: str
    port: int
    tls: Tls
    username: str
    password: str
    folder: str
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """``whole`` False: it is larger than may be, and ``raw`` is only its header. ``size`` in bytes."""

    uid: int
    size: int
    whole: bool
    raw: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """``read``: how far the folder was read; ``more``: there are more than one look takes.

    ``first``: these are of the first pass, in which only what nobody has read is taken.
    """

    mails: tuple[Fetched, ...]
    read: ReadTo
    more: bool
    first: bool


def look(plan: ImapPlan, known: ReadTo | None, begun: ReadTo | None) -> Look:
    """What came since ``known``; at first, and when the server has counted its mails anew, what nobody has read.

    ``begun``: how far the first pass has come. Blocks. Raises MailTrouble.
    """
    try:
        with _connected(plan) as box:
            _login(box, plan)
            return _look(box, plan, known, begun)
    except (OSError, imaplib.IMAP4.error) as problem:
        raise MailTrouble(_sentence(plan, problem)) from None


def try_out(plan: ImapPlan) -> str:
    """Why the mailbox cannot be read; empty: it can. Nothing is fetched. Blocks."""
    try:
        with _connected(plan) as box:
            _login(box, plan)
            _open(box, plan)
    except MailTrouble as trouble:
        return str(trouble)
    except (OSError, imaplib.IMAP4.error) as problem:
        return _sentence(plan, problem)
    return ""


@contextlib.contextmanager
def _connected(plan: ImapPlan) -> Iterator[imaplib.IMAP4]:
    if plan.tls == "tls":
        box: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            plan.host, plan.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
        )
    else:
        box = imaplib.IMAP4(plan.host, plan.port, timeout=TIMEOUT)
    try:
        if plan.tls == "starttls":
            box.starttls(ssl.create_default_context())
        yield box
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _login(box: imaplib.IMAP4, plan: ImapPlan) -> None:
    try:
        box.login(plan.username, plan.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as problem:
        said = problem.args[0] if problem.args else ""
        said = (said.decode("ascii", "replace") if isinstance(said, bytes) else str(said))[:200]
        raise MailTrouble(
            f"{plan.host} refused the login of {plan.username} ({said}); correct username and password in [[mailboxes]]"
        ) from None


def _open(box: imaplib.IMAP4, plan: ImapPlan) -> None:
    kind, _ = box.select(_quoted(plan.folder), readonly=True)
    if kind != "OK":
        raise MailTrouble(f"{plan.host} has no folder {plan.folder!r} for {plan.username}; set folder in [[mailboxes]]")


def _look(box: imaplib.IMAP4, plan: ImapPlan, known: ReadTo | None, begun: ReadTo | None) -> Look:
    _open(box, plan)
    validity = _number(box.response("UIDVALIDITY")[1]) or 0
    following = known is not None and known.uid_validity == validity
    since = known if following else begun
    last = since.last_uid if since is not None and since.uid_validity == validity else 0
    newest = last if following else (_number(box.response("UIDNEXT")[1]) or 1) - 1
    fresh = sorted(uid for uid in _uids(box, f"UID {last + 1}:*" if following else "UNSEEN") if uid > last)
    mails = tuple(mail for uid in fresh[:AT_ONCE] if (mail := _fetched(box, plan, uid)) is not None)
    more = len(fresh) > AT_ONCE
    read = fresh[AT_ONCE - 1] if more else max([newest, *fresh])
    return Look(mails, ReadTo(validity, read), more, not following)


def _uids(box: imaplib.IMAP4, what: str) -> list[int]:
    kind, said = box.uid("SEARCH", what)
    if kind != "OK":
        raise imaplib.IMAP4.error("the search was refused")
    return [int(word) for line in said or () if isinstance(line, bytes) for word in line.split() if word.isdigit()]


def _fetched(box: imaplib.IMAP4, plan: ImapPlan, uid: int) -> Fetched | None:
    """None: it is gone meanwhile."""
    _, said = box.uid("FETCH", str(uid), "(RFC822.SIZE)")
    sizes = [re.search(rb"RFC822\.SIZE (\d+)", line) for line in said if isinstance(line, bytes)]
    size = next((int(found[1]) for found in sizes if found), None)
    if size is None:
        return None
    whole = size <= plan.most_bytes
    part = f"BODY.PEEK[]<0.{plan.most_bytes}>" if whole else f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"
    _, said = box.uid("FETCH", str(uid), f"({part})")
    raw = next((piece[1] for piece in said or () if isinstance(piece, tuple) and len(piece) > 1), None)
    return Fetched(uid, size, whole, bytes(raw)) if raw is not None else None


def _number(said: list[Any]) -> int | None:
    text = said[-1] if said else None
    return int(text) if isinstance(text, bytes) and text.isdigit() else None


def _quoted(folder: str) -> str:
    """As IMAP wants a name. (Other letters are written there in modified UTF-7; the settings hold that as it is.)"""
    plain = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _sentence(plan: ImapPlan, problem: Exception) -> str:
    if isinstance(problem, ssl.SSLError):
        return f"no TLS with {plan.host}:{plan.port} ({problem.reason or problem}); see imap_tls and imap_port"
    if isinstance(problem, TimeoutError):
        return f"{plan.host}:{plan.port} does not answer; see imap_host and imap_port in [[mailboxes]]"
    if isinstance(problem, OSError):
        return f"{plan.host}:{plan.port} cannot be reached ({problem.strerror or problem}); see [[mailboxes]]"
    return f"{plan.host} ended the conversation: {str(problem)[:200]}"
