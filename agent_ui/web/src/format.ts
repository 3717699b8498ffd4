/** How numbers, durations and names are written. Pure. */

const TWO_DIGIT_CODES = new Set(
  (
    '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 ' +
    '81 82 84 86 90 91 92 93 94 95 98'
  ).split(' '),
);

/**
 * An E.164 number in groups that can be read aloud; anything else as it is. A page that only shows numbers needs no 30 kB of
 * numbering plans: Estonia's, Russia's and North America's customs are kept, others get groups of three and a last one of four.
 */
export function formatNumber(number: string): string {
  const digits = /^\+(\d{7,15})$/.exec(number)?.[1];
  if (!digits) return number;
  const code = callingCode(digits);
  return `+${code} ${groups(code, digits.slice(code.length))}`.replaceAll(' ', '\u00a0');
}

function callingCode(digits: string): string {
  if (digits.startsWith('1') || digits.startsWith('7')) return digits.slice(0, 1);
  return TWO_DIGIT_CODES.has(digits.slice(0, 2)) ? digits.slice(0, 2) : digits.slice(0, 3);
}

function groups(code: string, rest: string): string {
  if (code === '7' && rest.length === 10)
    return rest.replace(/(\d{3})(\d{3})(\d{2})(\d{2})/, '$1 $2\u2011$3\u2011$4');
  if (code === '1' && rest.length === 10) return rest.replace(/(\d{3})(\d{3})(\d{4})/, '$1 $2 $3');
  if (code === '372' && rest.length === 8) return rest.replace(/(\d{4})(\d{4})/, '$1 $2');
  if (rest.length % 3 === 1) return `${threes(rest.slice(0, -4))} ${rest.slice(-4)}`.trim();
  return threes(rest);
}

/** Groups of three from the right. */
function threes(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** `3:07`, and `1:02:07` from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const tail = `${String(Math.floor(whole / 60) % 60).padStart(whole >= 3600 ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`;
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${tail}` : tail;
}

const segmenter = new Intl.Segmenter();

/** The first `most` letters as people count them; whether anything was cut. */
export function clip(text: string, most: number): { shown: string; cut: boolean } {
  if (text.length <= most) return { shown: text, cut: false };
  const part = text.slice(0, most * 16);
  let end = 0;
  let count = 0;
  for (const { index, segment } of segmenter.segment(part)) {
    if (count === most) break;
    end = index + segment.length;
    count += 1;
  }
  return { shown: text.slice(0, end).trimEnd(), cut: end < text.length };
}

/** Text that a caller may have chosen, for a place without markup (the window's title): no control or direction signs, short. */
export function plain(text: string, most = 60): string {
  const tame = text.replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ').trim();
  const { shown, cut } = clip(tame, most);
  return cut ? `${shown}…` : shown;
}

/** One or two letters that stand for a person. */
export function initials(name: string): string {
  const words = plain(name, 200).match(/[\p{L}\p{N}][^\s]*/gu) ?? [];
  const [first = '', ...rest] = words.map(word => String.fromCodePoint(word.codePointAt(0) ?? 32));
  return /\p{L}/u.test(first) ? (first + (rest.at(-1) ?? '')).toUpperCase() : '';
}

/** A number between 0 and `sorts` - 1 that stays the same for the same text. */
export function hue(text: string, sorts: number): number {
  let sum = 0;
  for (let at = 0; at < Math.min(text.length, 64); at += 1) sum = (sum * 31 + text.charCodeAt(at)) >>> 0;
  return sum % sorts;
}

/** What someone typed as a number, in E.164 if it begins with + or 00; else null. */
export function typedNumber(text: string): string | null {
  const bare = text.replace(/[\s().\-\u00a0\u2011]/g, '').replace(/^00/, '+');
  return /^\+\d{7,15}$/.test(bare) ? bare : null;
}

type Span = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute';

/** How long ago, in the largest unit that fits. From a day on the calendar counts, so that "yesterday" is the day before today. */
export function since(then: Date, now: Date): [number, Span] {
  const minutes = Math.max(0, Math.floor((now.getTime() - then.getTime()) / 60_000));
  if (minutes < 60) return [minutes, 'minute'];
  if (minutes < 1440) return [Math.floor(minutes / 60), 'hour'];
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days < 7) return [days, 'day'];
  if (days < 30) return [Math.floor(days / 7), 'week'];
  return days < 365 ? [Math.floor(days / 30), 'month'] : [Math.floor(days / 365), 'year'];
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
