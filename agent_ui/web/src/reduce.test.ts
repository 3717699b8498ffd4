import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Card, PanelEvent, Snapshot, Written } from './protocol';
import { begin, type Picture, reduce, step } from './reduce';
import { agent, call, card, ME, queue, snapshot, T0 } from './samples';

const at = T0;

describe('reduce', () => {
  it('keeps what the card knew when an event does not say it', () => {
    const contacts = [{ id: '7', name: 'Mari', account: null, tier: 'A', open_tickets: 0 }];
    const before = begin(snapshot({ calls: [card('c1', { contacts, history: [] })] })).picture;
    const after = reduce(before, { type: 'call.answered', seq: 2, at, call: call('c1'), agent: 'agent1' });
    expect(after.calls.c1).toMatchObject({ contacts, history: [] });
  });

  it('takes null as an answer', () => {
    const before = begin(snapshot({ calls: [card('c1', { contacts: [], history: [] })] })).picture;
    const event: PanelEvent = {
      type: 'call.ringing',
      seq: 2,
      at,
      call: call('c1'),
      contacts: null,
      history: null,
    };
    expect(reduce(before, event).calls.c1).toMatchObject({ contacts: null, history: null });
  });

  it('fills the pop in when the look-up comes late', () => {
    const before = begin(snapshot({ calls: [card('c1', { ringing: ['agent1'] })] })).picture;
    const event: PanelEvent = {
      type: 'call.contact',
      seq: 2,
      at,
      call: call('c1'),
      contacts: [],
      history: [],
    };
    expect(reduce(before, event).calls.c1?.contacts).toEqual([]);
  });

  it('knows its own agent among all', () => {
    const before = begin(snapshot({ agents: [agent('agent1'), agent('agent2')] })).picture;
    const mine = reduce(before, {
      type: 'agent.state',
      seq: 2,
      at,
      agent: agent('agent1', { state: 'paused' }),
    });
    const other = reduce(before, {
      type: 'agent.state',
      seq: 2,
      at,
      agent: agent('agent2', { state: 'paused' }),
    });
    expect([mine.agent.state, other.agent.state]).toEqual(['paused', 'ready']);
  });

  it('leaves untouched parts as the same objects', () => {
    const before = begin(snapshot({ calls: [card('c1')] })).picture;
    const after = reduce(before, { type: 'queue.changed', seq: 2, at, queue: queue('sales') });
    expect(after.calls).toBe(before.calls);
    expect(after.agents).toBe(before.agents);
    const message: PanelEvent = { type: 'message', seq: 2, at, from: 'boss', text: 'hello' };
    expect(reduce(before, message)).toBe(before);
  });

  it('passes over words it does not know, and counts them', () => {
    const place = begin(snapshot());
    const strange = { type: 'weather', seq: 2, at } as unknown as PanelEvent;
    const stranger = { type: 'call.weather', seq: 3, at } as unknown as PanelEvent;
    const next = step(place, strange);
    expect(next).toEqual({ seq: 2, picture: place.picture });
    expect(next !== 'gap' && step(next, stranger)).toEqual({ seq: 3, picture: place.picture });
  });

  it.each([0, 1, 3, 99])('calls seq %i after 1 a gap', seq => {
    expect(step(begin(snapshot()), { type: 'message', seq, at, from: 'x', text: '' })).toBe('gap');
  });
});

/** A server in thirty lines: it changes its own maps and says what it changed. */
class Model {
  agents = new Map([[ME.login, agent(ME.login)]]);
  calls = new Map<string, Card>();
  queues = new Map([['support', queue('support')]]);
  waiting = new Map<string, Snapshot['waiting'][number]['calls']>();
  alarms = new Map<string, Snapshot['alarms'][number]>();
  requests = new Map<string, Written>();
  seq = 1;

  snapshot(): Snapshot {
    return snapshot({
      seq: this.seq,
      agent: this.agents.get(ME.login) ?? agent(ME.login),
      agents: [...this.agents.values()],
      calls: [...this.calls.values()],
      queues: [...this.queues.values()],
      waiting: [...this.waiting].map(([name, calls]) => ({ queue: name, calls })),
      alarms: [...this.alarms.values()],
      requests: [...this.requests.values()],
    });
  }

