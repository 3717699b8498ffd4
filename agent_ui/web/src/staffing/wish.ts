/** What the staffing form holds, and what is asked of the server. Pure. */

import type { HalfHour, StaffingWish } from '../api';

/** As typed. `inTime`, `abandoned`, `absent` in percent; `patience` empty: callers never give up; `abandoned` empty: as many as may. */
export interface StaffingDraft {
  calls: string;
  minutes: string;
  handle: string;
  patience: string;
  target: string;
  inTime: string;
  abandoned: string;
  absent: string;
}

export const USUAL: StaffingDraft = {
  calls: '100',
  minutes: '30',
  handle: '240',
  patience: '',
  target: '20',
  inTime: '80',
  abandoned: '',
  absent: '0',
};

const share = (text: string) => Number(text) / 100;
const figure = (seconds: number | null) => (seconds === null ? '' : String(Math.max(1, Math.round(seconds))));

export function wishOf(draft: StaffingDraft): StaffingWish {
  return {
    calls: Number(draft.calls),
    interval_minutes: Math.round(Number(draft.minutes)),
    handle_seconds: Number(draft.handle),
    patience_seconds: draft.patience.trim() ? Number(draft.patience) : null,
    target_seconds: Number(draft.target),
    in_time: share(draft.inTime),
    ...(draft.abandoned.trim() ? { abandoned: share(draft.abandoned) } : {}),
    absent: share(draft.absent),
  };
}

/** The form, filled in from a recorded half hour. What that cannot tell stays as it was. */
export function filledIn(draft: StaffingDraft, half: HalfHour): StaffingDraft {
  return {
    ...draft,
    calls: String(half.calls),
    minutes: '30',
    handle: half.handle_seconds === null ? draft.handle : figure(half.handle_seconds),
    patience: figure(half.patience_seconds),
    target: String(half.target_seconds),
  };
}

export function busiest(halves: HalfHour[]): HalfHour | undefined {
  return halves.reduce<HalfHour | undefined>(
    (best, each) => (best && best.calls >= each.calls ? best : each),
    undefined,
  );
}
