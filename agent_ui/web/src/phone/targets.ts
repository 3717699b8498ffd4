/** Whom a call may be given to, the likeliest first. Pure. */

import { typedNumber } from '../format';
import type { Colleague, Queue } from '../protocol';

export interface Target {
  kind: 'agent' | 'queue' | 'number';
  /** What the command is given. */
  to: string;
  name: string;
  colleague?: Colleague;
  queue?: Queue;
}

const MOST = 30;
const RANK = { free: 0, busy: 1, away: 2 };
const EXTENSION = /^[0-9*#]{2,15}$/;

/** Colleagues who can take it now come first, then the others, then queues; a number that was typed comes before all. */
export function targetsFor(typed: string, people: Colleague[], queues: Queue[], login: string): Target[] {
  const words = typed.trim().toLowerCase();
  const fits = (...names: string[]) => names.some(each => each.toLowerCase().includes(words));
  const colleagues = people
    .filter(each => each.id !== login && fits(each.id, each.name))
    .sort((a, b) => RANK[a.state] - RANK[b.state] || a.name.localeCompare(b.name))
    .map(colleague => ({ kind: 'agent' as const, to: colleague.id, name: colleague.name, colleague }));
  const lines = queues
    .filter(queue => fits(queue.name))
    .map(queue => ({ kind: 'queue' as const, to: queue.name, name: queue.name, queue }));
  const number = typedNumber(typed) ?? (EXTENSION.test(typed.trim()) ? typed.trim() : null);
  const dialled = number ? [{ kind: 'number' as const, to: number, name: number }] : [];
  return [...dialled, ...colleagues, ...lines].slice(0, MOST);
}
