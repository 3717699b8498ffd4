/**
 * What a page remembers over its own reload: the call it was talking in, so that it may answer by itself when Asterisk gives that very
 * call back. Nothing else is ever answered by itself but the ring-back of the agent's own click-to-call.
 */

import { type Line, sameCall } from './line';

export interface Talk {
  /** The call's name at Asterisk, or the panel's card, which ends with it. */
  call: string | null;
  number: string;
  /** Milliseconds since 1970 when it was last known to be up. */
  at: number;
}

/** Asterisk keeps a caller 20 s for the phone that was lost, after noticing the loss within 5 s; a page may load slowly. */
export const KEPT = 45_000;

export interface Invitation {
  call: string | null;
  number: string;
}

/** Whether this ring is the call that the page lost. `rings`: ids of the cards that ring at this agent, as the panel's socket says. */
export function isLostCall(talk: Talk | null, ring: Invitation, rings: string[], now: number): boolean {
  if (!talk?.call || now - talk.at > KEPT || now < talk.at - KEPT) return false;
  if (ring.call) return sameCall(talk.call, ring.call) || sameCall(ring.call, talk.call);
  const { call } = talk;
  return ring.number === talk.number && rings.some(id => sameCall(id, call));
}

const KEY = 'helin.talk';

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function remember(shelf: Shelf, login: string, talk: Talk): void {
  shelf.setItem(KEY, JSON.stringify({ login, ...talk }));
}

export function forget(shelf: Shelf): void {
  shelf.removeItem(KEY);
}

/** Null when there is none, it is another person's, or somebody wrote nonsense there. */
export function recall(shelf: Shelf, login: string): Talk | null {
  try {
    const kept: unknown = JSON.parse(shelf.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const { login: whose, call, number, at } = kept as Record<string, unknown>;
    if (whose !== login || typeof number !== 'string' || typeof at !== 'number') return null;
    return { call: typeof call === 'string' ? call : null, number, at };
  } catch {
    return null;
  }
}

export function talkOf(line: Line, now: number): Talk {
  return { call: line.call, number: line.number, at: now };
}
