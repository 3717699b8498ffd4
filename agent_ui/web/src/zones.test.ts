import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayAt, instantOf, isZone, wallTime, zoneOfNumber } from './zones';

const at = Date.parse('2026-11-27T10:30:00Z');

it('knows where one-zone countries are by their number', () => {
  expect(zoneOfNumber('+37255501234')).toBe('Europe/Tallinn');
  expect(zoneOfNumber('+442079460123')).toBe('Europe/London');
  for (const number of ['+15550100123', '+79161234567', '112', null]) expect(zoneOfNumber(number)).toBeNull();
  expect([isZone('Europe/Kyiv'), isZone('Mars/Olympus'), isZone('')]).toEqual([true, false, false]);
});

it('reads a wall clock elsewhere', () => {
  expect(wallTime(at, 'Europe/Tallinn')).toBe('2026-11-27T12:30');
  expect(wallTime(at, 'America/New_York')).toBe('2026-11-27T05:30');
  expect(instantOf('2026-11-27T12:30', 'Europe/Tallinn')).toBe(at);
  expect(instantOf('', 'Europe/Tallinn')).toBeNaN();
  expect(dayAt(at, 'Asia/Tokyo', 1, 10)).toBe('2026-11-28T10:00');
});

it('goes there and back, summer and winter', () => {
  const zones = fc.constantFrom('Europe/Tallinn', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland');
  const minutes = fc.integer({ min: 29_000_000, max: 30_500_000 });
  fc.assert(
    fc.property(zones, minutes, (zone, minute) => {
      const wall = wallTime(minute * 60_000, zone);
      expect(wallTime(instantOf(wall, zone), zone)).toBe(wall);
    }),
  );
});

it('takes the hour after for one that the spring leaves out', () => {
  expect(wallTime(instantOf('2026-03-29T03:30', 'Europe/Tallinn'), 'Europe/Tallinn')).toBe(
    '2026-03-29T04:30',
  );
});
