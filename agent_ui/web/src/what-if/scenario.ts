/** What the what-if's form holds and what its answer means. Pure. */

import type { Figures, WhatIfScenario } from '../api';

export const POLICIES = ['rules', 'helin', 'helin:misses', 'fifo', 'app_queue:rrmemory'] as const;
export type Policy = (typeof POLICIES)[number];

export interface ScenarioDraft {
  policy: Policy;
  target: string;
  longest: string;
  agents: string;
}

export const AS_SET: ScenarioDraft = { policy: 'rules', target: '', longest: '', agents: '0' };
export const MOST = 4;

const figure = (text: string) => (text.trim() === '' ? {} : { value: Math.round(Number(text)) });

export function scenarioOf(draft: ScenarioDraft, name: string): WhatIfScenario {
  const target = figure(draft.target).value;
  const longest = figure(draft.longest).value;
  return {
    name,
    policy: draft.policy,
    ...(target === undefined ? {} : { target_seconds: target }),
    ...(longest === undefined ? {} : { max_wait_seconds: longest }),
    agents: Math.round(Number(draft.agents)) || 0,
  };
}

/** Of the calls that were offered, those answered within the target. */
export const inTime = (one: Figures) => one.within_target / Math.max(1, one.offered);
export const gaveUp = (one: Figures) => one.abandoned / Math.max(1, one.offered);

/** Points of a line in a box of this size, one for each part of the day that had calls; a gap where there were none. */
export function pathOf(one: Figures, width: number, height: number): string {
  const parts = one.over_time;
  let pen = 'M';
  return parts
    .map((part, n) => {
      if (part.in_time === null) {
        pen = 'M';
        return '';
      }
      const x = ((n + 0.5) / parts.length) * width;
      const point = `${pen}${x.toFixed(1)} ${(height * (1 - part.in_time)).toFixed(1)}`;
      pen = 'L';
      return point;
    })
    .join('');
}

export function tiersOf(results: Figures[]): string[] {
  return [...new Set(results.flatMap(each => Object.keys(each.tiers)))].sort();
}