  apply({ kind, key, gone, n }: Op): PanelEvent {
    const seq = ++this.seq;
    if (kind === 'agent') {
      const changed = agent(key, { state: n % 2 ? 'paused' : 'ready', reason: String(n) });
      this.agents.set(key, changed);
      return { type: 'agent.state', seq, at, agent: changed };
    }
    if (kind === 'queue') {
      if (gone) {
        this.queues.delete(key);
        this.waiting.delete(key);
        return { type: 'queue.changed', seq, at, queue: { name: key }, gone };
      }
      this.queues.set(key, queue(key, { waiting: n }));
      return { type: 'queue.changed', seq, at, queue: queue(key, { waiting: n }) };
    }
    if (kind === 'alarm') {
      const alarm = { id: key, level: 'error' as const, text: String(n), since: at };
      if (gone) this.alarms.delete(key);
      else this.alarms.set(key, alarm);
      return { type: 'alarm', seq, at, alarm, gone };
    }
    if (kind === 'request') {
      const request = written(key, n);
      if (gone) this.requests.delete(key);
      else this.requests.set(key, request);
      return { type: 'request.changed', seq, at, request, gone };
    }
    if (kind === 'waiting') {
      const calls = Array.from({ length: n % 4 }, (_, i) => ({
        call: `${key}${i}`,
        position: i + 1,
        number: null,
        name: null,
        tier: null,
        queued_at: at,
        score: n,
        reasons: [],
      }));
      this.waiting.set(key, calls);
      return { type: 'call.waiting', seq, at, queue: key, calls };
    }
    const changed = call(key, { score: n });
    const known = this.calls.get(key);
    if (gone) this.calls.delete(key);
    const tells = kind === 'pop' ? { contacts: n % 3 ? [] : null, history: n % 3 ? [] : null } : {};
    if (!gone) {
      this.calls.set(key, {
        ...changed,
        contacts: known?.contacts ?? null,
        history: known?.history ?? null,
        ...tells,
      });
    }
    return { type: kind === 'pop' ? 'call.contact' : 'call.changed', seq, at, call: changed, gone, ...tells };
  }
}

function written(id: string, n: number): Written {
  const state = n % 2 ? 'offered' : 'taken';
  const of = { kind: 'mail', queue: 'support', agent: ME.login, since: at, title: String(n) } as const;
  return { id, state, due_at: null, until: null, contact: null, tier: null, name: null, ...of };
}

interface Op {
  kind: 'agent' | 'queue' | 'alarm' | 'waiting' | 'call' | 'pop' | 'request';
  key: string;
  gone: boolean;
  n: number;
}

const ops: fc.Arbitrary<Op[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('agent', 'queue', 'alarm', 'waiting', 'call', 'pop', 'request'),
    key: fc.constantFrom('agent1', 'support', 'x', 'constructor', '__proto__'),
    gone: fc.boolean(),
    n: fc.nat(9),
  }),
  { maxLength: 40 },
);

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const each of Object.values(value)) frozen(each);
  }
  return value;
}

it('property: the snapshot and the events make the later snapshot, and change nothing that was', () => {
  fc.assert(
    fc.property(ops, list => {
      const model = new Model();
      let place = frozen(begin(model.snapshot()));
      for (const op of list) {
        const next = step(place, model.apply(op));
        if (next === 'gap') throw new Error('a gap where none was');
        place = frozen(next);
      }
      expect(sorted(place.picture)).toEqual(sorted(begin(model.snapshot()).picture));
    }),
    { numRuns: 200 },
  );
});

it('property: one lost event is always a gap', () => {
  fc.assert(
    fc.property(ops, fc.nat(39), (list, lost) => {
      const model = new Model();
      const start = begin(model.snapshot());
      const events = list.map(op => model.apply(op));
      if (lost >= events.length - 1) return;
      let place = start;
      const seen = events.map((event, index) => {
        if (index === lost) return null;
        const next = step(place, event);
        if (next !== 'gap') place = next;
        return next;
      });
      expect(seen.slice(lost + 1).every(each => each === 'gap')).toBe(true);
    }),
    { numRuns: 100 },
  );
});

function sorted(picture: Picture): unknown {
  const maps = { ...picture } as unknown as Record<string, unknown>;
  for (const name of ['agents', 'calls', 'queues', 'waiting', 'alarms', 'requests']) {
    const map = maps[name] as Record<string, unknown>;
    maps[name] = Object.keys(map)
      .sort()
      .map(key => [key, Object.getOwnPropertyDescriptor(map, key)?.value]);
  }
  return maps;
}
