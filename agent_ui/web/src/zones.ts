/** Wall clocks elsewhere. Pure. A wall time is `YYYY-MM-DDTHH:MM`, as an input of type datetime-local has it, and means nothing without its zone. */

/** Countries that keep one time, by calling code. Where a country has several, the number alone does not tell. */
const BY_CODE: Record<string, string> = {
  '20': 'Africa/Cairo',
  '27': 'Africa/Johannesburg',
  '30': 'Europe/Athens',
  '31': 'Europe/Amsterdam',
  '32': 'Europe/Brussels',
  '33': 'Europe/Paris',
  '36': 'Europe/Budapest',
  '39': 'Europe/Rome',
  '40': 'Europe/Bucharest',
  '41': 'Europe/Zurich',
  '43': 'Europe/Vienna',
  '44': 'Europe/London',
  '45': 'Europe/Copenhagen',
  '46': 'Europe/Stockholm',
  '47': 'Europe/Oslo',
  '48': 'Europe/Warsaw',
  '49': 'Europe/Berlin',
  '65': 'Asia/Singapore',
  '81': 'Asia/Tokyo',
  '82': 'Asia/Seoul',
  '86': 'Asia/Shanghai',
  '90': 'Europe/Istanbul',
  '91': 'Asia/Kolkata',
  '352': 'Europe/Luxembourg',
  '353': 'Europe/Dublin',
  '354': 'Atlantic/Reykjavik',
  '356': 'Europe/Malta',
  '357': 'Asia/Nicosia',
  '358': 'Europe/Helsinki',
  '359': 'Europe/Sofia',
  '370': 'Europe/Vilnius',
  '371': 'Europe/Riga',
  '372': 'Europe/Tallinn',
  '373': 'Europe/Chisinau',
  '374': 'Asia/Yerevan',
  '375': 'Europe/Minsk',
  '380': 'Europe/Kyiv',
  '381': 'Europe/Belgrade',
  '385': 'Europe/Zagreb',
  '386': 'Europe/Ljubljana',
  '420': 'Europe/Prague',
  '421': 'Europe/Bratislava',
  '852': 'Asia/Hong_Kong',
  '971': 'Asia/Dubai',
  '972': 'Asia/Jerusalem',
  '994': 'Asia/Baku',
  '995': 'Asia/Tbilisi',
};

export function zoneOfNumber(number: string | null): string | null {
  const digits = /^\+(\d{7,15})$/.exec(number ?? '')?.[1] ?? '';
  return BY_CODE[digits.slice(0, 3)] ?? BY_CODE[digits.slice(0, 2)] ?? null;
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function isZone(name: string | null | undefined): name is string {
  if (!name) return false;
  try {
    return !!Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
}

/** What a clock on the wall in `zone` shows at `instant` (milliseconds). */
export function wallTime(instant: number, zone: string): string {
  const parts = Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(instant).replace(' ', 'T');
}

/** When the clock in `zone` shows `wall`, in milliseconds; NaN for what is no time. An hour that the spring leaves out becomes the one after it. */
export function instantOf(wall: string, zone: string): number {
  const plain = Date.parse(`${wall}Z`);
  if (Number.isNaN(plain)) return Number.NaN;
  const offset = (at: number) => Date.parse(`${wallTime(at, zone)}Z`) - Math.floor(at / 60_000) * 60_000;
  const first = plain - offset(plain);
  const second = plain - offset(first);
  return offset(second) === offset(first) ? second : Math.max(first, second);
}

/** A day later (or `days`) at `hour` o'clock, where the wall is. */
export function dayAt(now: number, zone: string, days: number, hour: number): string {
  const day = wallTime(now + days * 86_400_000, zone).slice(0, 10);
  return `${day}T${String(hour).padStart(2, '0')}:00`;
}

/** `America/New_York` → `New York`. */
export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}
