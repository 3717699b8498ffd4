/** Calls, agents and snapshots to begin from, for tests and for the development page. Not part of the build. */

import type { Agent, Call, Card, Me, Queue, Segment, Snapshot } from './protocol';

export const T0 = '2026-11-24T08:15:00.000000Z';

export function agent(id: string, more: Partial<Agent> = {}): Agent {
  return {
    id,
    state: 'ready',
    leg: 'none',
    reason: null,
    since: T0,
    queues: ['support'],
    call: null,
    reachable: true,
    ...more,
  };
}

export function call(id: string, more: Partial<Call> = {}): Call {
  return {
    id,
    asterisk: 'main',
    direction: 'inbound',
    state: 'active',
    number: '+3725550123',
    name: null,
    did: '6001234',
    queue: 'support',
    started_at: T0,
    queued_at: T0,
    answered_at: null,
    ended_at: null,
    outcome: null,
    ended_by: null,
    estimated: false,
    waiting: true,
    waiting_in: 'support',
    waiting_since: T0,
    waited_seconds: 3.2,
    ringing: [],
    segments: [],
    transfers: 0,
    consult: null,
    conference: false,
    contact: null,
    tier: null,
    score: null,
    reasons: [],
    ...more,
  };
}

export function segment(login: string, more: Partial<Segment> = {}): Segment {
  return {
    agent: login,
    started_at: T0,
    ended_at: null,
    talked_seconds: null,
    held: false,
    held_since: null,
    held_seconds: 0,
    ended_by: null,
    transferred_to: null,
    estimated: false,
    ...more,
  };
}

export function card(id: string, more: Partial<Card> = {}): Card {
  return { ...call(id, more), contacts: null, history: null, ...more };
}

export function queue(name: string, more: Partial<Queue> = {}): Queue {
  return {
    name,
    mode: 'assist',
    target_seconds: 20,
    max_wait_seconds: 300,
    waiting: 0,
    oldest_queued_at: null,
    agents: { ready: 1, busy: 0, wrap_up: 0, paused: 0, offline: 0 },
    ...more,
  };
}

export const ME: Me = {
  login: 'agent1',
  name: 'Agent One',
  role: 'agent',
  extension: '1001',
  can: ['ready', 'pause', 'log_in', 'log_out', 'hang_up', 'note', 'wrap_up', 'snapshot'],
};

export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    type: 'snapshot',
    seq: 1,
    at: T0,
    me: ME,
    in_charge: true,
    agent: agent(ME.login),
    agents: [agent(ME.login)],
    calls: [],
    queues: [queue('support')],
    waiting: [],
    alarms: [],
    ...more,
  };
}
