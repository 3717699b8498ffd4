/** A staffing answer, and the half hours of a day, for pictures and tests. */

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
