import { expect, it } from 'vitest';
import { moved, reasonsOf, rowsFrom, withNew } from './reasons';

const lunch = {
  key: 'lunch',
  labels: { en: 'Lunch', et: 'Lõuna' },
  kind: 'rest' as const,
  limit_minutes: 30,
  position: 4,
  active: true,
};

it('gives back what it got, in its order', () => {
  expect(reasonsOf(rowsFrom([lunch]))).toEqual([{ ...lunch, position: 0 }]);
  const two = rowsFrom([lunch, { ...lunch, key: 'gym', limit_minutes: null }]);
  expect(reasonsOf(moved(two, 1, -1)).map(each => [each.key, each.position, each.limit_minutes])).toEqual([
    ['gym', 0, null],
    ['lunch', 1, 30],
  ]);
  expect(moved(two, 1, 1)).toBe(two);
});

it('calls a new one after its name, and never as another', () => {
  const named = (en: string) =>
    withNew(rowsFrom([lunch])).map((row, n) => (n ? { ...row, labels: { ...row.labels, en } } : row));
  expect(reasonsOf(named('Lunch!'))[1]?.key).toBe('lunch_2');
  expect(reasonsOf(named('  Õhtu söök '))[1]?.key).toBe('ohtu_sook');
  expect(reasonsOf(named('Обед'))[1]?.key).toBe('pause');
});
