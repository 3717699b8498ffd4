/** What the wall reckons from the picture. Pure. */

import { type OneState, stateOf } from '../choices';
import type { Agent, Alarm, CampaignLine, Counts, Queue, RequestKind } from '../protocol';

export const STATES: OneState[] = ['ready', 'ringing', 'talking', 'hold', 'wrap_up', 'paused', 'offline'];
export const KINDS: RequestKind[] = ['callback', 'mail', 'form', 'ticket'];

/** What somebody wants to see. Empty queues: all of them; states that are hidden. */
export interface Filter {
  queues: string[];
  hidden: OneState[];
}

export const ALL: Filter = { queues: [], hidden: ['offline'] };

export function queuesShown(queues: Record<string, Queue>, filter: Filter): Queue[] {
  const wanted = new Set(filter.queues);
  return Object.values(queues)
    .filter(queue => wanted.size === 0 || wanted.has(queue.name))
    .sort((a, b) => b.waiting - a.waiting || a.name.localeCompare(b.name));
}

/** Those of the queues shown, in states that are not hidden; who is busy longest comes first within a state. */
export function agentsShown(agents: Record<string, Agent>, filter: Filter): Agent[] {
  const queues = new Set(filter.queues);
  const hidden = new Set<OneState>(filter.hidden);
  return Object.values(agents)
    .filter(agent => !hidden.has(stateOf(agent)))
    .filter(agent => queues.size === 0 || agent.queues.some(name => queues.has(name)))
    .sort(byState);
}

function byState(a: Agent, b: Agent): number {
  return (
    STATES.indexOf(stateOf(a)) - STATES.indexOf(stateOf(b)) ||
    (a.since ?? '').localeCompare(b.since ?? '') ||
    a.id.localeCompare(b.id)
  );
}

/** How many are in each state, of the queues shown, hidden states too. */
export function counted(agents: Record<string, Agent>, filter: Filter): Map<OneState, number> {
  const counts = new Map<OneState, number>();
  for (const agent of agentsShown(agents, { ...filter, hidden: [] })) {
    const state = stateOf(agent);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

export interface Sum {
  waiting: number;
  oldest: string | null;
  day: Counts | null;
}

/** All queues shown as one; the level is reckoned from their calls, never from their levels. */
export function sumOf(queues: Queue[]): Sum {
  const oldest = queues.flatMap(queue => queue.oldest_queued_at ?? []).sort()[0] ?? null;
  const days = queues.flatMap(queue => queue.today?.day ?? []);
  const day = days.length > 0 ? days.reduce(together) : null;
  return { waiting: queues.reduce((sum, queue) => sum + queue.waiting, 0), oldest, day };
}

function together(a: Counts, b: Counts): Counts {
  const sum = {
    ...a,
    offered: a.offered + b.offered,
    answered: a.answered + b.answered,
    answered_within: a.answered_within + b.answered_within,
    abandoned: a.abandoned + b.abandoned,
    abandoned_within: a.abandoned_within + b.abandoned_within,
    abandoned_short: a.abandoned_short + b.abandoned_short,
  };
  return { ...sum, service_level: sum.offered > 0 ? sum.answered_within / sum.offered : null };
}

export function alarmsOf(alarms: Record<string, Alarm>, queue: string): Alarm[] {
  return Object.values(alarms).filter(alarm => alarm.queue === queue);
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${Math.round(share * 100)} %`;
}

/** The letters of all queues shown, by kind; kinds of which none waits are left out. */
export function letters(queues: Queue[]): [RequestKind, number][] {
  return KINDS.map(
    kind =>
      [kind, queues.reduce((sum, queue) => sum + (queue.kinds?.[kind] ?? 0), 0)] as [RequestKind, number],
  ).filter(([, count]) => count > 0);
}

/** Those of the queues shown; the nearest to its limit comes first. */
export function campaignsShown(campaigns: CampaignLine[], filter: Filter): CampaignLine[] {
  const wanted = new Set(filter.queues);
  return campaigns
    .filter(each => wanted.size === 0 || wanted.has(each.queue))
    .sort((a, b) => strain(b) - strain(a) || a.name.localeCompare(b.name));
}

/** Of those whom a person answered, as the law counts; null while nobody has. */
export function abandonedShare({ answered, abandoned }: CampaignLine): number | null {
  return answered > 0 ? abandoned / answered : null;
}

/** How much of the limit is used up: above 1 it is passed. */
function strain(line: CampaignLine): number {
  const share = abandonedShare(line) ?? 0;
  return share === 0 ? 0 : line.limit > 0 ? share / line.limit : 2;
}

export function campaignTone(line: CampaignLine): 'danger' | 'paused' | undefined {
  const used = strain(line);
  return used > 1 ? 'danger' : used > 0.8 ? 'paused' : undefined;
}

/** A small share, to a tenth of a percent. */
export function fine(share: number | null): string {
  return share === null ? '–' : `${Math.round(share * 1_000) / 10}\u00a0%`;
}
