/**
 * The panel's end of the socket: ticket, hello, snapshot, numbered events, commands; and what to do when it breaks.
 *
 * It keeps four promises. The last picture stays on the screen while it is away. A hole in the numbering is never papered over: events
 * are ignored until a fresh snapshot. A command is sent at most twice and always under the same id, which the server
 * carries out at most once; it ends as done, refused or "nobody knows". And a socket that only looks alive is found out by asking
 * for a snapshot after a silence.
 */

import { CLOSE, type CommandResult, type PanelEvent, type ServerMessage, type Snapshot } from './protocol';
import { begin, type Place, step } from './reduce';

export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'taken_over' | 'refused' | 'signed_out';

export type Outcome = { ok: true } | { ok: false; code: string; message: string };

export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface World {
  /** A fresh ticket; null: not signed in any more. Throws when the server cannot be reached. */
  ticket(): Promise<{ ticket: string; url: string } | null>;
  open(url: string): Socket;
  /** The id that this tab keeps while it lives. */
  panel: string;
  newId(): string;
  random(): number;
}

export interface Ear {
  state(state: LinkState): void;
  snapshot(place: Place, snapshot: Snapshot): void;
  event(place: Place, event: PanelEvent): void;
}

export interface Link {
  command(name: string, args?: Record<string, string>): Promise<Outcome>;
  /** Take the charge over from another panel, or come back after it was taken. */
  takeOver(): void;
  /** The network or the page is back: do not wait for the timer. */
  nudge(): void;
  close(): void;
}

const FIRST_WAIT = 300;
const LONGEST_WAIT = 5_000;
const SNAPSHOT_WITHIN = 8_000;
const SILENCE = 30_000;
const COMMAND_WITHIN = 12_000;

interface Pending {
  text: string;
  resolve(outcome: Outcome): void;
  timer: ReturnType<typeof setTimeout>;
}

export function openLink(world: World, ear: Ear): Link {
  const pending = new Map<string, Pending>();
  let state: LinkState = 'connecting';
  let socket: Socket | null = null;
  let place: Place | null = null;
  let attempt = 0;
  let take = false;
  let round = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;

  function become(next: LinkState): void {
    if (next === state) return;
    state = next;
    ear.state(next);
  }

  async function connect(): Promise<void> {
    round += 1;
    const mine = round;
    clearTimeout(retry);
    retry = undefined;
    try {
      const given = await world.ticket();
      if (mine !== round) return;
      if (given) meet(world.open(given.url), given.ticket, mine);
      else stop('signed_out');
    } catch {
      if (mine === round) later();
    }
  }

  function meet(next: Socket, ticket: string, mine: number): void {
    socket = next;
    place = null;
    expectSnapshot();
    next.onopen = () => {
      next.send(JSON.stringify({ type: 'hello', ticket, panel: world.panel, take_over: take }));
    };
    next.onmessage = ({ data }) => {
      if (mine === round && typeof data === 'string') hear(data);
    };
    next.onclose = ({ code }) => {
      if (mine === round) closed(code);
    };
  }

  function hear(text: string): void {
    const message = parse(text);
    if (!message) return;
    if (message.type === 'result') settle(message);
    else if (message.type === 'snapshot') renew(message);
    else if (place !== null) advance(place, message);
  }

  function advance(from: Place, event: PanelEvent): void {
    const next = step(from, event);
    if (next === 'gap') {
      place = null;
      ask();
      return;
    }
    place = next;
    expectLife();
    ear.event(next, event);
  }

  function renew(snapshot: Snapshot): void {
    place = begin(snapshot);
    attempt = 0;
    take = false;
    expectLife();
    const back = state !== 'live';
    ear.snapshot(place, snapshot);
    become('live');
    if (back) for (const each of pending.values()) socket?.send(each.text);
  }

  function ask(): void {
    expectSnapshot();
    socket?.send('{"type":"snapshot"}');
  }

  function expectSnapshot(): void {
    clearTimeout(watch);
    watch = setTimeout(() => drop(), SNAPSHOT_WITHIN);
  }

  function expectLife(): void {
    clearTimeout(watch);
    watch = setTimeout(() => ask(), SILENCE);
  }

  /** Leaves a socket that does not answer without waiting for its goodbye. */
  function drop(): void {
    const left = socket;
    round += 1;
    socket = null;
    left?.close();
    later();
  }

  function closed(code: number): void {
    socket = null;
    place = null;
    clearTimeout(watch);
    if (code === CLOSE.takenOver) stop('taken_over');
    else if (code === CLOSE.notAllowed) stop('refused');
    else later();
  }

  function later(): void {
    clearTimeout(watch);
    clearTimeout(retry);
    if (state !== 'connecting' || attempt > 0) become('reconnecting');
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.5 + world.random() / 2);
    attempt += 1;
    retry = setTimeout(() => void connect(), wait);
  }

  function stop(why: LinkState): void {
    clearTimeout(watch);
    clearTimeout(retry);
    become(why);
    for (const id of [...pending.keys()]) forget(id, 'unknown');
  }

  function settle(result: CommandResult): void {
    const asked = pending.get(result.id);
    if (!asked) return;
    clearTimeout(asked.timer);
    pending.delete(result.id);
    asked.resolve(
      result.ok
        ? { ok: true }
        : { ok: false, code: result.error?.code ?? 'failed', message: result.error?.message ?? '' },
    );
  }

  function forget(id: string, code: string): void {
    settle({ type: 'result', id, ok: false, error: { code, message: '' } });
  }

  void connect();

  return {
    command(name, args = {}) {
      if (state !== 'live' || !socket) return Promise.resolve({ ok: false, code: 'offline', message: '' });
      const id = world.newId();
      const text = JSON.stringify({ type: 'command', id, name, args });
      const sent = socket;
      return new Promise(resolve => {
        const timer = setTimeout(() => forget(id, 'unknown'), COMMAND_WITHIN);
        pending.set(id, { text, resolve, timer });
        sent.send(text);
      });
    },
    takeOver() {
      take = true;
      const left = socket;
      socket = null;
      become('reconnecting');
      void connect();
      left?.close();
    },
    nudge() {
      if (retry !== undefined) void connect();
      else if (state === 'live') ask();
    },
    close() {
      round += 1;
      stop('signed_out');
      socket?.close();
      socket = null;
    },
  };
}

function parse(text: string): ServerMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null && 'type' in message
      ? (message as ServerMessage)
      : null;
  } catch {
    return null;
  }
}
