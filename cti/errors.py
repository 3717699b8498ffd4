"""What can go wrong with a link. Each message is one sentence for the operator.

LinkError
├── NotSent    refused here, before a byte of it left: a value that must not reach the wire, or no link that is ready
├── Refused    Asterisk does not let this account in
├── Lost       the link is gone; whether Asterisk carried out what was asked is unknown
└── NoAnswer   the deadline passed; whether Asterisk carried out what was asked is unknown
"""

from __future__ import annotations


class LinkError(Exception):
    """The link cannot do this."""


class NotSent(LinkError):
    """Refused before a byte of it left."""


class Refused(LinkError):
    """Asterisk does not let this account in."""


class Lost(LinkError):
    """The link is gone, the outcome unknown."""


class NoAnswer(LinkError):
    """The deadline passed, the outcome unknown."""
