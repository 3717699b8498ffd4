/** A staffing answer, and the half hours of a day, for pictures and tests. */

import type { Ahead } from '../ahead/api';
import type { HalfHour, StaffingAnswer } from '../api';

export const staffingOf = (): StaffingAnswer => ({
  formula: 'Erlang C',
  work_erlangs: 10.2,
  agents: 14,
  agents_on_the_list: 20,
  around: Array.from({ length: 9 }, (_, n) => ({
    agents: 11 + n,
    in_time: [0, 0.41, 0.66, 0.86, 0.92, 0.96, 0.98, 0.99, 0.997][n] ?? 0,
    waits: [1, 0.68, 0.42, 0.18, 0.11, 0.06, 0.03, 0.01, 0.005][n] ?? 0,
    abandoned: 0,
    wait_seconds: [null, 152, 43, 9.4, 4.1, 1.9, 0.8, 0.4, 0.2][n] ?? null,
    occupancy: Math.min(1, 10.2 / (11 + n)),
  })),
});

const half = (at: string, calls: number, abandoned: number): HalfHour => ({
  at,
  calls,
  answered: calls - abandoned,
  abandoned,
  in_time: calls - 2 * abandoned,
  handle_seconds: 184.2,
  patience_seconds: 60.6,
  target_seconds: 15,
});

export const HALF_HOURS = [
  half('2026-11-24T07:00:00Z', 62, 1),
  half('2026-11-24T08:00:00Z', 100, 9),
  half('2026-11-24T08:30:00Z', 87, 4),
];

const ahead = (queue: string, service_level: number, longest_wait_seconds: number): Ahead => ({
  queue,
  service_level,
  wait_seconds: longest_wait_seconds / 4,
  longest_wait_seconds,
  lost: 3.4 * (1 - service_level),
  offered: 41.5,
  occupancy: 0.86,
  formula: 'Erlang A',
  target_seconds: 20,
  waiting: 3,
  callbacks: 1,
  agents: { free: 2, busy: 7, away: 1, back_seconds: [24, 410], talked_seconds: [312, 190, 45] },
  recent: 44,
  drift: 1.12,
  handle_seconds: 184.2,
  handle_known: true,
  patience_seconds: 95,
  own: 0.7,
});

export const NEXT = () => ({
  at: new Date().toISOString(),
  minutes: 30,
  items: [ahead('support', 0.84, 38), ahead('sales', 0.93, 12), ahead('billing', 0.71, 75)],
});

/** A pause that has a limit costs less. */
export const PRICE = (reason: string) => ({
  agent: 'agent1',
  reason,
  at: new Date().toISOString(),
  items: [
    {
      queue: 'support',
      now: ahead('support', 0.84, 38),
      paused: ahead('support', reason === 'lunch' ? 0.76 : 0.8, 61),
    },
  ],
});
