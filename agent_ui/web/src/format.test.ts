import { describe, expect, it } from 'vitest';
import { clip, clock, formatNumber, hue, initials, plain, since, typedNumber } from './format';

const spaced = (number: string) => formatNumber(number).replaceAll('\u00a0', ' ').replaceAll('\u2011', '-');

describe('formatNumber', () => {
  it.each([
    ['+3725550123', '+372 555 0123'],
    ['+37253550123', '+372 5355 0123'],
    ['+79161234567', '+7 916 123-45-67'],
    ['+14155552671', '+1 415 555 2671'],
    ['+358401234567', '+358 401 234 567'],
    ['+442079460123', '+44 207 946 0123'],
    ['+4915112345678', '+49 15 112 345 678'],
    ['+37167123456', '+371 67 123 456'],
  ])('groups %s', (number, shown) => expect(spaced(number)).toBe(shown));

  it.each(['1001', 'anonymous', '<b>+372</b>', '+12', '+372555012\u202e3'])('leaves %s alone', text =>
    expect(formatNumber(text)).toBe(text),
  );
});

it('writes durations', () => {
  expect([0, 7, 67, 3599, 3600, 3727, -4].map(clock)).toEqual([
    '0:00',
    '0:07',
    '1:07',
    '59:59',
    '1:00:00',
    '1:02:07',
    '0:00',
  ]);
});

it('clips by letters as people see them', () => {
  expect(clip('Mari', 10)).toEqual({ shown: 'Mari', cut: false });
  expect(clip('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 2)).toEqual({ shown: '👩‍👩‍👧‍👦👩‍👩‍👧‍👦', cut: true });
  expect(clip('x'.repeat(3000), 60).shown).toHaveLength(60);
});

it('makes hostile names harmless for the title', () => {
  expect(plain('Ma\u202eri\n\u0007 Maasikas')).toBe('Ma ri Maasikas');
  expect(plain('é'.repeat(100))).toBe(`${'é'.repeat(60)}…`);
});

it('finds initials', () => {
  expect(['Agent 12', 'Mari Maasikas', 'иван петров', '  ', '+372', '"Õ" von Überall'].map(initials)).toEqual(
    ['A1', 'MM', 'ИП', '', '', 'ÕÜ'],
  );
});

it('reads typed numbers', () => {
  expect(typedNumber('+372 555-0123')).toBe('+3725550123');
  expect(typedNumber('00372 (555) 0123')).toBe('+3725550123');
  expect(typedNumber('5550123')).toBeNull();
  expect(hue('abc', 6)).toBe(hue('abc', 6));
});

it('says yesterday of the day before, not of the last 48 hours', () => {
  const now = new Date(2026, 10, 27, 12, 30);
  const of = (day: number, hour: number, minute = 0) => since(new Date(2026, 10, day, hour, minute), now);
  expect(of(27, 12, 30)).toEqual([0, 'minute']);
  expect(of(26, 20)).toEqual([16, 'hour']);
  expect(of(26, 11)).toEqual([1, 'day']);
  expect(of(25, 13, 12)).toEqual([2, 'day']);
  expect(of(17, 13)).toEqual([1, 'week']);
  expect(since(new Date(2025, 10, 1), now)).toEqual([1, 'year']);
});
