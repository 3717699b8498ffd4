/** The server's words for lost callers and alarms. */

import { ask, type Page } from '../api';

export interface LostCaller {
  /** Of the last try. */
  number: string;
  numbers: string[];
  queue: string;
  tier: string | null;
  contact: string | null;
  name: string | null;
  calls: number;
  since: string;
  last_at: string;
  waited_seconds: number;
  /** A callback that is in flight. */
  request: string | null;
}

export interface LostCallers {
  from: string;
  items: LostCaller[];
  withheld: number;
  cut: boolean;
}

export const lostCallers = (days: number) =>
  ask<LostCallers>(
    'GET',
    `/lost-callers?from=${encodeURIComponent(new Date(Date.now() - days * 86_400_000).toISOString())}`,
  );

export const callBack = (one: LostCaller) =>
  ask<{ id: string; not_before: string | null }>('POST', '/callbacks', {
    number: one.number,
    queue: one.queue,
    since: one.since,
  });

export interface AlarmEntry {
  id: string;
  queue: string;
  measure: string;
  asterisk: string;
  raised_at: string;
  cleared_at: string | null;
  value: number;
  limit: number;
}

/** A count, seconds, or a share from 0 to 1. */
export interface AlarmLimit {
  measure: string;
  limit: number;
  after_seconds: number;
}

export const alarmLog = (cursor: string | null) =>
  ask<Page<AlarmEntry>>('GET', `/alarms${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);

export const limitsOf = (queue: string) =>
  ask<Page<AlarmLimit>>('GET', `/queues/${encodeURIComponent(queue)}/alarms`);

export const putLimits = (queue: string, items: AlarmLimit[]) =>
  ask<Page<AlarmLimit>>('PUT', `/queues/${encodeURIComponent(queue)}/alarms`, { items });
