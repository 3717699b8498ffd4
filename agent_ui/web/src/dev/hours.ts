/** Opening hours to look at. */

import type { Calendar, CalendarFields, DayStrip, Kind, Preview, Stretch } from '../hours/api';
import { FRESH } from '../hours/fields';

const DAY = 86_400_000;
const midnight = () => new Date().setHours(0, 0, 0, 0);
const iso = (at: number) => new Date(at).toISOString();

export function calendar(name: string, emergency = false): Calendar {
  return {
    ...FRESH,
    name,
    queues: name === 'shop' ? ['support', 'sales'] : ['billing'],
    country: 'EE',
    exceptions: [
      { date: iso(midnight() + 4.5 * DAY).slice(0, 10), hours: ['09:00-13:00'], name: 'Inventuur' },
    ],
    closed_sound: 'helin/closed',
    overflow_queue: 'reception',
    overflow_after_seconds: 120,
    version: 'v1',
    emergency: emergency
      ? { since: iso(Date.now()), until: iso(Date.now() + 4 * 3_600_000), by: 'chief' }
      : null,
    now: { kind: 'open', name: '', until: iso(midnight() + 17 * 3_600_000), opens_at: iso(Date.now()) },
    warnings: [],
  };
}

export function preview(fields: CalendarFields): Preview {
  return {
    time_zone: fields.time_zone,
    days: Array.from({ length: 14 }, (_, ahead) => day(midnight() + ahead * DAY, ahead)),
    at: iso(Date.now()),
    queue: fields.queues[0] ?? '',
    hears: [
      { kind: 'queue', sound: '', why: '', queue: 'support', seconds: 0, at: null },
      { kind: 'overflow', sound: '', why: '', queue: 'reception', seconds: 120, at: null },
      {
        kind: 'late',
        sound: 'helin/closed',
        why: 'closed',
        queue: '',
        seconds: 0,
        at: iso(midnight() + 17.2 * 3_600_000),
      },
    ],
    warnings: [],
  };
}

function day(start: number, ahead: number): DayStrip {
  const hour = (n: number) => iso(start + n * 3_600_000);
  const kind = ahead === 4 ? 'exception' : ahead === 6 ? 'holiday' : 'weekday';
  const name = kind === 'exception' ? 'Inventuur' : kind === 'holiday' ? 'jõululaupäev' : '';
  const shut: Kind = kind === 'weekday' ? 'closed' : kind;
  const weekend = [0, 6].includes(new Date(start).getDay());
  const part = (from: number, to: number, what: Kind): Stretch => ({
    start: hour(from),
    end: hour(to),
    kind: what,
    name: what === 'open' ? '' : name,
  });
  const closes = kind === 'exception' ? 13 : 17;
  const stretches =
    kind === 'holiday' || (weekend && kind === 'weekday')
      ? [part(0, 24, shut)]
      : [part(0, 9, shut), part(9, closes, 'open'), part(closes, 24, shut)];
  return { date: iso(start + DAY / 2).slice(0, 10), kind, name, stretches };
}
