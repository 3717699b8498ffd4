"""The panel's reducer in Python: the rules of docs/reference/panel-protocol.md and nothing else."""

from __future__ import annotations

from typing import Any

State = dict[str, Any]
KEYS = {"agents": "id", "calls": "id", "queues": "name", "waiting": "queue", "alarms": "id", "requests": "id"}
KEYS |= {"listening": "listener", "helps": "agent"}


def from_snapshot(snapshot: dict[str, Any]) -> State:
    state = {key: value for key, value in snapshot.items() if key not in ("type", "seq", "at")}
    for name, key in KEYS.items():
        state[name] = {item[key]: item for item in state[name]}
    state["waiting"] = {queue: item["calls"] for queue, item in state["waiting"].items()}
    return state


def reduce(state: State, event: dict[str, Any]) -> State:
    """The state after the event. Changes what it is given."""
    kind = event["type"]
    if kind == "snapshot":
        return from_snapshot(event)
    if kind == "call.waiting":
        state["waiting"][event["queue"]] = event["calls"]
    elif kind.startswith("call."):
        _call(state, event)
    elif kind == "agent.state":
        agent = event["agent"]
        state["agents"][agent["id"]] = agent
        if agent["id"] == state["me"]["login"]:
            state["agent"] = agent
    elif kind == "queue.changed":
        name = event["queue"]["name"]
        if event.get("gone"):
            state["queues"].pop(name, None)
            state["waiting"].pop(name, None)
        else:
            state["queues"][name] = event["queue"]
    elif kind == "request.changed":
        state["requests"].pop(event["request"]["id"], None)
        if not event.get("gone"):
            state["requests"][event["request"]["id"]] = event["request"]
    elif kind == "alarm":
        state["alarms"].pop(event["alarm"]["id"], None)
        if not event.get("gone"):
            state["alarms"][event["alarm"]["id"]] = event["alarm"]
    elif kind == "campaigns.changed":
        state["campaigns"] = event["campaigns"]
    elif kind in ("listen.changed", "help.changed"):
        name, part = ("listening", "listening") if kind == "listen.changed" else ("helps", "help")
        one = event[part]
        state[name].pop(one[KEYS[name]], None)
        if not event.get("gone"):
            state[name][one[KEYS[name]]] = one
    return state


def _call(state: State, event: dict[str, Any]) -> None:
    call = event["call"]
    had = state["calls"].pop(call["id"], {})
    if not event.get("gone"):
        pop = {key: event.get(key, had.get(key)) if key in event or had else None for key in ("contacts", "history")}
        state["calls"][call["id"]] = {**call, **pop}
