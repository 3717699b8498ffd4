"""What the AMI account may do, and what each missing class costs.

``ListCommands`` names the actions that the account's write classes allow. The read classes cannot be asked for: that
``system`` is missing shows at log-in (no FullyBooted); ``helin doctor`` tries the others.
"""

from __future__ import annotations

from cti.snapshot import LIST_SECONDS, Ask

COSTS = {
    "QueueAdd": ("agent", "agents cannot log in to queues, pause, or log out"),
    "Hangup": ("call", "calls cannot be ended from the panel"),
    "Originate": ("originate", "nobody can be dialled from the panel"),
    "CoreShowChannels": ("reporting", "channels are listed a slower way, and a restart of Asterisk is not told apart"),
}
"""An action, the class of the sample account that allows it, and what is lost without."""


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
