"""Why something ended, from all that is known of it: pure functions over :mod:`routing.knowledge`.

AMI says that things end, rarely why. The five endings of a queue are the worst: one event, ``QueueCallerAbandon``,
stands for a caller who hung up, ran out of time, was withdrawn or met an empty queue, and for an answer there is none
at all. So each question here has a list of evidence, strongest first, and each list ends with what is most often true.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from routing.facts import EndedBy, MissReason, Outcome, QueueLeft
from routing.knowledge import Chan, Stay, Story, Talk

BUSY = frozenset((17, 21))
NO_ANSWER = frozenset((0, 16, 18, 19, 26, 31, 102, 127))
CANCELLED = 127
"""Q.850 causes as Asterisk gives them: 17 busy, 21 rejected; 18, 19 no answer; 26 answered elsewhere, 127 cancelled."""
STATUSES: dict[str, QueueLeft] = {
    "TIMEOUT": "timed_out",
    "WITHDRAW": "withdrawn",
    "LEAVEEMPTY": "queue_empty",
    "LEAVEUNAVAIL": "queue_empty",
    "JOINEMPTY": "queue_empty",
    "JOINUNAVAIL": "queue_empty",
    "FULL": "queue_empty",
    "CONTINUE": "answered",
}
"""What app_queue leaves in QUEUESTATUS."""
DIAL_OUTCOMES: dict[str, Outcome] = {
    "BUSY": "busy",
    "CONGESTION": "failed",
    "CHANUNAVAIL": "failed",
    "INVALIDARGS": "failed",
}
SOON = timedelta(seconds=5)
"""A call that ends so soon after a talk ended with it."""
JUST_BEFORE = timedelta(seconds=2)
"""Who asked for the end earlier than this before a talk's end asked for something else."""
TIMEOUT_SLACK = 2
"""app_queue looks at the clock once a second."""


def left_queue(stay: Stay, chan: Chan, *, emptied: bool, final: bool) -> QueueLeft | None:
    """Why the caller left, or None while that may still become clear. ``emptied``: nobody could serve the queue."""
    if stay.connected:
        return "answered"
    if stay.status in STATUSES:
        return STATUSES[stay.status]
    over = stay.given_up or stay.left_at is not None or chan.ended_at is not None
    if not over:
        return None
    if chan.asked_at is not None or (chan.cause == CANCELLED and not chan.up):
        return "abandoned"
    if not final and chan.ended_at is None:
        return None
    if stay.left_at is None:
        return "abandoned"
    if stay.timeout is None:
        return "queue_empty" if emptied else "timed_out"
    waited = (stay.left_at - stay.began_at).total_seconds()
    if waited >= stay.timeout - TIMEOUT_SLACK:
        return "timed_out"
    return "queue_empty" if emptied else "withdrawn"


def missed_because(chan: Chan, story: Story) -> MissReason:
    """Why this agent's phone stopped ringing without an answer. Only the leg's own cause says that it was busy."""
    if chan.cause in BUSY:
        return "busy"
    if chan.missed or chan.dial_status == "NOANSWER":
        return "no_answer" if chan.cause in NO_ANSWER or chan.cause is None else "failed"
    if chan.dial_status == "BUSY":
        return "busy"
    if chan.dial_status in DIAL_OUTCOMES:
        return "failed"
    if chan.dial_status == "CANCEL" or chan.dialler is not None:
        return "cancelled" if chan.cause in NO_ANSWER or chan.cause is None else "failed"
    return "no_answer" if chan.cause in NO_ANSWER or chan.cause is None else "failed"


def talk_ended_by(talk: Talk, others: Iterable[Chan], *, goes_on: bool) -> EndedBy | None:
    """Who ended a talk. ``others``: who was in it besides the agent; ``goes_on``: one of them is still there."""
    chan = talk.chan
    if talk.transfer is not None:
        return "system" if talk.transfer.kind == "redirect" else "agent"
    if talk.completed == "transfer" or chan.by_command:
        return "agent"
    asked = [(chan.asked_at, "agent")] if chan.asked_at is not None else []
    over_at = talk.over_at or talk.started_at
    for each in others:
        if each.asked_at is not None and each.asked_at >= over_at - JUST_BEFORE:
            asked.append((each.asked_at, side_of(each)))
    if asked:
        return min(asked)[1]  # type: ignore[return-value]
    if chan.pushed_at is not None and (chan.left_at is None or chan.pushed_at < chan.left_at):
        return "system"
    if talk.completed in ("caller", "agent") and not (goes_on and talk.completed == "caller"):
        return talk.completed  # type: ignore[return-value]
    if chan.left_first:
        return "agent"
    first = next((each for each in others if each.left_first), None)
    if first is not None and first.ended_at is not None:
        return side_of(first)
    return "system" if goes_on and not chan.end_estimated else None


