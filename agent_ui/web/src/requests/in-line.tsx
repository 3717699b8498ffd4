/** Written requests in the list of those who wait, beside the callers. */

import { Mail, PhoneOutgoing, StickyNote, TextCursorInput } from 'lucide-react';
import { secondsSince, useSecond } from '../clock';
import { plain } from '../format';
import { useT, useWord } from '../i18n';
import type { Queue, RequestKind, Waiting, Written } from '../protocol';
import type { Picture } from '../reduce';
import s from './requests.module.css';

const ICONS = { mail: Mail, form: TextCursorInput, callback: PhoneOutgoing, ticket: StickyNote };

/** What a request is about; a callback says how long its customer stands in line. */
export function useTitle(): (request: Written) => string {
  const t = useT();
  const second = useSecond();
  return request =>
    request.kind === 'callback'
      ? t('callback.in_line', { minutes: Math.floor(secondsSince(request.since, second) / 60) })
      : plain(request.title);
}

export function KindIcon({ kind, size = 14 }: { kind: RequestKind; size?: number }) {
  const word = useWord();
  const Icon = ICONS[kind] ?? Mail;
  return (
    <>
      <Icon size={size} aria-hidden="true" />
      <span className="for-ears">{word('request', kind)}</span>
    </>
  );
}

/** All that wait in this queue: callers and written requests. */
export function inLine(queue: Queue): number {
  return queue.waiting + (queue.written ?? 0);
}

/** What it is about; nothing for a caller. */
export function WaitingTitle({ of }: { of: Waiting }) {
  if (!of.request || !of.kind || of.kind === 'call') return null;
  return (
    <small className={s.title}>
      <KindIcon kind={of.kind} />
      <bdi>{plain(of.title ?? '')}</bdi>
    </small>
  );
}

/** Seconds from which a wait is long: the queue's for a caller, what was promised for the others. */
export function limitsOf(of: Waiting, queue: Queue): { target: number; longest: number } {
  const limits = { target: queue.target_seconds, longest: queue.max_wait_seconds };
  if (!of.due_at) return limits;
  const promised = (Date.parse(of.due_at) - Date.parse(of.queued_at)) / 1000;
  return { target: promised / 2, longest: promised };
}

export function idOf(of: Waiting): string {
  return of.call ?? `request ${of.request}`;
}

export function isOffered(picture: Picture): boolean {
  return Object.values(picture.requests).some(
    each => each.state === 'offered' && each.agent === picture.me.login,
  );
}

/** This person's own, offers first, then in the order of coming. */
export function ownRequests(picture: Picture): Written[] {
  const rank = { offered: 0, taken: 1, parked: 2 } as Record<string, number>;
  return Object.values(picture.requests)
    .filter(each => each.agent === picture.me.login && each.state in rank)
    .sort((a, b) => (rank[a.state] ?? 9) - (rank[b.state] ?? 9) || a.since.localeCompare(b.since));
}
