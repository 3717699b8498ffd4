/** Reports as the server makes them, and as they stand in the page's address. */

import { ask, type EmptyInterval, type Page, query } from '../api';

export interface Measure {
  key: string;
  unit: 'count' | 'seconds' | 'share';
  formula: string;
  source: string;
}

export interface Figure {
  value: number | null;
  counts: Record<string, number>;
  calls_url: string | null;
}

export interface FigureRow {
  keys: Record<string, string>;
  from: string;
  to: string;
  figures: Record<string, Figure>;
}

export interface Report {
  measures: Measure[];
  by: string[];
  each: string | null;
  time_zone: string;
  rows: FigureRow[];
  left_out: string[];
  /** What its queues were counted by, and from when on. */
  rules: CountedBy[];
}

export interface CountedBy {
  queue: string;
  from: string;
  target_seconds: number;
  short_seconds: number;
  empty_interval: EmptyInterval;
}

/** What is asked for; the server's words. Days are the first and the last one, both whole. */
export interface Wish {
  measures: string[];
  by: string[];
  each: string;
  first: string;
  last: string;
  only: Only;
  formula: string;
}

/** The filters. */
export type Only = Partial<Record<(typeof FILTERS)[number], string>>;

/** A report as it was saved; times RFC 3339. */
export interface SavedReport {
  id: string;
  owner: string;
  name: string;
  wish: Chosen;
  shared: boolean;
  every: 'day' | 'week' | 'month' | null;
  at: string;
  time_zone: string;
  recipients: string[];
  next_at: string | null;
  sent_at: string | null;
  trouble: string | null;
}

/** What is saved of a choice: all but its days. */
export interface Chosen {
  measures: string[];
  by: string[];
  each: string | null;
  only: Only;
  formula: string;
}

export type SavedFields = Chosen &
  Pick<SavedReport, 'name' | 'shared' | 'every' | 'at' | 'time_zone' | 'recipients'>;

const SAVED = '/reports/saved';
export const SAVED_KEY = ['saved-reports'];
export const saved = {
  all: () => ask<Page<SavedReport>>('GET', SAVED),
  add: (fields: SavedFields) => ask<SavedReport>('POST', SAVED, fields),
  put: (id: string, fields: SavedFields) => ask<SavedReport>('PUT', `${SAVED}/${id}`, fields),
  remove: (id: string) => ask<void>('DELETE', `${SAVED}/${id}`),
};

export function chosen({ measures, by, each, only, formula }: Wish): Chosen {
  return { measures, by, each: each || null, only, formula };
}

export const zoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The page's address shows a saved report with these. */
export function addressOf(one: SavedReport): Record<string, string | null> {
  const { measures, by, each, only, formula } = one.wish;
  const filters = Object.fromEntries(FILTERS.map(name => [name, only[name] ?? null]));
  return {
    report: 'own',
    saved: one.name,
    measures: measures.join(','),
    by: by.join(','),
    each: each ?? '',
    formula,
    ...filters,
  };
}

export const DIMENSIONS = ['queue', 'agent', 'team', 'tier', 'direction', 'skill', 'reason'] as const;
export const FILTERS = ['queue', 'agent', 'tier', 'direction', 'skill'] as const;
export const FORMULAS = ['offered', 'asterisk', 'asterisk2', 'genesys'] as const;
export const EACHES = ['', 'half_hour', 'hour', 'day', 'week', 'month'] as const;

/** Ready to use; whatever they lack can be added by hand. */
export const READY: Record<string, Pick<Wish, 'measures' | 'by' | 'each'>> = {
  level: {
    measures: ['service_level', 'offered', 'answered', 'abandoned', 'asa', 'longest_wait'],
    by: ['queue'],
    each: 'hour',
  },
  agents: {
    measures: ['talks', 'aht', 'in_talk', 'wrap_up', 'ready', 'paused', 'occupancy'],
    by: ['agent'],
    each: '',
  },
  abandoned: {
    measures: ['offered', 'abandoned', 'abandoned_short', 'abandonment', 'longest_wait'],
    by: ['queue'],
    each: 'day',
  },
  pauses: { measures: ['paused'], by: ['agent', 'reason'], each: '' },
  transfers: { measures: ['talks', 'transfers', 'transfer_share'], by: ['agent'], each: '' },
  repeats: {
    measures: ['offered', 'repeats', 'repeat_share', 'first_contact_resolution'],
    by: ['queue'],
    each: '',
  },
};

/** Of days such as 2026-11-24 by this browser's clock. */
export function bounds(first: string, last: string): { from: string; to: string } | null {
  const day = (text: string, more: number) => {
    const [year = Number.NaN, month = Number.NaN, date = Number.NaN] = text.split('-').map(Number);
    return new Date(year, month - 1, date + more);
  };
  const from = day(first, 0);
  const to = day(last, 1);
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) return null;
  return { from: from.toISOString(), to: to.toISOString() };
}

export function asked(wish: Wish, more: Record<string, string> = {}): string | null {
  const times = bounds(wish.first, wish.last);
  if (!times || wish.measures.length === 0) return null;
  return query({
    measures: wish.measures.join(','),
    by: wish.by.join(','),
    each: wish.each,
    ...wish.only,
    formula: wish.formula,
    ...times,
    time_zone: zoneHere(),
    ...more,
  });
}

export function dayText(day: Date): string {
  const parts = [day.getFullYear(), day.getMonth() + 1, day.getDate()];
  return parts.map(part => String(part).padStart(2, '0')).join('-');
}

/** From the page's address; what it does not say is the ready-made report's. */
export function wishOf(params: URLSearchParams, today: Date): Wish {
  const name = params.get('report') ?? 'level';
  const ready = READY[name] ?? { measures: [], by: [], each: '' };
  const list = (key: string, usual: string[]) => {
    const text = params.get(key);
    return text === null ? usual : text.split(',').filter(Boolean);
  };
  return {
    measures: list('measures', ready.measures),
    by: list('by', ready.by),
    each: params.get('each') ?? ready.each,
    first: params.get('first') ?? dayText(today),
    last: params.get('last') ?? dayText(today),
    only: Object.fromEntries(FILTERS.flatMap(name => (params.get(name) ? [[name, params.get(name)]] : []))),
    formula: params.get('formula') ?? 'offered',
  };
}