def was_there(chan: Chan, since: datetime) -> bool:
    """It was there at that moment or later. A phone that rang and is gone had no part in a talk, whatever it said."""
    return chan.ended_at is None or (chan.ended_at >= since and not (chan.party == "agent" and chan.lifted_at is None))


def was_taken_away(talk: Talk, everyone: Iterable[Chan]) -> bool:
    """The outside party left the agent without hanging up: someone redirected it."""
    chan = talk.chan
    if chan.asked_at is not None or chan.left_first or talk.completed not in ("", "caller"):
        return False
    if chan.pushed_at is not None and (chan.left_at is None or chan.pushed_at < chan.left_at):
        return False
    return any(each.outside and each.ended_at is None and each.left_first for each in everyone)


def side_of(chan: Chan) -> EndedBy:
    """The outside party is ``caller`` in the record, whoever called whom."""
    return "caller" if chan.outside else "agent"


def outcome_of(story: Story) -> Outcome:
    """The one word for the whole call, when all of it is over."""
    call = story.call
    if story.talked or call is None:
        return "answered"
    everyone = story.everyone()
    if story.left is not None and story.left != "answered":
        return story.left
    if call.direction == "inbound":
        return _inbound_unanswered(story, everyone)
    outside = [chan for chan in everyone if chan.outside]
    if any(chan.lifted_at is not None for chan in outside):
        return "answered"
    dialled = outside or [chan for chan in everyone if chan.party == "agent" and chan.dialled]
    return _not_picked_up(dialled[-1] if dialled else everyone[-1]) if everyone else "failed"


def _inbound_unanswered(story: Story, everyone: list[Chan]) -> Outcome:
    caller = next((chan for chan in everyone if chan.party == "caller"), None)
    if caller is None or caller.asked_at is not None or (caller.cause == CANCELLED and not caller.up):
        return "abandoned" if story.rang or caller is None or not caller.up else "answered"
    if caller.end_estimated:
        return "abandoned" if story.rang or not caller.up else "answered"
    if story.rang:
        last = next(chan for chan in reversed(everyone) if chan.party == "agent")
        return _not_picked_up(last)
    return "answered" if caller.up else "failed"


def _not_picked_up(chan: Chan) -> Outcome:
    """A phone that was dialled and never lifted."""
    if chan.dial_status in DIAL_OUTCOMES:
        return DIAL_OUTCOMES[chan.dial_status]
    if chan.cause in BUSY:
        return "busy"
    return "no_answer" if chan.cause is None or chan.cause in NO_ANSWER else "failed"


def call_ended_by(story: Story, outcome: Outcome, at: datetime) -> EndedBy | None:
    """Who ended the call: the outside party, an agent, or the exchange."""
    call, everyone = story.call, story.everyone()
    if call is None:
        return None
    answered = outcome == "answered"
    segment = max(call.segments, key=lambda each: each.ended_at or at, default=None)
    if segment is not None and segment.transferred_to is None and segment.ended_by in ("caller", "agent"):
        soon = segment.ended_at is not None and at - segment.ended_at <= SOON
        if soon:
            return segment.ended_by
    if (call.direction == "inbound" or answered) and _outside_hung_up(everyone):
        return "caller"
    if outcome == "abandoned":
        return "caller"
    if call.direction != "inbound" and not story.talked:
        agents = (chan for chan in everyone if chan.party == "agent" and chan.lifted_at is not None)
        return "agent" if any(chan.asked_at is not None or chan.by_command for chan in agents) else "system"
    if answered and any(chan.end_estimated for chan in everyone) and all(chan.pushed_at is None for chan in everyone):
        return None
    return "system"


def _outside_hung_up(everyone: Iterable[Chan]) -> bool:
    """The outside party that was there last asked for the end."""
    last: Chan | None = None
    for chan in everyone:
        if chan.outside and chan.ended_at is not None:
            last = chan if last is None or last.ended_at is None or chan.ended_at >= last.ended_at else last
    return last is not None and (last.asked_at is not None or (last.cause == CANCELLED and not last.up))
