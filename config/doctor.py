"""``helin doctor``: looks at everything Helin stands on and says, in one sentence each, what is well and what to do.

It changes nothing that anyone would notice. To learn which events the AMI account hears it has to make some happen: it
switches the custom device state ``Custom:helin-hears`` to and fro, and sets one queue member's penalty to what it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from config.asterisk_folder.conf import NoSuchSection, value_of
from config.doctor_intake import intake, mailboxes
from config.doctor_law import lawfulness
from config.findings import Finding, Level
from config.reconciled import findings as record_findings
from config.sending_reports import findings as report_findings
from config.settings import LOOPBACK, Asterisk, Settings
from config.webhooks import findings as webhook_findings
from crm_store.errors import StoreError
from crm_store.store import Store
from cti import frames
from cti.account import HEARS, MAY, actions_allowed, stir_calls
from cti.errors import LinkError
from cti.link import AsteriskAddress, Counts, Link, Reply

KNOWN_MAJORS = range(18, 23)
DEFAULT_SECRETS = {"change-me", "secret", "password", "helin"}
EVENT_SECONDS = 1.0

MUST_NOT = {
    "system": ("DBPut", "it unlocks commands and programs on the machine"),
    "command": ("Command", "whoever has the secret can do anything with Asterisk"),
    "config": ("UpdateConfig", "it can rewrite Asterisk's configuration"),
}
CONTEXTS = (
    "helin-wait", "helin-talked", "helin-legal", "helin-password", "helin-held",
    "helin-holding", "helin-consult", "helin-back", "helin-conference", "helin-transfer", "helin-call",
    "helin-called", "helin-called-leg", "helin-dialler-gone", "helin-hours", "helin-closed", "helin-late",
    "helin-overflow", "helin-callback",
)  # fmt: skip

DIRECT_CONTEXTS = (
    "helin-hold", "helin-deliver", "helin-offer", "helin-ring", "helin-announce", "helin-dialled", "helin-dialled-gone",
    "helin-in-time", "helin-whisper",
)  # fmt: skip
"""What mode *direct* and campaigns stand on. helin-hold must keep callers in bridges named ``helin-hold-QUEUE``."""


@dataclass(frozen=True, slots=True)
class _Patient:
    """One Asterisk under examination: its settings, the open link, and the events that it sends."""

    asterisk: Asterisk
    link: Link
    events: list[bytes]

    async def event(self, name: bytes) -> dict[str, str] | None:
        """The first such event that was heard, None if there is none within a second."""
        until = time.monotonic() + EVENT_SECONDS
        while True:
            for message in self.events:
                if frames.name_of(message) == name:
                    return frames.parse(message)
            if time.monotonic() > until:
                return None
            await asyncio.sleep(0.02)


async def examine(settings: Settings, etc: Path = Path("/etc/asterisk")) -> list[Finding]:
    """All findings. ``etc`` is read, where it can be, for what AMI does not tell about an Asterisk on this machine."""
    findings, queues, kept = await _store(settings)
    if not settings.asterisk:
        findings.append(
            Finding("warn", "No Asterisk is named in the settings.", "add [[asterisk]] with host, username and secret")
        )
    for asterisk in settings.asterisk:
        seen = await _asterisk(asterisk, queues, kept, etc) + record_findings(asterisk)
        findings += [Finding(one.level, f"Asterisk {asterisk.name}: {one.what}", one.do) for one in seen]
    return findings + await mailboxes(settings)


async def _store(settings: Settings) -> tuple[list[Finding], Mapping[str, str], tuple[str, ...]]:
    """Also the queues that Helin knows with their modes, and those of them that have opening hours."""
    try:
        async with await Store.open(settings.store.url) as store:
            queues = {queue.name: queue.mode for queue in await store.queues.all()}
            kept = tuple(queue for calendar in await store.calendars.all() for queue in calendar.queues)
            found = await intake(settings, store) + await lawfulness(settings, store)
            found += webhook_findings(await store.webhooks.all())
            found += await report_findings(settings, store)
    except StoreError as error:
        return [Finding("fail", f"The store cannot be used: {error}.", "see [store] url")], {}, ()
    there = Finding("ok", f"The store is there with its schema and {len(queues)} queues.")
    return [there, *found], queues, kept


async def _asterisk(asterisk: Asterisk, queues: Mapping[str, str], kept: Sequence[str], etc: Path) -> list[Finding]:
    events: list[bytes] = []
    address = AsteriskAddress(
        asterisk.name, asterisk.host, asterisk.port, asterisk.username, asterisk.secret, asterisk.tls
    )
    link = Link(address, Counts([b"DeviceStateChange", b"QueueMemberPenalty"]), events.extend, lambda _: None)
    try:
        await link.open()
    except LinkError as error:
        return [Finding("fail", f"the manager cannot be used: {error}.", "see manager.conf and [[asterisk]]")]
    patient = _Patient(asterisk, link, events)
    try:
        return await _account(patient, etc) + await _rest(patient, queues, kept)
    except LinkError as error:
        return [Finding("fail", f"the link broke during the examination: {error}.", "look at Asterisk's log")]
    finally:
        link.close("examined")


async def _account(patient: _Patient, etc: Path) -> list[Finding]:
    findings = [Finding("ok", "the manager lets Helin in.")]
    if patient.asterisk.secret in DEFAULT_SECRETS:
        findings.append(Finding("fail", "the secret is the one of the sample.", "change it in manager.conf and here"))
    allowed = await actions_allowed(patient.link.ask) or frozenset()
    for name, (action, cost) in MAY.items():
        if action in allowed:
            findings.append(Finding("ok", f"the account may {name}."))
        else:
            findings.append(_lacks("write", name, cost))
    for name, (action, why) in MUST_NOT.items():
        if action in allowed:
            what = f"the account has write class {name}, which it must not have: {why}."
            findings.append(Finding("fail", what, f"take {name} out of write in manager.conf, then manager reload"))
    return findings + await _hears(patient, etc) + [await _stamps(patient)]


def _lacks(direction: str, name: str, cost: str) -> Finding:
    level: Level = "warn" if name == "user" else "fail"
    what = f"the account lacks {direction} class {name}: {cost}."
    return Finding(level, what, f"add {name} to {direction} in manager.conf, then manager reload")


async def _hears(patient: _Patient, etc: Path) -> list[Finding]:
    """By what arrives, and where nothing could be made to arrive by the file, and else it stays unknown."""
    written = _written_classes(patient.asterisk, etc)
    heard: dict[str, bool | None] = {
        "system": await _booted(patient.link),
        "call": await _hears_calls(patient),
        "agent": await _hears_agents(patient),
        "user": None,
    }
    findings = []
    for name, cost in HEARS.items():
        known = heard[name] if heard[name] is not None or written is None else name in written
        if known is None:
            findings.append(Finding("ok", f"whether the account has read class {name} cannot be seen from here."))
        else:
            findings.append(Finding("ok", f"the account hears {name}.") if known else _lacks("read", name, cost))
    return findings


def _written_classes(asterisk: Asterisk, etc: Path) -> set[str] | None:
    """What manager.conf says the account hears, if this machine's file can be read and is that Asterisk's."""
    try:
        text = (etc / "manager.conf").read_text() if asterisk.host in LOOPBACK else ""
        port = value_of(text, "[general]", "port") or "5038"
        read = value_of(text, f"[{asterisk.username}]", "read") or ""
    except (OSError, UnicodeDecodeError, NoSuchSection):
        return None
    return {name.strip() for name in read.split(",")} if port == str(asterisk.port) else None


async def _booted(link: Link) -> bool:
    try:
        async with asyncio.timeout(EVENT_SECONDS):
            await link.booted.wait()
    except TimeoutError:
        return False
    return True


async def _hears_calls(patient: _Patient) -> bool | None:
    if not await stir_calls(patient.link.ask):
        return None
    return await patient.event(b"DeviceStateChange") is not None


async def _hears_agents(patient: _Patient) -> bool | None:
    status = await patient.link.ask([("Action", "QueueStatus")])
    members = [item for item in status.items if item.get("Event") == "QueueMember"]
    if not members:
        return None
    one = members[0]
    same = [("Interface", one["Location"]), ("Queue", one["Queue"]), ("Penalty", one.get("Penalty", "0"))]
    reply = await patient.link.ask([("Action", "QueuePenalty"), *same])
    return await patient.event(b"QueueMemberPenalty") is not None if reply.ok else None


async def _stamps(patient: _Patient) -> Finding:
    """timestampevents, as far as any event came."""
    event = await patient.event(b"DeviceStateChange") or await patient.event(b"QueueMemberPenalty")
    if event is not None and "Timestamp" not in event:
        what = "events have no time stamp, so a slow network makes calls look longer."
        return Finding("warn", what, "set timestampevents = yes in manager.conf, then manager reload")
    return Finding("ok", "events carry Asterisk's own time." if event else "whether events are stamped is not known.")


async def _rest(patient: _Patient, queues: Mapping[str, str], kept: Sequence[str]) -> list[Finding]:
    findings = [await _version(patient.link), await _clock(patient.link), await _has_queues(patient.link, queues)]
    for context in patient.asterisk.inbound_contexts:
        findings += await _inbound(patient.link, context)
    findings += await _helin_contexts(patient.link)
    findings += await _hours(patient.link, kept)
    if direct := [name for name, mode in queues.items() if mode == "direct"]:
        findings.append(await _direct(patient.link, direct))
    if patient.asterisk.websocket_url:
        findings.append(await _websocket(patient.asterisk.websocket_url))
    return findings


async def _version(link: Link) -> Finding:
    version = (await link.ask([("Action", "CoreSettings")])).fields.get("AsteriskVersion", "")
    digits = version.removeprefix("certified/").split(".")[0]
    if digits.isdigit() and int(digits) not in KNOWN_MAJORS:
        return Finding("warn", f"it is version {version}.", "Helin is tried with Asterisk 18 to 22")
    return Finding("ok", f"it is version {version}." if version else "its version is not told.")


async def _clock(link: Link) -> Finding:
    sent = time.time()
    reply = await link.ask([("Action", "Ping")])
    here = (sent + time.time()) / 2
    try:
        difference = abs(float(reply.fields["Timestamp"]) - here)
    except (KeyError, ValueError):
        return Finding("warn", "it does not tell its time.", "let both machines keep time by NTP")
    if difference > 1:
        return Finding("warn", f"its clock is {difference:.1f} s off this machine's.", "let both keep time by NTP")
    return Finding("ok", f"the clocks agree to {difference * 1000:.0f} ms.")


async def _has_queues(link: Link, queues: Iterable[str]) -> Finding:
    seen = {item.get("Queue", "") for item in (await link.ask([("Action", "QueueSummary")])).items}
    missing = [queue for queue in queues if queue not in seen]
    if missing:
        what = f"it has no queue {', '.join(missing)}, which Helin knows."
        return Finding("warn", what, "add it to queues.conf, or take it out of Helin's (helin apply)")
    return Finding("ok", f"it has the queues {', '.join(sorted(seen))}." if seen else "it has no queues.")


async def _inbound(link: Link, context: str) -> list[Finding]:
    reply = await link.ask([("Action", "ShowDialPlan"), ("Context", context)])
    if reply.denied:
        return [Finding("warn", f"whether context {context} is right cannot be seen.", "add reporting to write")]
    if not reply.ok:
        what = f"there is no context {context}, so no call would count as a caller's."
        return [
            Finding("fail", what, "name the context that your trunk's calls start in: [[asterisk]] inbound_contexts")
        ]
    return _weaknesses(context, reply) or [Finding("ok", f"callers start in context {context}.")]


def _weaknesses(context: str, reply: Reply) -> list[Finding]:
    open_patterns = {
        item["Extension"]
        for item in reply.items
        if item.get("Extension", "").startswith("_") and set(item["Extension"]) & {".", "!"}
    }
    waits = any("agi:async" in item.get("AppData", "").lower() for item in reply.items)
    findings = []
    if open_patterns:
        what = f"context {context} takes whatever a stranger dials ({', '.join(sorted(open_patterns))})."
        findings.append(Finding("warn", what, "write your own numbers out, or use patterns of fixed length"))
    if waits:
        what = f"context {context} has AGI(agi:async): without a client it holds callers in silence for ever."
        findings.append(Finding("warn", what, "take it off the caller's path"))
    return findings


async def _helin_contexts(link: Link) -> list[Finding]:
    missing = await _missing(link, CONTEXTS)
    if missing is None:
        return [Finding("warn", "whether Helin's contexts are there cannot be seen.", "add reporting to write")]
    if missing:
        what = (
            f"the dialplan has no {', '.join(missing)}: lost agents' calls are not given back, opening hours not kept."
        )
        return [Finding("warn", what, "take them from the sample, config/asterisk/extensions.conf")]
    return [Finding("ok", "Helin's contexts are in the dialplan.")]


async def _hours(link: Link, queues: Sequence[str]) -> list[Finding]:
    """Whether a running Helin has written the opening hours; without them the queues are open."""
    missing = []
    for queue in queues:
        reply = await link.ask([("Action", "Getvar"), ("Variable", f"HELIN_RULES_{queue}")])
        if not reply.fields.get("Value"):
            missing.append(queue)
    if missing:
        what = f"the opening hours of {', '.join(missing)} do not stand in it, so callers find them open."
        return [Finding("warn", what, "start Helin, which writes them within half a minute; see its log if it runs")]
    return [Finding("ok", f"it has the opening hours of {', '.join(queues)}.")] if queues else []


async def _missing(link: Link, contexts: Iterable[str]) -> list[str] | None:
    """Contexts that the dialplan has not; None: the account may not look."""
    missing = []
    for context in contexts:
        reply = await link.ask([("Action", "ShowDialPlan"), ("Context", context)])
        if reply.denied:
            return None
        if not reply.ok:
            missing.append(context)
    return missing


async def _direct(link: Link, queues: Sequence[str]) -> Finding:
    """What the queues of mode *direct* need."""
    named, sample = ", ".join(queues), "take it from the sample, config/asterisk/extensions.conf"
    missing = await _missing(link, DIRECT_CONTEXTS)
    if missing is None:
        return Finding("warn", f"whether {named} can be in mode direct cannot be seen.", "add reporting to write")
    if missing:
        what = f"the dialplan has no {', '.join(missing)}: without it Helin hands out no caller of {named}."
        return Finding("fail", what, sample)
    reply = await link.ask([("Action", "ShowDialPlan"), ("Context", "helin-hold")])
    bridges = [item.get("AppData", "") for item in reply.items if item.get("Application") == "BridgeWait"]
    if not any(bridge.startswith("helin-hold-") for bridge in bridges):
        what = (
            f"the context helin-hold keeps no callers in bridges named helin-hold-QUEUE: Helin finds none of {named}."
        )
        return Finding("fail", what, sample)
    return Finding("ok", f"{named} can be in mode direct.")


async def _websocket(url: str) -> Finding:
    try:
        async with connect(url, subprotocols=[Subprotocol("sip")], open_timeout=3, proxy=None):
            return Finding("ok", f"softphones can connect to {url}.")
    except (OSError, TimeoutError, WebSocketException) as error:
        what = f"softphones cannot connect to {url} ({error})."
        return Finding("fail", what, "see http.conf (enabled, bindport) and the transports in pjsip.conf")


def fit(findings: Iterable[Finding]) -> bool:
    """Nothing failed."""
    return all(finding.level != "fail" for finding in findings)
