import { describe, expect, it } from 'vitest';
import { exceptionsOf, hoursOf, place, rowsOf, timesOf } from './fields';

describe('times', () => {
  it('are read as people write them', () => {
    expect(timesOf('9–12, 13:00-17.30')).toEqual(['09:00-12:00', '13:00-17:30']);
    expect(timesOf(' ')).toEqual([]);
    expect(timesOf('noon-17')).toEqual(['noon-17:00']);
  });

  it('of a week leave closed days out', () => {
    expect(hoursOf({ monday: '9-17', sunday: '' })).toEqual({ monday: ['09:00-17:00'] });
  });

  it('of exceptions come back as they were', () => {
    const days = [{ date: '2026-12-31', hours: ['09:00-13:00'], name: 'Short' }];
    expect(exceptionsOf([...rowsOf(days), { key: 9, date: '', times: '9-17', name: '' }])).toEqual(days);
  });
});

it('places a stretch on a day of 23 hours', () => {
  const { left, width } = place(
    '2026-03-29T07:00:00Z',
    '2026-03-29T14:00:00Z',
    '2026-03-28T22:00:00Z',
    '2026-03-29T21:00:00Z',
  );
  expect(left).toBeCloseTo((9 / 23) * 100);
  expect(width).toBeCloseTo((7 / 23) * 100);
});
