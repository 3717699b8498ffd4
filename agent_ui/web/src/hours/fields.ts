/** What the form of a calendar holds, in the server's words and in people's. Pure. */

import type { CalendarFields, ExceptionDay, Hours } from './api';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

export const FRESH: CalendarFields = {
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  queues: [],
  hours: Object.fromEntries(WEEKDAYS.slice(0, 5).map(day => [day, ['09:00-17:00']])),
  country: '',
  region: '',
  on_holidays: [],
  exceptions: [],
  closing_minutes: 10,
  closed_sound: '',
  holiday_sound: '',
  late_sound: '',
  closed_queue: '',
  overflow_queue: '',
  overflow_after_seconds: 0,
  overflow_when_alone: false,
  emergency_sound: '',
  emergency_then: 'hang_up',
};

/** `9:00–12:00, 13-17` as people write it → what the server reads; what is no time stays as it is, and is refused there. */
export function timesOf(text: string): string[] {
  return text
    .split(/[,;]/)
    .map(each => each.replace(/\s/g, '').replace(/[–—−]/g, '-'))
    .filter(Boolean)
    .map(each => each.split('-').map(clockOf).join('-'));
}

function clockOf(text: string): string {
  const [, hour, minute = '00'] = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(text) ?? [];
  return hour === undefined ? text : `${hour.padStart(2, '0')}:${minute}`;
}

export const shownTimes = (times: string[] | undefined) => (times ?? []).join(', ');

export interface ExceptionRow {
  key: number;
  date: string;
  times: string;
  name: string;
}

export const rowsOf = (days: ExceptionDay[]): ExceptionRow[] =>
  days.map(({ date, hours, name }, key) => ({ key, date, times: shownTimes(hours), name }));

/** Rows without a date do not count. */
export const exceptionsOf = (rows: ExceptionRow[]): ExceptionDay[] =>
  rows
    .filter(row => row.date)
    .map(row => ({ date: row.date, hours: timesOf(row.times), name: row.name.trim() }));

/** `days`: what the fields of the weekdays say, by weekday. */
export function hoursOf(days: Record<string, string>): Hours {
  return Object.fromEntries(
    WEEKDAYS.map(day => [day, timesOf(days[day] ?? '')] as const).filter(([, times]) => times.length > 0),
  );
}

/** Where a stretch stands on its day's bar, in percent. */
export function place(
  start: string,
  end: string,
  dayStart: string,
  dayEnd: string,
): { left: number; width: number } {
  const from = Date.parse(dayStart);
  const whole = Date.parse(dayEnd) - from;
  return {
    left: ((Date.parse(start) - from) / whole) * 100,
    width: ((Date.parse(end) - Date.parse(start)) / whole) * 100,
  };
}
