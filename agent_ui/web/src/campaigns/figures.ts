/** What is reckoned from the server's figures. Pure. */

import type { DialList, Expected, Reason, Result } from './api';

/** Leads that are dialled no more. */
const OVER = ['done', 'skipped'];

const sum = (figures: number[]) => figures.reduce((all, each) => all + each, 0);

export function doneOf(list: Pick<DialList, 'states'>): number {
  return sum(OVER.map(state => list.states[state] ?? 0));
}

/** Of the calls that a person answered, those that met no agent; null while nobody answered. */
export function abandonedShare(result: Pick<Result, 'answered' | 'abandoned'>): number | null {
  return result.answered ? result.abandoned / result.answered : null;
}

export const STAGES = ['dialled', 'answered', 'person', 'talked', 'sale'] as const;
export type Stage = (typeof STAGES)[number];

/** From all that was dialled to what was sold; each stage is a part of the one before. */
export function funnel(result: Result): { stage: Stage; count: number; share: number }[] {
  const counts: Record<Stage, number> = {
    dialled: result.attempts,
    answered: result.answered + (result.outcomes.machine ?? 0),
    person: result.answered,
    talked: result.connected,
    sale: result.sales,
  };
  return STAGES.map(stage => ({
    stage,
    count: counts[stage],
    share: result.attempts ? counts[stage] / result.attempts : 0,
  }));
}

/** The first few leads of a reason. */
export function examplesOf(reason: Reason, leads: Expected[], most = 3): Expected[] {
  return leads.filter(each => each.when === reason.when && each.code === reason.code).slice(0, most);
}

/** Of a proof: its values one below the other, in the order in which it has them; what is empty is left out. */
export function linesOf(proof: Record<string, unknown>): { path: string; value: string }[] {
  const lines: { path: string; value: string }[] = [];
  const walk = (path: string, value: unknown): void => {
    if (value === null || value === undefined || value === '') return;
    const words = Array.isArray(value) && value.every(each => typeof each !== 'object');
    if (words || typeof value !== 'object') {
      const text = words ? value.join(', ') : String(value);
      if (text) lines.push({ path, value: text });
    } else for (const [name, part] of Object.entries(value)) walk(path ? `${path}.${name}` : name, part);
  };
  walk('', proof);
  return lines;
}
