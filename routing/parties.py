"""Which channel is which party: agent, caller, outside party, or plumbing.

A channel whose interface belongs to a user is that agent. One that starts in an inbound context is a caller; one that
is dialled there (a trunk's endpoint lives in that context too) is an outside party. A phone that no user owns is an
agent by the name of its interface. All else is plumbing, which carries a call and is no party of it.
"""

from __future__ import annotations

from typing import Protocol

from routing.attempts import is_attempt
from routing.events import Directory, Person
from routing.facts import Party
from routing.places import OF_CALLERS

PLUMBING = frozenset(
    ("Local", "AsyncGoto", "Surrogate", "Bridge", "CBAnn", "CBRec", "Announcer", "Recorder", "Message", "Snoop",
     "MulticastRTP", "UnicastRTP", "Multicast", "Phantom")
)  # fmt: skip
MAX_NAME = 200
MAX_NUMBER = 64
TRUNKS_KEPT = 1000
OUTSIDE_DIGITS = 7
"""A number of at least so many digits is no extension of ours."""


class Words(Protocol):
    """What every telephony event says of a channel (:class:`routing.events.Channel`)."""

    @property
    def id(self) -> str: ...
    @property
    def linked(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def context(self) -> str: ...
    @property
    def exten(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def caller_name(self) -> str: ...


def interface_of(name: str) -> str:
    """``PJSIP/1001-0000002a`` → ``PJSIP/1001``; ``Local/1001@agents-00000002;1`` → ``Local/1001@agents``."""
    return name.rpartition("-")[0] or name


def is_plumbing(name: str) -> bool:
    return name.partition("/")[0] in PLUMBING


def clean(text: str, most: int) -> str:
    """What a caller claims, fit to be kept: no control or direction marks, bounded."""
    if not text.isprintable():
        text = "".join(mark for mark in text if mark.isprintable())
    return text[:most]


def looks_outside(number: str) -> bool:
    """A number that can only be dialled outside."""
    return number.lstrip("+").isdigit() and len(number.lstrip("+")) >= OUTSIDE_DIGITS


def dialled_number(dial_string: str) -> str:
    """The number in a dial string: ``+3725550042@trunk``, ``trunk/sip:+3725550042@host``, ``g1/+3725550042``."""
    user, at, _ = dial_string.rpartition("@")
    if at:
        return user.rpartition("/")[2].removeprefix("sip:")
    last = dial_string.rpartition("/")[2]
    return last if looks_outside(last) else ""


class Owners:
    """The directory, looked up by phone."""

    def __init__(self, directory: Directory, inbound_contexts: frozenset[str]) -> None:
        self.inbound_contexts = inbound_contexts
        self._trunks: dict[str, None] = {}
        self.use(directory)

    def use(self, directory: Directory) -> None:
        self.directory = directory
        self._by_interface = {person.interface: person for person in directory.people if person.interface}
        self._by_extension = {person.extension: person for person in directory.people if person.extension}
        self._by_login = {person.login: person for person in directory.people}

    def owner(self, interface: str) -> Person | None:
        """Whose phone this is. A queue member ``Local/1001@agents/n`` is the phone of extension 1001."""
        person = self._by_interface.get(interface)
        if person is None and interface.startswith("Local/"):
            person = self._by_extension.get(interface[6:].partition("@")[0])
        return person

    def agent(self, interface: str) -> str:
        """The agent's name: the owner's login, else the interface itself."""
        person = self.owner(interface)
        return interface if person is None else person.login

    def person(self, login: str) -> Person | None:
        return self._by_login.get(login)

    def at_extension(self, exten: str) -> str:
        """The login at this extension, or the extension."""
        person = self._by_extension.get(exten)
        return exten if person is None else person.login

    def with_extension(self, exten: str) -> Person | None:
        return self._by_extension.get(exten)

    def is_extension(self, exten: str) -> bool:
        return exten in self._by_extension

    def note_trunk(self, interface: str) -> None:
        """This interface has been seen to be a trunk."""
        if interface not in self._trunks:
            self._trunks[interface] = None
            if len(self._trunks) > TRUNKS_KEPT:
                del self._trunks[next(iter(self._trunks))]

    def party(self, words: Words, interface: str, dialled: bool | None, application: str = "") -> Party | None:
        """Who this channel is, by all that one event or one line of a snapshot says.

        ``dialled``: whether something of ours rings it, None where that was not seen.
        """
        if is_plumbing(words.name):
            return None
        if interface in self._by_interface:
            return "agent"
        if is_attempt(words.id):
            return "outside"
        if words.context in self.inbound_contexts:
            return "caller" if _rings_us(words, dialled) else "outside"
        waits = application in ("Queue", "BridgeWait") or (words.context in OF_CALLERS and words.id == words.linked)
        if waits and not dialled:
            return "caller"
        known = interface in self._trunks
        if not known and (application == "" or not looks_outside(words.number)):
            return "agent"
        return "caller" if words.id == words.linked and not dialled else "outside"


def _rings_us(words: Words, dialled: bool | None) -> bool:
    """A channel in an inbound context came from outside, unless we rang it: Ring is theirs, Down and Ringing ours."""
    if dialled is not None:
        return not dialled
    if words.state == "Up":
        return words.id == words.linked and words.exten not in ("", "s")
    return words.state == "Ring"
