/** The server's words for calendars. */

export type Kind = 'open' | 'closed' | 'holiday' | 'exception';
export type Hours = Record<string, string[]>;

export interface ExceptionDay {
  date: string;
  hours: string[];
  name: string;
}

export interface CalendarFields {
  time_zone: string;
  queues: string[];
  hours: Hours;
  country: string;
  region: string;
  on_holidays: string[];
  exceptions: ExceptionDay[];
  closing_minutes: number;
  closed_sound: string;
  holiday_sound: string;
  late_sound: string;
  closed_queue: string;
  overflow_queue: string;
  overflow_after_seconds: number;
  overflow_when_alone: boolean;
  emergency_sound: string;
  emergency_then: 'hang_up' | 'wait';
}

export interface Calendar extends CalendarFields {
  name: string;
  version: string;
  emergency: { since: string; until: string; by: string } | null;
  now: { kind: Kind; name: string; until: string; opens_at: string | null };
  warnings: string[];
}

export interface Stretch {
  start: string;
  end: string;
  kind: Kind;
  name: string;
}

export interface DayStrip {
  date: string;
  kind: 'weekday' | 'holiday' | 'exception';
  name: string;
  stretches: Stretch[];
}

export interface Step {
  kind: 'message' | 'queue' | 'overflow' | 'overflow_alone' | 'late' | 'hang_up';
  sound: string;
  why: string;
  queue: string;
  seconds: number;
  at: string | null;
}

export interface Preview {
  time_zone: string;
  days: DayStrip[];
  at: string;
  queue: string;
  hears: Step[];
  warnings: string[];
}
