import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Link, type LinkState, openLink, type Socket, type World } from './link';
import type { PanelEvent } from './protocol';
import type { Place } from './reduce';
import { queue, snapshot, T0 } from './samples';

/** The other end of a socket, in hand. */
class Wire implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let wires: Wire[];
let states: LinkState[];
let places: Place[];
let tickets: (() => Promise<{ ticket: string; url: string } | null>)[];
let link: Link;

const wire = () => wires[wires.length - 1] as Wire;
const event = (seq: number): PanelEvent => ({ type: 'queue.changed', seq, at: T0, queue: queue('q') });

async function live(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  wire().onopen?.();
  wire().say(snapshot());
}

beforeEach(async () => {
  vi.useFakeTimers();
  wires = [];
  states = [];
  places = [];
  tickets = [];
  let ids = 0;
  const world: World = {
    panel: 'panel-0001',
    random: () => 1,
    newId: () => `c${++ids}`,
    ticket: () => (tickets.shift() ?? (async () => ({ ticket: 't', url: 'ws://x/panel' })))(),
    open: () => {
      wires.push(new Wire());
      return wire();
    },
  };
  link = openLink(world, {
    state: state => states.push(state),
    snapshot: place => places.push(place),
    event: place => places.push(place),
  });
  await live();
});

afterEach(() => {
  link.close();
  vi.useRealTimers();
});

describe('opening', () => {
  it('says hello with the ticket first, and is live from the snapshot on', () => {
    expect(wire().sent).toEqual([{ type: 'hello', ticket: 't', panel: 'panel-0001', take_over: false }]);
    expect(states).toEqual(['live']);
    expect(places).toHaveLength(1);
  });

  it('is signed out when no ticket is given', async () => {
    tickets.push(async () => null);
    wire().onclose?.({ code: 4001 });
    await vi.advanceTimersByTimeAsync(400);
    expect(states).toEqual(['live', 'reconnecting', 'signed_out']);
    expect(wires).toHaveLength(1);
  });
});

describe('numbers', () => {
  it('passes events on in order', () => {
    wire().say(event(2));
    wire().say(event(3));
    expect(places.map(place => place.seq)).toEqual([1, 2, 3]);
  });

  it('asks for a snapshot at a gap and believes nothing until it comes', () => {
    wire().say(event(3));
    wire().say(event(4));
    expect(wire().sent.slice(1)).toEqual([{ type: 'snapshot' }]);
    expect(places).toHaveLength(1);
    wire().say(snapshot({ seq: 5 }));
    wire().say(event(6));
    expect(places.map(place => place.seq)).toEqual([1, 5, 6]);
  });

  it('takes an unasked snapshot', () => {
    wire().say(snapshot({ seq: 2 }));
    expect(places.map(place => place.seq)).toEqual([1, 2]);
  });

  it('ignores what is not a message', () => {
    wire().onmessage?.({ data: '{' });
    wire().onmessage?.({ data: 'null' });
    wire().onmessage?.({ data: new ArrayBuffer(1) });
    expect(places).toHaveLength(1);
  });
});

describe('breaking', () => {
  it.each([1006, 1011, 1012, 4008])('reconnects after %i', async code => {
    wire().onclose?.({ code });
    expect(states).toEqual(['live', 'reconnecting']);
    await vi.advanceTimersByTimeAsync(300);
    expect(wires).toHaveLength(2);
    await live();
    expect(states).toEqual(['live', 'reconnecting', 'live']);
  });

  it('backs off to five seconds and begins anew after a success', async () => {
    const away = async () => {
      throw new Error('away');
    };
    tickets.push(away, away, away, away, away, away);
    wire().onclose?.({ code: 1006 });
    for (const wait of [300, 600, 1200, 2400, 4800, 5000]) await vi.advanceTimersByTimeAsync(wait);
    expect(tickets).toHaveLength(0);
    expect(wires).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4999);
    expect(wires).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await live();
    wire().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(300);
    expect(wires).toHaveLength(3);
  });

  it.each([
    [4009, 'taken_over'],
    [4003, 'refused'],
  ])('stays away after %i', async (code, state) => {
    wire().onclose?.({ code });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toEqual(['live', state]);
    expect(wires).toHaveLength(1);
  });

  it('takes over when told to, once', async () => {
    wire().onclose?.({ code: 4009 });
    link.takeOver();
    await live();
    expect(wire().sent[0]).toMatchObject({ take_over: true });
    wire().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(300);
    await live();
    expect(wire().sent[0]).toMatchObject({ take_over: false });
  });

  it('finds out a dead socket by a question after a silence', async () => {
    await vi.advanceTimersByTimeAsync(30_000);
    expect(wire().sent.slice(1)).toEqual([{ type: 'snapshot' }]);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(wire().closed).toBe(true);
    expect(states).toEqual(['live', 'reconnecting']);
    await vi.advanceTimersByTimeAsync(300);
    expect(wires).toHaveLength(2);
  });

  it('does not wait for its timer when nudged', async () => {
    wire().onclose?.({ code: 1006 });
    link.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(wires).toHaveLength(2);
  });
});

describe('commands', () => {
  it('end as the server says', async () => {
    const done = link.command('ready');
    const refused = link.command('pause', { reason: 'lunch' });
    expect(wire().sent.slice(1)).toEqual([
      { type: 'command', id: 'c1', name: 'ready', args: {} },
      { type: 'command', id: 'c2', name: 'pause', args: { reason: 'lunch' } },
    ]);
    wire().say({ type: 'result', id: 'c1', ok: true });
    wire().say({ type: 'result', id: 'c2', ok: false, error: { code: 'not_possible', message: 'No.' } });
    expect(await done).toEqual({ ok: true });
    expect(await refused).toEqual({ ok: false, code: 'not_possible', message: 'No.' });
  });

  it('fail at once without a link', async () => {
    wire().onclose?.({ code: 1006 });
    expect(await link.command('ready')).toMatchObject({ ok: false, code: 'offline' });
  });

  it('are asked again under the same id after a cut', async () => {
    const done = link.command('ready');
    wire().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(300);
    await live();
    expect(wire().sent[1]).toEqual({ type: 'command', id: 'c1', name: 'ready', args: {} });
    wire().say({ type: 'result', id: 'c1', ok: true });
    wire().say({ type: 'result', id: 'c1', ok: false });
    expect(await done).toEqual({ ok: true });
  });

  it('end as unknown when no answer comes', async () => {
    const asked = link.command('ready');
    await vi.advanceTimersByTimeAsync(12_000);
    expect(await asked).toMatchObject({ ok: false, code: 'unknown' });
  });
});
