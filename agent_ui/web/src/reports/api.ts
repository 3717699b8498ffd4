/** Reports as the server makes them, and as they stand in the page's address. */

import { type EmptyInterval, query } from '../api';

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
  queue: string;
}

export const DIMENSIONS = ['queue', 'agent', 'tier', 'direction', 'skill', 'reason'] as const;
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
    queue: wish.queue,
    ...times,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
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
    queue: params.get('queue') ?? '',
  };
}
