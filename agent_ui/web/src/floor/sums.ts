/** What the supervisor's page reckons from the picture. Pure. */

import { type OneState as State, stateOf } from '../choices';
import type { Agent, Card } from '../protocol';

const ORDER: State[] = ['ringing', 'talking', 'hold', 'wrap_up', 'ready', 'paused', 'offline'];

export function agentsInOrder(agents: Agent[]): Agent[] {
  return agents.toSorted(
    (a, b) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)) || a.id.localeCompare(b.id),
  );
}

export function countStates(agents: Agent[]): Record<State, number> {
  const counts = Object.fromEntries(ORDER.map(state => [state, 0])) as Record<State, number>;
  for (const agent of agents) counts[stateOf(agent)] += 1;
  return counts;
}

/** What a live call is doing, and with whom. */
export function callState(card: Card): {
  state: 'talking' | 'hold' | 'ringing' | 'waiting' | 'begun';
  agent: string | null;
} {
  const segment = card.segments.findLast(each => each.ended_at === null);
  if (segment) return { state: segment.held ? 'hold' : 'talking', agent: segment.agent };
  if (card.ringing.length > 0) return { state: 'ringing', agent: card.ringing[0] ?? null };
  return { state: card.waiting ? 'waiting' : 'begun', agent: null };
}
