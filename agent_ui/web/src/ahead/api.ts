/** What the server expects of the next half hour. */

import { ask, type Page, query } from '../api';

export interface Ahead {
  queue: string;
  service_level: number | null;
  wait_seconds: number | null;
  longest_wait_seconds: number | null;
  lost: number | null;
  offered: number | null;
  occupancy: number | null;
  formula: 'Erlang A' | 'Erlang C';
  target_seconds: number;
  waiting: number;
  callbacks: number;
  agents: { free: number; busy: number; away: number; back_seconds: number[]; talked_seconds: number[] };
  recent: number | null;
  /** How much busier than the forecast it is; null: there is none. */
  drift: number | null;
  handle_seconds: number;
  handle_known: boolean;
  patience_seconds: number | null;
  /** The share of its agents' line that is this queue's. */
  own: number;
}

export interface Cost {
  queue: string;
  now: Ahead;
  paused: Ahead;
}

export const nextHalfHour = () => ask<{ at: string; items: Ahead[] }>('GET', '/next-half-hour');

/** Without `agent`: of an own pause. */
export const pausePrice = (agent: string | null, reason: string) =>
  ask<Pick<Page<Cost>, 'items'>>(
    'GET',
    `/${agent ? `agents/${encodeURIComponent(agent)}` : 'me'}/pause-price${query({ reason })}`,
  );
