"""What the AMI account may do and hear, and what each missing class costs.

``ListCommands`` names the actions that the write classes allow. The read classes cannot be asked for. That ``system``
is missing shows at log-in (no FullyBooted); the others by an event that must come and does not: of class call when we
set the state of a device of our own, of class agent when we added a member to a queue or removed one.
"""

from __future__ import annotations

from collections.abc import Mapping

from cti.errors import NoAnswer
from cti.snapshot import LIST_SECONDS, Ask

COSTS = {
    "QueueAdd": ("agent", "agents cannot log in to queues, pause, or log out"),
    "Hangup": ("call", "calls cannot be ended from the panel"),
    "Originate": ("originate", "nobody can be dialled from the panel"),
    "CoreShowChannels": ("reporting", "channels are listed a slower way, and a restart of Asterisk is not told apart"),
}
"""An action, the class of the sample account that allows it, and what is lost without."""

NO_CALLS = "the AMI account lacks read=call: no call is seen before the next snapshot"
NO_AGENTS = "the AMI account lacks read=agent: queues and their agents are not seen before the next snapshot"
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


async def check_account(ask: Ask) -> tuple[str, ...]:
    """A sentence for each write class that is missing; nothing when Asterisk does not list its commands."""
    reply = await ask([("Action", "ListCommands")], LIST_SECONDS)
    if not reply.ok:
        return ()
    return tuple(
        f"the AMI account lacks write={name}: {cost}"
        for action, (name, cost) in COSTS.items()
        if action not in reply.fields
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
            self._calls_settled = not await _probe(ask)
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


async def _probe(ask: Ask) -> bool:
    """Whether Asterisk changed the state of our device, which must make an event of class call."""
    for state in ("INUSE", "NOT_INUSE"):
        words = [("Action", "Setvar"), ("Variable", f"DEVICE_STATE({DEVICE})"), ("Value", state)]
        try:
            if not (await ask(words, PATIENCE)).ok:
                return False
        except NoAnswer:
            return False
    return True
