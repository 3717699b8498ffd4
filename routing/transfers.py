"""Whether a talk ended by passing the caller on, and to whom: pure functions.

Asterisk says so with an event (``BlindTransfer``, ``AttendedTransfer``), and for queue calls a second time
(``AgentComplete`` with the reason ``transfer``). A redirect has no event at all: it is seen by the caller having left
the agent for another place of the dialplan.
"""

from __future__ import annotations

from routing import consulting, endings
from routing.arrivals import number_of
from routing.knowledge import Story, Talk, Transfer
from routing.parties import Owners


def is_certain(talk: Talk, story: Story, owners: Owners) -> bool:
    """All that there is to know about it is known."""
    if talk.transfer is not None or consulting.passed_on(talk, story) is not None:
        return True
    return talk.completed == "transfer" and target_of(talk, story, owners) is not None


def transfer_of(talk: Talk, story: Story) -> Transfer | None:
    """The transfer that ended this talk, told or inferred: the outside party went on to someone else."""
    if talk.transfer is not None:
        return talk.transfer
    if (told := consulting.passed_on(talk, story)) is not None:
        return told
    at = talk.chan.ended_at or talk.over_at or talk.started_at
    if talk.completed == "transfer":
        return Transfer("attended" if talk.consulted else "blind", at)
    if not any(chan.outside for chan in story.live.values()) or talk.chan.ended_at is None:
        return None
    if talk.consulted and any(each is not talk and each.over_at is None for each in story.talks):
        return Transfer("attended", at)
    if endings.was_taken_away(talk, story.everyone()) and _sent_to(talk, story):
        return Transfer("redirect", at)
    return None


def target_of(talk: Talk, story: Story, owners: Owners) -> str | None:
    """A login, an extension or a number, as far as it is known."""
    transfer = talk.transfer
    if transfer is not None and transfer.target is not None:
        target = transfer.target
        # A Local channel's half is nobody: then who came by it is found below.
        if named := target.agent or number_of(target) or target.number:
            return named
    if transfer is not None and transfer.exten:
        return owners.at_extension(transfer.exten)
    if not talk.consulted and (place := _sent_to(talk, story)):
        return owners.at_extension(place)
    for chan in reversed(story.live.values()):
        if chan.agent is not None and chan.agent != talk.agent and not chan.spy:
            return chan.agent
    outside = [chan for chan in story.live.values() if chan.outside]
    if talk.consulted and len(outside) > 1:
        consulted = [chan for chan in outside if chan.party == "outside"]
        return (number_of(consulted[-1]) if consulted else "") or None
    return None


def _sent_to(talk: Talk, story: Story) -> str:
    """Where in the dialplan the caller is now, if that is another place than when the talk began."""
    for chan in reversed([*story.gone, *story.live.values()]):
        if chan.outside and talk.caller_place is not None:
            moved = (chan.context, chan.exten) != talk.caller_place and chan.exten not in ("", "h")
            return chan.exten if moved else ""
    return ""
