/** Whom a call may be given to, the likeliest first. Pure. */

import { typedNumber } from '../format';
import type { Agent, Queue } from '../protocol';

export interface Target {
  kind: 'agent' | 'queue' | 'number';
  /** What the command is given. */
  to: string;
  name: string;
  agent?: Agent & { name?: string };
  queue?: Queue;
}

const MOST = 30;
const EXTENSION = /^[0-9*#]{2,15}$/;

/** Colleagues who can take it now come first, then the others, then queues; a number that was typed comes before all. */
export function targetsFor(
  typed: string,
  agents: (Agent & { name?: string })[],
  queues: Queue[],
  login: string,
): Target[] {
  const words = typed.trim().toLowerCase();
  const fits = (...names: (string | undefined)[]) => names.some(each => each?.toLowerCase().includes(words));
  const colleagues = agents
    .filter(agent => agent.id !== login && agent.state !== 'offline' && fits(agent.id, agent.name))
    .sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id))
    .map(agent => ({ kind: 'agent' as const, to: agent.id, name: agent.name ?? agent.id, agent }));
  const lines = queues
    .filter(queue => fits(queue.name))
    .map(queue => ({ kind: 'queue' as const, to: queue.name, name: queue.name, queue }));
  const number = typedNumber(typed) ?? (EXTENSION.test(typed.trim()) ? typed.trim() : null);
  const dialled = number ? [{ kind: 'number' as const, to: number, name: number }] : [];
  return [...dialled, ...colleagues, ...lines].slice(0, MOST);
}

function rank({ state, leg, reachable }: Agent): number {
  if (!reachable) return 4;
  if (leg !== 'none') return 3;
  return state === 'ready' ? 0 : state === 'wrap_up' ? 1 : 2;
}
