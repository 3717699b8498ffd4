/** The server's words for lost callers. */

import { ask } from '../api';

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
