"""What is known at this moment: channels, stays in queues, talks, stories. State without behaviour.

A *channel* (:class:`Chan`) collects what events teach about it, whichever event taught it. A *story* is what will be
one call: all channels of one linkedid, with what the switchboard has already told about it. Fields named ``told_…`` are
the line between the two: knowledge above it, facts below. :mod:`routing.exchange` fills the upper half,
:mod:`routing.telling` draws the line lower.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from routing.facts import Heard, Party, QueueLeft, TransferKind
from routing.story import Call


@dataclass(slots=True, eq=False)
class Stay:
    """One wait of one caller in one queue. ``timeout``: seconds that the dialplan allows, if it is known.

    ``overtook``: app_queue put it before somebody who was there already. ``held``: it waits for Helin to pick an agent
    (mode *direct*), not in app_queue. ``fetched``: it was brought back there from app_queue, which did not give it up.
    ``asks``: for a callback; the dialplan will hold it again, or not.
    """

    queue: str
    began_at: datetime
    timeout: int | None = None
    left_at: datetime | None = None
    given_up: bool = False
    connected: bool = False
    status: str = ""
    decide_at: datetime | None = None
    emptied: bool = False
    reason: QueueLeft | None = None
    overtook: bool = False
    held: bool = False
    fetched: bool = False
    asks: bool = False
    told_in: bool = False


@dataclass(slots=True, eq=False)
class Tape:
    """The recording of one channel. ``muted``: Asterisk said so. ``asked``: it was told to mute it, unasked by anybody.

    ``wanted`` and ``by``: the last change that somebody wanted, and who.
    """

    file: str
    began_at: datetime
    muted: bool = False
    asked: bool = False
    wanted: bool | None = None
    by: str | None = None
    estimated: bool = False
    told: bool = False
    told_muted: bool = False


@dataclass(slots=True, eq=False)
class Chan:
    """One channel. ``party`` None: plumbing (a Local channel's half, a conference's announcer), no party of any call.

    ``sure``: Asterisk said twice, or in a snapshot or by Newchannel, that it exists; before that nothing is told of it.
    ``dialled``: something rings it, rather than it rang us. ``asked_at``: its own party asked for the end (BYE,
    CANCEL); ``pushed_at``: the exchange did. ``peer``: the channel that a dial put it through to; ``joined``: app_queue
    says so. ``entry_priority``: the app_queue priority that we gave it before it came to a queue. ``given_to``: where a
    blind transfer of Helin's sent it; ``asked_status``: how the dialling of this agent's consultation ended, in the
    dialplan's word. ``heard``: who answered a campaign, by the dialplan's word. ``hold``: the bridge in which it waits
    for Helin, with those of other calls, and not with anybody.
    """

    id: str
    linked: str
    name: str
    interface: str
    story: Story
    started_at: datetime
    seen_at: datetime
    first_exten: str
    number: str
    caller_name: str
    party: Party | None = None
    agent: str | None = None
    sure: bool = False
    estimated: bool = False
    doubted_name: str = ""
    context: str = ""
    exten: str = ""
    dialled: bool = False
    dialler: Chan | None = None
    dial_string: str = ""
    dial_status: str = ""
    rang_at: datetime | None = None
    missed: bool = False
    lifted_at: datetime | None = None
    up: bool = False
    bridge: str | None = None
    hold: str | None = None
    left_at: datetime | None = None
    left_first: bool = False
    peer: Chan | None = None
    joined: bool = False
    held_at: datetime | None = None
    hold_changed_at: datetime | None = None
    asked_at: datetime | None = None
    pushed_at: datetime | None = None
    by_command: bool = False
    given_to: str = ""
    asked_status: str = ""
    spy: bool = False
    consult: bool = False
    stays: list[Stay] = field(default_factory=list)
    next_timeout: int | None = None
    entry_priority: int = 0
    ended_at: datetime | None = None
    end_estimated: bool = False
    absent_since: datetime | None = None
    cause: int | None = None
    talk: Talk | None = None
    tape: Tape | None = None
    heard: Heard | None = None
    told_heard: Heard | None = None
    told: bool = False
    told_lifted: bool = False
    told_ringing: bool = False
    told_held: bool = False
    told_ended: bool = False

    @property
    def plumbing(self) -> bool:
        return self.party is None

    @property
    def stay(self) -> Stay | None:
        """The present or the last one."""
        return self.stays[-1] if self.stays else None

    @property
    def outside(self) -> bool:
        return self.party in ("caller", "outside")


@dataclass(slots=True, eq=False)
class Transfer:
    """What is known of a transfer. ``target``: the channel that the caller was given to."""

    kind: TransferKind
    at: datetime
    exten: str = ""
    target: Chan | None = None


@dataclass(slots=True, eq=False)
class Talk:
    """An open segment. ``over_at``: one side is gone, the segment is to be closed once it is clear why.

    ``decide_at``: by when at the latest (in our own time). ``exten``: where the caller's channel was in the dialplan as
    it began; if it is elsewhere afterwards, someone sent it there.
    """

    chan: Chan
    agent: str
    started_at: datetime
    caller_place: tuple[str, str] | None = None
    transfer: Transfer | None = None
    completed: str = ""
    over_at: datetime | None = None
    decide_at: datetime | None = None
    consulted: bool = False
    asked: Chan | None = None
    conferred: bool = False
    alone: bool = False


@dataclass(slots=True, eq=False)
class Story:
    """``id`` is the call's id whether or not it has become a call. ``links``: the linkedids it goes by.
    ``gone``: its ended channels, the last few. ``hushed_by``: who paused its recordings ("" if that is not known); None
    while they run. ``consult_to``: whom the last consultation is meant for. ``favoured``: agents who know the caller.
    """

    id: str
    linked: str
    call: Call | None = None
    links: list[str] = field(default_factory=list)
    live: dict[str, Chan] = field(default_factory=dict)
    gone: list[Chan] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    hint: str | None = None
    originate_answered: bool = False
    last_at: datetime | None = None
    rang: bool = False
    talked: bool = False
    left: QueueLeft | None = None
    decide_at: datetime | None = None
    merge: dict[str, str] = field(default_factory=dict)
    asked_at: datetime | None = None
    hushed_by: str | None = None
    consult_to: str | None = None
    favoured: tuple[tuple[str, str], ...] = ()

    def everyone(self) -> list[Chan]:
        return [*self.gone, *self.live.values()]
