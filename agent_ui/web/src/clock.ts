/**
 * Time as the server tells it. An agent's computer may be minutes off; waits and talks are reckoned from the server's stamps,
 * so they are compared with the server's clock: this one's, put right by what the last stamp showed.
 */

import { useSyncExternalStore } from 'react';

let offset = 0;

/** Sets the clock by a stamp that the server has just sent. The way here makes it late by milliseconds, which nobody sees. */
export function setClock(serverStamp: string, here: number = Date.now()): void {
  const told = Date.parse(serverStamp);
  if (Number.isFinite(told)) offset = told - here;
}

export function now(): number {
  return Date.now() + offset;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The whole second that it is now; whoever uses it is drawn again each second, all on the same beat. */
export function useSecond(): number {
  return useSyncExternalStore(listen, () => Math.floor(now() / 1000));
}

/** Whole seconds from `since` until now; never below zero. */
export function secondsSince(since: string, second: number): number {
  return Math.max(0, second - Math.floor(Date.parse(since) / 1000));
}
