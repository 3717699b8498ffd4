"""What panels are warned of: links that are down, silent engines, mailboxes that cannot be read, queues past a limit.

Each change is told as the alarm and whether it is raised (True) or over (False); the same again is no news.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from agent_ui.shapes import AlarmShape
from crm_store.mailboxes import MailboxTrouble
from routing.alarms import SHARES
from routing.facts import AlarmChanged, LinkChanged

ENGINE, MAILBOX, QUEUE = "engine:", "mailbox:", "queue:"
WORDS = {
    "waiting": "callers who wait:", "longest_wait": "longest wait in seconds:", "agents": "agents at work:",
    "service_level": "service level of 30 minutes:", "abandoned": "abandoned of 30 minutes:",
}  # fmt: skip


def private(alarm: AlarmShape) -> bool:
    """For those who see all: an agent cannot mend it, and works on."""
    return alarm.id.startswith((MAILBOX, QUEUE))


def _of_queue(id_: str, fact: AlarmChanged) -> AlarmShape:
    share = fact.measure in SHARES
    value, limit = (f"{100 * one:.0f} %" if share else f"{one:.0f}" for one in (fact.value, fact.limit))
    text = f"{fact.queue}: {WORDS.get(fact.measure, fact.measure)} {value}, the limit is {limit}."
    return AlarmShape(id_, "warning", text, fact.since, fact.queue, fact.measure, fact.value, fact.limit)


class Alarms:
    def __init__(self) -> None:
        self._up: dict[str, AlarmShape] = {}

    def __len__(self) -> int:
        return len(self._up)

    def up(self) -> list[AlarmShape]:
        return list(self._up.values())

    def of_queue(self, name: str) -> list[AlarmShape]:
        """Those that are up."""
        return [one for one in self._up.values() if one.queue == name]

    def silent(self) -> list[str]:
        """Engines of which nothing is heard."""
        return [id_.removeprefix(ENGINE) for id_ in self._up if id_.startswith(ENGINE)]

    def link(self, link: LinkChanged) -> tuple[AlarmShape, bool] | None:
        """The alarm that this link's state raises (True) or ends (False), if that is news.

        A link that is ready and still has a reason lacks something, such as a class of its account.
        """
        id_ = f"asterisk:{link.asterisk}"
        if link.state == "ready":
            if link.reason:
                text = f"Asterisk {link.asterisk} gives less than Helin needs: {link.reason}. See helin doctor."
                return self._raise(AlarmShape(id_, "warning", text, link.at))
            gone = self._up.pop(id_, None)
            return None if gone is None else (gone, False)
        level: Literal["error", "warning"] = "error" if link.state == "down" else "warning"
        why = link.reason or f"the link is {link.state}"
        return self._raise(AlarmShape(id_, level, f"No live picture from Asterisk {link.asterisk}: {why}", link.at))

    def queue(self, fact: AlarmChanged) -> tuple[AlarmShape, bool] | None:
        id_ = f"{QUEUE}{fact.queue}:{fact.measure}"
        if not fact.on:
            gone = self._up.pop(id_, None)
            return None if gone is None else (gone, False)
        return self._raise(_of_queue(id_, fact))

    def queues(self, up: Iterable[AlarmChanged]) -> None:
        """These are up and no other ones."""
        self._up = {id_: one for id_, one in self._up.items() if not id_.startswith(QUEUE)}
        for fact in up:
            self.queue(fact)

    def engine(self, name: str, alive: bool, now: datetime) -> tuple[AlarmShape, bool] | None:
        id_ = f"engine:{name}"
        if alive:
            gone = self._up.pop(id_, None)
            return None if gone is None else (gone, False)
        text = f"Nothing is heard from the engine of Asterisk {name}; calls go on, what is shown may be old."
        return self._raise(AlarmShape(id_, "error", text, now))

    def mailboxes(self, troubles: Iterable[MailboxTrouble]) -> list[tuple[AlarmShape, bool]]:
        """The alarms of mailboxes that changed, for those who see all: raised (True) or over (False)."""
        now = {f"{MAILBOX}{one.name}": one for one in troubles}
        over = [id_ for id_ in self._up if id_.startswith(MAILBOX) and id_ not in now]
        changed = [(self._up.pop(id_), False) for id_ in over]
        for id_, one in now.items():
            text = f"The mailbox {one.name} is not read, mails wait in it: {one.text}."
            if (news := self._raise(AlarmShape(id_, "warning", text, one.since))) is not None:
                changed.append(news)
        return changed

    def _raise(self, alarm: AlarmShape) -> tuple[AlarmShape, bool] | None:
        had = self._up.get(alarm.id)
        if had is not None and (had.level, had.text) == (alarm.level, alarm.text):
            return None
        self._up[alarm.id] = alarm
        return alarm, True
