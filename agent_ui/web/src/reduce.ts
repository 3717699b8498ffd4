/**
 * The live picture: a snapshot, brought forward by numbered events. Pure, so that "the state after these events equals the
 * next snapshot" can be tested with values alone. The steps are those of docs/reference/panel-protocol.md, "The reducer".
 *
 * Every step leaves untouched parts as the very same objects: a component that looks at one of them is not drawn again.
 */

import type {
  Agent,
  Alarm,
  CallEvent,
  CampaignLine,
  Card,
  Help,
  Listening,
  Me,
  PanelEvent,
  Queue,
  Snapshot,
  Waiting,
  Written,
} from './protocol';

export interface Picture {
  me: Me;
  inCharge: boolean;
  agent: Agent;
  agents: Record<string, Agent>;
  calls: Record<string, Card>;
  queues: Record<string, Queue>;
  waiting: Record<string, Waiting[]>;
  requests: Record<string, Written>;
  /** By who listens. */
  listening: Record<string, Listening>;
  /** By who asks. */
  helps: Record<string, Help>;
  alarms: Record<string, Alarm>;
  /** Those that run, of who may see them. */
  campaigns: CampaignLine[];
}

/** The picture and its place in the socket's numbering. */
export interface Place {
  seq: number;
  picture: Picture;
}

export function begin(snapshot: Snapshot): Place {
  return {
    seq: snapshot.seq,
    picture: {
      me: snapshot.me,
      inCharge: snapshot.in_charge,
      agent: snapshot.agent,
      agents: keyed(snapshot.agents, agent => agent.id),
      calls: keyed(snapshot.calls, call => call.id),
      queues: keyed(snapshot.queues, queue => queue.name),
      waiting: Object.fromEntries(snapshot.waiting.map(each => [each.queue, each.calls])),
      requests: keyed(snapshot.requests ?? [], request => request.id),
      listening: keyed(snapshot.listening ?? [], each => each.listener),
      helps: keyed(snapshot.helps ?? [], each => each.agent),
      alarms: keyed(snapshot.alarms, alarm => alarm.id),
      campaigns: snapshot.campaigns ?? [],
    },
  };
}

/** The next place; 'gap' when something between was lost: then nothing may be believed until the next snapshot. */
export function step(place: Place, event: PanelEvent): Place | 'gap' {
  if (event.seq !== place.seq + 1) return 'gap';
  return { seq: event.seq, picture: reduce(place.picture, event) };
}

export function reduce(picture: Picture, event: PanelEvent): Picture {
  switch (event.type) {
    case 'call.waiting':
      return { ...picture, waiting: put(picture.waiting, event.queue, event.calls) };
    case 'agent.state': {
      const agents = put(picture.agents, event.agent.id, event.agent);
      return { ...picture, agents, agent: event.agent.id === picture.me.login ? event.agent : picture.agent };
    }
    case 'queue.changed':
      if (event.gone) {
        const name = event.queue.name;
        return { ...picture, queues: without(picture.queues, name), waiting: without(picture.waiting, name) };
      }
      return { ...picture, queues: put(picture.queues, event.queue.name, event.queue) };
    case 'request.changed': {
      const { request } = event;
      const requests = event.gone
        ? without(picture.requests, request.id)
        : put(picture.requests, request.id, request);
      return { ...picture, requests };
    }
    case 'listen.changed': {
      const { listening: one } = event;
      const listening = event.gone
        ? without(picture.listening, one.listener)
        : put(picture.listening, one.listener, one);
      return { ...picture, listening };
    }
    case 'help.changed': {
      const { help } = event;
      const helps = event.gone ? without(picture.helps, help.agent) : put(picture.helps, help.agent, help);
      return { ...picture, helps };
    }
    case 'alarm':
      return {
        ...picture,
        alarms: event.gone
          ? without(picture.alarms, event.alarm.id)
          : put(picture.alarms, event.alarm.id, event.alarm),
      };
    case 'campaigns.changed':
      return { ...picture, campaigns: event.campaigns };
    case 'message':
      return picture;
    default:
      return isCallEvent(event) ? { ...picture, calls: withCall(picture.calls, event) } : picture;
  }
}

function withCall(calls: Record<string, Card>, event: CallEvent): Record<string, Card> {
  const { call } = event;
  if (event.gone) return without(calls, call.id);
  const known = calls[call.id];
  const from = event.contacts === undefined ? known : event;
  return put(calls, call.id, {
    ...call,
    contacts: event.contacts === undefined ? (known?.contacts ?? null) : event.contacts,
    history: event.history === undefined ? (known?.history ?? null) : event.history,
    ...(from?.campaign && { campaign: from.campaign }),
    ...(from?.lead && { lead: from.lead }),
  });
}

/** A later server may send types that this page does not know: only those of a call's kind that carry a call are taken. */
function isCallEvent(event: { type: string }): event is CallEvent {
  return event.type.startsWith('call.') && 'call' in event;
}

function keyed<T>(list: T[], key: (item: T) => string): Record<string, T> {
  return Object.fromEntries(list.map(item => [key(item), item]));
}

function put<T>(map: Record<string, T>, key: string, value: T): Record<string, T> {
  return { ...map, [key]: value };
}

function without<T>(map: Record<string, T>, key: string): Record<string, T> {
  if (!(key in map)) return map;
  const { [key]: _gone, ...rest } = map;
  return rest;
}
