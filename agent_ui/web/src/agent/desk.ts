/** What lies on an agent's desk, worked out from the picture. Pure. */

import type { Card, PanelEvent, Segment } from '../protocol';
import type { Picture } from '../reduce';

export type Phase = 'ringing' | 'talking' | 'hold' | 'ended';

/** What stays on the desk when a call has left the picture. */
export interface Desk {
  /** The call to wrap up: the last one this agent talked in. */
  ended: Card | null;
  /** The last call that rang here and was not answered. */
  missed: { card: Card; at: string } | null;
}

export const emptyDesk: Desk = { ended: null, missed: null };

/** The desk after an event; `before` is the picture that the event changed. */
export function deskAfter(desk: Desk, before: Picture, event: PanelEvent): Desk {
  if (!('call' in event) || typeof event.call !== 'object') return desk;
  const known = before.calls[event.call.id];
  const { login } = before.me;
  if (event.type === 'call.answered' && event.agent === login) return { ...desk, ended: null, missed: null };
  if (!event.gone || !known) return desk;
  const card = {
    ...event.call,
    contacts: known.contacts,
    history: known.history,
    ...(known.campaign && { campaign: known.campaign }),
    ...(known.lead && { lead: known.lead }),
  };
  if (card.segments.some(segment => segment.agent === login)) return { ...desk, ended: card };
  const rang = known.ringing.includes(login);
  return rang && (event.type === 'call.missed' || event.type === 'call.ended')
    ? { ...desk, missed: { card, at: event.at } }
    : desk;
}

export function openSegment(card: Card, login: string): Segment | undefined {
  return card.segments.findLast(segment => segment.agent === login && segment.ended_at === null);
}

/** What the call is to this agent now; null: nothing (a supervisor sees many such). */
export function phaseOf(card: Card, login: string): Phase | null {
  const open = openSegment(card, login);
  if (open) return open.held ? 'hold' : 'talking';
  if (card.state === 'ended') return 'ended';
  return card.ringing.includes(login) ? 'ringing' : null;
}

const RANK: Record<Phase, number> = { talking: 0, hold: 1, ringing: 2, ended: 3 };

/** Whether the queue wants the pop to come with the answer, and that is still to come. */
export function isVeiled(card: Card, phase: Phase, queues: Picture['queues']): boolean {
  return phase === 'ringing' && card.direction === 'inbound' && queues[card.queue ?? '']?.pop_on === 'answer';
}

export interface Own {
  card: Card;
  phase: Phase;
}

/** The agent's own calls, the one to look at first; one whose pop is still to come tells no more than its number. */
export function ownCards(picture: Picture): Own[] {
  return Object.values(picture.calls)
    .flatMap(card => {
      const phase = phaseOf(card, picture.me.login);
      if (!phase) return [];
      const bare = isVeiled(card, phase, picture.queues) && { name: null, contacts: null, history: null };
      return [{ card: bare ? { ...card, ...bare } : card, phase }];
    })
    .sort((a, b) => RANK[a.phase] - RANK[b.phase] || a.card.started_at.localeCompare(b.card.started_at));
}

/** How long the caller waited before this agent: final once they left the queue, else from when they came into it. */
export function waitingSince(card: Card): string | null {
  return card.waiting ? (card.waiting_since ?? card.queued_at) : null;
}

/** What someone is called when nothing else is known: the name that the caller's network claims, the number, or nothing. */
export function claimedName(card: { name: string | null; number: string | null }): string | null {
  const name = card.name?.trim();
  return name && name !== card.number ? name : null;
}
