/** Reports of an invented day: as the server says them, of whatever measures and dimensions are asked for. */

import type { FigureRow, Measure, Report, SavedReport } from '../reports/api';

const UNITS: Record<string, Measure['unit']> = {
  offered: 'count',
  answered: 'count',
  abandoned: 'count',
  abandoned_short: 'count',
  talks: 'count',
  transfers: 'count',
  repeats: 'count',
  service_level: 'share',
  abandonment: 'share',
  occupancy: 'share',
  adherence: 'share',
  transfer_share: 'share',
  repeat_share: 'share',
  first_contact_resolution: 'share',
  asa: 'seconds',
  longest_wait: 'seconds',
  aht: 'seconds',
  in_talk: 'seconds',
  wrap_up: 'seconds',
  ready: 'seconds',
  paused: 'seconds',
};
const WHO: Record<string, string[]> = {
  queue: ['support', 'sales'],
  agent: ['agent1', 'agent2', 'agent3'],
  reason: ['lunch', 'break'],
};
const HOUR = 3_600_000;

const measure = (key: string): Measure => ({
  key,
  unit: UNITS[key] ?? 'count',
  formula: key === 'service_level' ? 'answered within the target ÷ offered' : key.replaceAll('_', ' '),
  source: 'calls',
});

export const MEASURES = () => Object.keys(UNITS).map(measure);

/** No two figures alike, and the same ones each time. */
function value(unit: Measure['unit'], n: number): number | null {
  const wave = (Math.sin(n * 1.7) + 1) / 2;
  if (n % 17 === 16) return null;
  if (unit === 'share') return 0.68 + 0.3 * wave;
  return Math.round(unit === 'count' ? 4 + 40 * wave : 12 + 400 * wave);
}

function row(wish: Measure[], keys: Record<string, string>, from: number, to: number, n: number): FigureRow {
  const figures = Object.fromEntries(
    wish.map((each, m) => [
      each.key,
      { value: value(each.unit, n + 5 * m), counts: {}, calls_url: '/api/v1/calls?direction=inbound' },
    ]),
  );
  return { keys, from: new Date(from).toISOString(), to: new Date(to).toISOString(), figures };
}

const saved = (id: string, more: Partial<SavedReport> & { name: string }): SavedReport => ({
  id,
  owner: 'boss',
  wish: { measures: ['service_level', 'offered'], by: ['queue'], each: 'day', only: {}, formula: 'offered' },
  shared: false,
  every: null,
  at: '07:00',
  time_zone: 'Europe/Tallinn',
  recipients: [],
  next_at: null,
  sent_at: null,
  trouble: null,
  ...more,
});

export const SAVED: SavedReport[] = [
  saved('1', {
    name: 'Juhatuse nädal',
    shared: true,
    every: 'week',
    recipients: ['juhatus@pood.example'],
    next_at: new Date(Date.now() + 60 * HOUR).toISOString(),
    sent_at: new Date(Date.now() - 108 * HOUR).toISOString(),
  }),
  saved('2', { name: 'Утренний отчёт', owner: 'admin', shared: true }),
  saved('3', {
    name: 'Support, hour by hour, for those who ask every single morning how many gave up yesterday',
    every: 'day',
    at: '06:30',
    recipients: ['boss@shop.example'],
    next_at: new Date(Date.now() - HOUR).toISOString(),
    trouble: '127.0.0.1:25 cannot be reached',
  }),
];

export function reportOf(query: URLSearchParams): Report {
  const wish = (query.get('measures') ?? '').split(',').map(measure);
  const by = (query.get('by') ?? '').split(',').filter(Boolean);
  const each = query.get('each') || null;
  const begin = new Date(query.get('from') ?? '').getTime();
  const hours = each ? [8, 9, 10, 11, 12, 13, 14, 15] : [0];
  const groups = by.reduce<Record<string, string>[]>(
    (all, name) => all.flatMap(keys => (WHO[name] ?? ['–']).map(who => ({ ...keys, [name]: who }))),
    [{}],
  );
  const rows = groups.flatMap((keys, g) =>
    hours.map((hour, h) =>
      row(wish, keys, begin + hour * HOUR, begin + (each ? hour + 1 : 24) * HOUR, g * 9 + h),
    ),
  );
  return {
    measures: wish,
    by,
    each,
    time_zone: 'Europe/Tallinn',
    rows,
    left_out: ['2 calls last still and are not counted.'],
    rules: ['support', 'sales'].map(queue => ({
      queue,
      from: new Date(begin).toISOString(),
      target_seconds: 20,
      short_seconds: 5,
      empty_interval: queue === 'sales' ? 'left_out' : 'none',
    })),
  };
}
