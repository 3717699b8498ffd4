/** A queue's forecast as the server tells it, and its days. Pure but for the question. */

import { ask, query } from '../api';

export interface ForecastHalf {
  at: string;
  calls: number;
  low: number;
  high: number;
  agents: number | null;
  open: boolean;
  special: string;
}

export interface Forecast {
  queue: string;
  time_zone: string;
  ready: boolean;
  days_needed: number;
  handle_seconds: number;
  handle_known: boolean;
  patience_seconds: number | null;
  target_seconds: number;
  in_time: number;
  accuracy: {
    weeks: number;
    calls: number;
    wape: number;
    naive_wape: number;
    bias: number;
    inside: number;
  } | null;
  items: ForecastHalf[];
}

export const forecastOf = (queue: string, date: string, time_zone: string) =>
  ask<Forecast>(
    'GET',
    `/queues/${encodeURIComponent(queue)}/forecast${query({ date, time_zone, days: '7' })}`,
  );

export interface ForecastDay {
  /** Like 2026-11-24, by the clock of the forecast's zone. */
  day: string;
  calls: number;
  special: string;
  busiest: ForecastHalf;
  halves: ForecastHalf[];
}

/** Half hours by day of the zone: 46 or 50 of them where its clock changes. */
export function daysOf({ items, time_zone }: Pick<Forecast, 'items' | 'time_zone'>): ForecastDay[] {
  const name = new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone, dateStyle: 'short' });
  const days = new Map<string, ForecastHalf[]>();
  for (const half of items) {
    const day = name.format(new Date(half.at));
    days.set(day, [...(days.get(day) ?? []), half]);
  }
  return [...days].map(([day, halves]) => ({
    day,
    calls: halves.reduce((sum, half) => sum + half.calls, 0),
    special: halves.find(half => half.special)?.special ?? '',
    busiest: halves.reduce((best, half) => (half.calls > best.calls ? half : best)),
    halves,
  }));
}

/** What is worth a line: from the first half hour in which somebody may call to the last one. */
export function busyHalves(halves: ForecastHalf[]): ForecastHalf[] {
  const some = (half: ForecastHalf) => half.calls >= 0.05;
  const first = halves.findIndex(some);
  return first < 0 ? [] : halves.slice(first, halves.findLastIndex(some) + 1);
}
