/** A staffing answer, and the half hours of a day, for pictures and tests. */

import type { Ahead } from '../ahead/api';
import type { HalfHour, StaffingAnswer } from '../api';
import type { Forecast, ForecastHalf } from '../staffing/forecast-api';
import type { Shift } from '../staffing/shifts-api';

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
  items: [ahead('support', 0.84, 38), ahead('sales', 0.93, 12), ahead('arved', 0.71, 75)],
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

const WEEKDAYS = [0.3, 1.3, 1.1, 1, 0.95, 0.9, 0.45];

function foretold(at: Date): ForecastHalf {
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
  const open = hour >= 7 && hour < 18;
  const closed = at.getUTCDay() === 4;
  const hump = Math.exp(-(((hour - 10) / 2.2) ** 2)) + 0.7 * Math.exp(-(((hour - 14.5) / 2.6) ** 2));
  const calls = open && !closed ? Math.round(30 * hump * (WEEKDAYS[at.getUTCDay()] ?? 1) * 100) / 100 : 0;
  const wide = 1.7 * Math.sqrt(calls + (0.12 * calls) ** 2);
  return {
    at: at.toISOString(),
    calls,
    low: Math.max(0, Math.floor(calls - wide)),
    high: Math.ceil(calls + wide),
    agents: calls ? Math.ceil(calls / 8 + 1.3) : 0,
    open: open && !closed,
    special: closed ? 'Võidupüha' : '',
  };
}

/** A week from this day, or a queue that is too new. */
export const FORECAST = (date: string, isNew = false): Forecast => ({
  queue: 'support',
  time_zone: 'UTC',
  ready: !isNew,
  days_needed: 14,
  handle_seconds: 184,
  handle_known: true,
  patience_seconds: 95,
  target_seconds: 20,
  in_time: 0.8,
  accuracy: isNew
    ? null
    : { weeks: 4, calls: 6210, wape: 0.183, naive_wape: 0.262, bias: -0.011, inside: 0.908 },
  items: isNew
    ? []
    : Array.from({ length: 7 * 48 }, (_, n) =>
        foretold(new Date(Date.parse(`${date}T00:00:00Z`) + n * 1_800_000)),
      ),
});

export const SHIFTS_TAKEN = {
  rows: 3,
  added: 1,
  same: 1,
  refused: 1,
  told: [{ line: 4, why: "There is no user 'mari'." }],
};

const shift = (id: string, agent: string, hours: [number, number], kind: Shift['kind'] = 'work'): Shift => {
  const at = (hour: number) => new Date(new Date().setHours(hour, 0, 0, 0) + 86_400_000).toISOString();
  return { id, agent, begins_at: at(hours[0]), ends_at: at(hours[1]), kind };
};

export const SHIFTS = () => [
  shift('1', 'agent1', [9, 17]),
  shift('2', 'agent1', [12, 13], 'break'),
  shift('3', 'agent2', [13, 21]),
];
