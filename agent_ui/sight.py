"""Who sees whom: said here once, for the live picture, the socket, commands and the API.

* ``supervisor`` and ``admin`` see all (SEE_ALL); so does a program with the role ``api``, over HTTP.
* A ``leader`` sees the agents of the own team, and the calls and requests that are at them.
* A ``viewer`` is a screen on a wall: queues' figures and agents' states, but no call and nobody who calls.
* Everybody else sees themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from routing.commands import Role

SEE_ALL: Final[frozenset[Role]] = frozenset({"supervisor", "admin"})


class Who(Protocol):
    """A signed-in user, or what a panel knows of them."""

    @property
    def login(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def team(self) -> str | None: ...


class Teams:
    """Who is in which, by login."""

    def __init__(self, of: Mapping[str, str | None]) -> None:
        self._of = {login: team for login, team in of.items() if team}
        self._members: dict[str, set[str]] = {}
        for login, team in self._of.items():
            self._members.setdefault(team, set()).add(login)

    def led_by(self, who: Who) -> frozenset[str]:
        """Whom this person leads; without the right, or without a team, nobody."""
        return frozenset(self._members.get(who.team or "", ())) if who.role == "leader" else frozenset()

    def seen_by(self, who: Who) -> frozenset[str]:
        """Of whom this person sees calls and figures, if not of all."""
        return self.led_by(who) | {who.login}

    def sees(self, who: Who, login: str) -> bool:
        """Whether this person may know what this agent does."""
        if who.role in SEE_ALL or who.login == login:
            return who.role != "viewer"
        return who.role == "leader" and who.team is not None and self._of.get(login) == who.team

    def sees_any(self, who: Who, logins: Iterable[str]) -> bool:
        return any(self.sees(who, login) for login in logins)
