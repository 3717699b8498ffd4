"""What the AMI account may do and hear, and what each missing class costs: for the engine and for ``helin doctor``.

``ListCommands`` names the actions that the write classes allow. The read classes cannot be asked for. That ``system``
is missing shows at log-in (no FullyBooted); the others by an event that must come and does not: of class call when we
set the state of a device of our own, of class agent when we added a member to a queue or removed one.
"""

from __future__ import annotations

from collections.abc import Mapping

from cti.errors import NoAnswer
from cti.snapshot import LIST_SECONDS, Ask

MAY = {
    "call": ("Redirect", "calls cannot be hung up, held or transferred from the panel"),
    "agent": ("QueueAdd", "agents cannot log in, log out or pause from the panel"),
    "originate": ("Originate", "no click to call and no campaigns"),
    "reporting": ("CoreShowChannels", "channels are listed a slower way, and a restart of Asterisk is not told apart"),
}
"""A write class, an action that needs exactly this one, and what is lost without it."""
HEARS = {
    "system": "Helin cannot tell when Asterisk has booted, nor see phones come and go",
    "call": "no call is seen as it happens",
    "agent": "queues and their agents are not seen as they change",
    "user": "UserEvents of your own dialplan are not seen",
}
"""A read class, and what is lost without it."""

NO_CALLS = f"the AMI account lacks read=call: {HEARS['call']}"
NO_AGENTS = f"the AMI account lacks read=agent: {HEARS['agent']}"
DEVICE = "Custom:helin-hears"
PATIENCE = 2.0
_CALL_EVENTS = (b"DeviceStateChange", b"Newchannel", b"Hangup")
_AGENT_EVENTS = (
    b"QueueMemberAdded",
    b"QueueMemberRemoved",
    b"QueueMemberPause",
    b"QueueMemberStatus",
    b"QueueCallerJoin",
)


async def actions_allowed(ask: Ask) -> frozenset[str] | None:
    """The actions that the write classes allow; None when Asterisk does not list its commands."""
    reply = await ask([("Action", "ListCommands")], LIST_SECONDS)
    return frozenset(reply.fields) if reply.ok else None


async def check_account(ask: Ask) -> tuple[str, ...]:
    """A sentence for each write class that is missing, as far as Asterisk tells."""
    allowed = await actions_allowed(ask)
    if allowed is None:
        return ()
    return tuple(
        f"the AMI account lacks write={name}: {cost}" for name, (action, cost) in MAY.items() if action not in allowed
    )


class Hearing:
    """Whether one session hears calls and agents. ``counts`` are the wanted events counted so far, by name."""

    def __init__(self, counts: Mapping[bytes, int]) -> None:
        self._counts = counts
        self._begun = dict(counts)
        self._probed_at: float | None = None
        self._changed_at: float | None = None
        self._calls_settled = False
        self._agents_settled = False

    def member_changed(self, now: float) -> None:
        """Asterisk says that it added or removed a queue member for us."""
        self._changed_at = self._changed_at or now

    async def lacks(self, ask: Ask, now: float) -> tuple[str, ...]:
        """What has newly proved to be missing. Ask from time to time; ``now``: monotonic seconds."""
        return (*await self._calls(ask, now), *self._agents(now))

    async def _calls(self, ask: Ask, now: float) -> tuple[str, ...]:
        self._calls_settled = self._calls_settled or self._heard(_CALL_EVENTS)
        if self._calls_settled:
            return ()
        if self._probed_at is None:
            self._probed_at = now
            self._calls_settled = not await stir_calls(ask)
        elif now - self._probed_at > PATIENCE:
            self._calls_settled = True
            return (NO_CALLS,)
        return ()

    def _agents(self, now: float) -> tuple[str, ...]:
        self._agents_settled = self._agents_settled or self._heard(_AGENT_EVENTS)
        if self._agents_settled or self._changed_at is None or now - self._changed_at <= PATIENCE:
            return ()
        self._agents_settled = True
        return (NO_AGENTS,)

    def _heard(self, names: tuple[bytes, ...]) -> bool:
        return any(self._counts.get(name, 0) > self._begun.get(name, 0) for name in names)


async def stir_calls(ask: Ask) -> bool:
    """Whether Asterisk changed the state of our device, which must make an event of class call."""
    for state in ("INUSE", "NOT_INUSE"):
        words = [("Action", "Setvar"), ("Variable", f"DEVICE_STATE({DEVICE})"), ("Value", state)]
        try:
            if not (await ask(words, PATIENCE)).ok:
                return False
        except NoAnswer:
            return False
    return True
