"""The stand-in's answers to actions: which classes each needs (as Asterisk 22's ListCommands says) and what it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cti.recorded_world import Fields, member, write_event

if TYPE_CHECKING:
    from cti.recorded import Session

_SHOW = ("system", "reporting")
Act = Callable[["Session", Fields], None]


def answer(session: Session, fields: Fields) -> None:
    name = fields.get("Action", "").lower()
    known = _ACTIONS.get(name)
    if session.account is None and name not in ("login", "logoff"):
        _error(session, fields, "Permission denied")
    elif known is None or name in session.asterisk.faults.missing:
        _error(
            session,
            fields,
            f"Invalid/unknown command: {fields.get('Action', '')}. Use Action: ListCommands to show them.",
        )
    elif session.account is not None and not session.account.may_write(known[1]):
        _error(session, fields, "Permission denied")
    else:
        known[2](session, fields)


def _reply(session: Session, fields: Fields, response: str, *lines: str) -> None:
    asked = [f"ActionID: {fields['ActionID']}"] if "ActionID" in fields else []
    session.send("\r\n".join([f"Response: {response}", *asked, *lines]).encode())


def _done(session: Session, fields: Fields, message: str) -> None:
    _reply(session, fields, "Success", f"Message: {message}")


def _error(session: Session, fields: Fields, message: str) -> None:
    _reply(session, fields, "Error", f"Message: {message}")


def _list(session: Session, fields: Fields, name: str, items: Iterable[tuple[str, Fields]]) -> None:
    asked = [f"ActionID: {fields['ActionID']}"] if "ActionID" in fields else []
    _reply(session, fields, "Success", "EventList: start", "Message: A list follows")
    count = 0
    for event, item in items:
        count += 1
        session.send(
            "\r\n".join([f"Event: {event}", *asked, *(f"{key}: {value}" for key, value in item.items())]).encode()
        )
    session.send("\r\n".join([f"Event: {name}Complete", *asked, "EventList: Complete", f"ListItems: {count}"]).encode())


def _log_in(session: Session, fields: Fields) -> None:
    account = session.asterisk.accounts.get(fields.get("Username", ""))
    if account is None or account.secret != fields.get("Secret"):
        _error(session, fields, "Authentication failed")
        session.writer.close()
        return
    session.account = account
    _done(session, fields, "Authentication accepted")
    if session.asterisk.booted:
        session.tell(b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 376\r\nStatus: Fully Booted")


def _log_off(session: Session, fields: Fields) -> None:
    _reply(session, fields, "Goodbye", "Message: Thanks for all the fish.")


def _ping(session: Session, fields: Fields) -> None:
    _reply(session, fields, "Success", "Ping: Pong", f"Timestamp: {time.time():.6f}")


def _core_status(session: Session, fields: Fields) -> None:
    began = time.localtime(session.asterisk.started_at)
    day, hour = time.strftime("%Y-%m-%d", began), time.strftime("%H:%M:%S", began)
    calls = f"CoreCurrentCalls: {len(session.asterisk.world.channels)}"
    _reply(session, fields, "Success", f"CoreStartupDate: {day}", f"CoreStartupTime: {hour}", calls)


def _list_commands(session: Session, fields: Fields) -> None:
    account = session.account
    lines = [
        f"{shown}: . (Priv: {','.join([*classes, 'all']) if classes else '<none>'})"
        for name, (shown, classes, _) in _ACTIONS.items()
        if account is not None and account.may_write(classes) and name not in session.asterisk.faults.missing
    ]
    _reply(session, fields, "Success", *lines)


def _show_channels(session: Session, fields: Fields) -> None:
    channels = session.asterisk.world.show_channels()
    _list(session, fields, "CoreShowChannels", (("CoreShowChannel", each) for each in channels))


def _status(session: Session, fields: Fields) -> None:
    def renamed(each: Fields) -> Fields:
        kept = {key: value for key, value in each.items() if key not in ("ApplicationData", "BridgeId", "Duration")}
        return kept | {"BridgeID": each["BridgeId"], "Data": each["ApplicationData"], "Seconds": "1"}

    _list(session, fields, "Status", (("Status", renamed(each)) for each in session.asterisk.world.show_channels()))


def _queue_status(session: Session, fields: Fields) -> None:
    _list(session, fields, "QueueStatus", session.asterisk.world.queue_status())


def _device_states(session: Session, fields: Fields) -> None:
    states = session.asterisk.world.devices.items()
    _list(
        session, fields, "DeviceStateList", (("DeviceStateChange", {"Device": of, "State": now}) for of, now in states)
    )


def _queue_add(session: Session, fields: Fields) -> None:
    world = session.asterisk.world
    key = (fields.get("Queue", ""), fields.get("Interface", ""))
    if key[0] not in world.queues:
        _error(session, fields, "Unable to add interface to queue: No such queue")
    elif key in world.members:
        _error(session, fields, "Unable to add interface: Already there")
    else:
        _done(session, fields, "Added interface to queue")
        name = fields.get("MemberName") or key[1]
        added = member(*key, name, paused=fields.get("Paused") in ("1", "true", "yes"), reason=fields.get("Reason", ""))
        session.asterisk.tell(write_event("QueueMemberAdded", "agent", time.time(), added))


def _queue_remove(session: Session, fields: Fields) -> None:
    world = session.asterisk.world
    key = (fields.get("Queue", ""), fields.get("Interface", ""))
    if key[0] not in world.queues:
        _error(session, fields, "Unable to remove interface from queue: No such queue")
    elif key not in world.members:
        _error(session, fields, "Unable to remove interface: Not there")
    else:
        _done(session, fields, "Removed interface from queue")
        session.asterisk.tell(write_event("QueueMemberRemoved", "agent", time.time(), world.members[key]))


def _queue_pause(session: Session, fields: Fields) -> None:
    paused = fields.get("Paused", "").lower() in ("1", "true", "yes")
    found = [each for (_, of), each in session.asterisk.world.members.items() if of == fields.get("Interface")]
    if not found:
        _error(session, fields, "Interface not found")
        return
    _done(session, fields, "Interface paused successfully" if paused else "Interface unpaused successfully")
    for each in found:
        change = each | {"Paused": str(int(paused)), "PausedReason": fields.get("Reason", "") if paused else ""}
        session.asterisk.tell(write_event("QueueMemberPause", "agent", time.time(), change))


def _queue_penalty(session: Session, fields: Fields) -> None:
    key = (fields.get("Queue", ""), fields.get("Interface", ""))
    found = session.asterisk.world.members.get(key)
    if found is None:
        _error(session, fields, "Invalid interface, queuename or penalty")
        return
    _done(session, fields, "Interface penalty set successfully")
    change = found | {"Penalty": fields.get("Penalty", "0")}
    session.asterisk.tell(write_event("QueueMemberPenalty", "agent", time.time(), change))


def _queue_summary(session: Session, fields: Fields) -> None:
    queues = session.asterisk.world.queues
    _list(session, fields, "QueueSummary", (("QueueSummary", {"Queue": queue}) for queue in queues))


def _core_settings(session: Session, fields: Fields) -> None:
    _reply(session, fields, "Success", "AMIversion: 11.0.0", "AsteriskVersion: 22.10.1", "SystemName: lab")


def _change_priority(session: Session, fields: Fields) -> None:
    waiting = session.asterisk.world.waiting.values()
    if any(each["Channel"] == fields.get("Caller") and each["Queue"] == fields.get("Queue") for each in waiting):
        _done(session, fields, "Priority change for caller on queue")
    else:
        _error(session, fields, "Unable to change priority caller on queue: No such caller")


def _hang_up(session: Session, fields: Fields) -> None:
    channel = session.asterisk.world.channel(fields.get("Channel", ""))
    if channel is None:
        _error(session, fields, "No such channel")
        return
    _done(session, fields, "Channel Hungup")
    ended = {key: value for key, value in channel.items() if key not in ("BridgeId", "Application", "ApplicationData")}
    session.asterisk.hang_up(channel["Linkedid"])
    for each in [ended, *_others(session, channel)]:
        more = {"Cause": fields.get("Cause", "16"), "Cause-txt": "Normal Clearing"}
        session.asterisk.tell(write_event("Hangup", "call", time.time(), each | more))


def _others(session: Session, channel: Fields) -> list[Fields]:
    every = list(session.asterisk.world.channels.values())
    return [each for each in every if each["Linkedid"] == channel["Linkedid"] and each is not channel]


def _mute_recording(session: Session, fields: Fields) -> None:
    channel = session.asterisk.world.channel(fields.get("Channel", ""))
    if channel is None:
        _error(session, fields, "No such channel")
        return
    _reply(session, fields, "Success")
    muted = {"Direction": fields.get("Direction", ""), "State": fields.get("State", "")}
    session.asterisk.tell(write_event("MixMonitorMute", "call", time.time(), channel | muted))


def _redirect(session: Session, fields: Fields) -> None:
    """Asked and answered; what the dialplan would make of it is not in a recording."""
    wanted = [fields[key] for key in ("Channel", "ExtraChannel") if key in fields]
    if all(session.asterisk.world.channel(name) is not None for name in wanted):
        _done(session, fields, "Dual Redirect successful" if len(wanted) > 1 else "Redirect successful")
    else:
        _error(session, fields, "Channel does not exist: " + wanted[0])


def _play_digit(session: Session, fields: Fields) -> None:
    if session.asterisk.world.channel(fields.get("Channel", "")) is None:
        _error(session, fields, "Channel not found.")
    else:
        _done(session, fields, "DTMF successfully queued")


def _set_variable(session: Session, fields: Fields) -> None:
    """Only what asks for an event of class call: the state of a custom device."""
    if "Channel" in fields and session.asterisk.world.channel(fields["Channel"]) is None:
        _error(session, fields, "No such channel")
        return
    _done(session, fields, "Variable Set")
    device = fields.get("Variable", "").removeprefix("DEVICE_STATE(").removesuffix(")")
    if device != fields.get("Variable") and session.asterisk.world.devices.get(device) != fields.get("Value"):
        state = {"Device": device, "State": fields.get("Value", "")}
        session.asterisk.tell(write_event("DeviceStateChange", "call", time.time(), state))


def _get_variable(session: Session, fields: Fields) -> None:
    """Only global variables."""
    name = fields.get("Variable", "")
    _reply(session, fields, "Success", f"Variable: {name}", f"Value: {session.asterisk.world.globals.get(name, '')}")


def _phone_password(session: Session, fields: Fields) -> None:
    """What the dialplan does in its context helin-password."""
    endpoint = fields["Channel"].removeprefix("Local/").partition("@")[0]
    variables = dict(each.partition("=")[::2] for each in fields["Variable"].split("\n"))
    session.asterisk.world.credentials[endpoint] = variables["HELIN_CREDENTIAL"]
    session.asterisk.world.globals[f"HELIN_ISSUED_{endpoint}"] = variables["HELIN_ISSUE"]


def _originate(session: Session, fields: Fields) -> None:
    _done(session, fields, "Originate successfully queued")
    if "@helin-password" in fields.get("Channel", ""):
        _phone_password(session, fields)
        return
    result = {"ActionID": fields.get("ActionID", ""), "Response": "Failure", "Channel": fields.get("Channel", "")}
    result |= {"Context": fields.get("Context", ""), "Exten": fields.get("Exten", ""), "Reason": "0"}
    result |= {"Uniqueid": "<unknown>", "CallerIDNum": "<unknown>", "CallerIDName": "<unknown>"}
    session.asterisk.tell(write_event("OriginateResponse", "call", time.time(), result))


def _nothing(session: Session, fields: Fields) -> None:
    """What Helin's account must not be allowed; there is nothing behind it."""
    _done(session, fields, "Done")


