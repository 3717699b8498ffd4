"""What someone wants. A command is answered exactly once: done, or refused with a code and one clear sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Role = Literal["agent", "leader", "supervisor", "campaign_manager", "admin", "partner", "api", "viewer"]
"""``leader``: of the own team only; ``viewer``: a screen on a wall, which shows figures and can do nothing."""
CHIEFS: Final[frozenset[Role]] = frozenset({"supervisor", "admin"})
"""Roles that may act on other agents and in any call."""
LEADERS: Final[frozenset[Role]] = CHIEFS | {"leader"}
"""Roles that may act on other agents: a leader on those of the own team, which the web node sees to."""


@dataclass(frozen=True, slots=True)
class Command:
    """``id`` is the client's; the same (``by``, ``id``) again has no second effect and gets the first answer.

    Names the engine knows: ``ready``, ``pause {reason}``, ``log_in {queues?}``, ``log_out {queues?}``, ``hang_up
    {call}``, ``force_state {state, reason?}``, ``move_agent {queues}``; all act on ``agent`` (a supervisor's may differ
    from ``by``). ``pause_recording {call}``, ``resume_recording {call}``, those of :mod:`routing.answers`,
    :mod:`routing.control` and :mod:`routing.stepping_in`. And two that only Helin gives, never a panel: ``wrapped_up``
    (the wrap-up is written) and ``phone_password {endpoint, credential}``.
    """

    id: str
    by: str
    role: Role
    name: str
    agent: str
    args: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """``code`` when not ok: not_allowed, not_possible, not_ready, unknown, invalid, failed, no_answer."""

    id: str
    ok: bool
    code: str = ""
    message: str = ""


class Refused(Exception):
    """A command that is not carried out. ``args``: a code of :class:`Result` and one sentence."""