def _table(*rows: tuple[str, tuple[str, ...], Act]) -> dict[str, tuple[str, tuple[str, ...], Act]]:
    return {shown.lower(): (shown, classes, act) for shown, classes, act in rows}


_ACTIONS = _table(
    ("Login", (), _log_in),
    ("Logoff", (), _log_off),
    ("Ping", (), _ping),
    ("ListCommands", (), _list_commands),
    ("CoreStatus", _SHOW, _core_status),
    ("CoreShowChannels", _SHOW, _show_channels),
    ("Status", ("system", "call", "reporting"), _status),
    ("QueueStatus", (), _queue_status),
    ("DeviceStateList", ("call", "reporting"), _device_states),
    ("QueueAdd", ("agent",), _queue_add),
    ("QueueRemove", ("agent",), _queue_remove),
    ("QueuePause", ("agent",), _queue_pause),
    ("QueuePenalty", ("agent",), _queue_penalty),
    ("QueueSummary", (), _queue_summary),
    ("CoreSettings", _SHOW, _core_settings),
    ("QueueChangePriorityCaller", (), _change_priority),
    ("Hangup", ("system", "call"), _hang_up),
    ("MixMonitorMute", ("system", "call"), _mute_recording),
    ("Redirect", ("call",), _redirect),
    ("PlayDTMF", ("call",), _play_digit),
    ("Command", ("command",), _nothing),
    ("DBPut", ("system",), _nothing),
    ("UpdateConfig", ("config",), _nothing),
    ("Setvar", ("call",), _set_variable),
    ("Getvar", ("call", "reporting"), _get_variable),
    ("Originate", ("originate",), _originate),
)
