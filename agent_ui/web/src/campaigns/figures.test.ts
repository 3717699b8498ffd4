import { expect, it } from 'vitest';
import { results } from '../dev/campaigns';
import type { Expected, Result } from './api';
import { abandonedShare, examplesOf, funnel, linesOf } from './figures';

it('counts as abandoned of what people answered, machines not', () => {
  expect(abandonedShare({ answered: 200, abandoned: 3 })).toBe(0.015);
  expect(abandonedShare({ answered: 0, abandoned: 0 })).toBeNull();
});

it('narrows from stage to stage', () => {
  const [total] = results('3', 'all') as [Result];
  const counts = funnel(total).map(each => each.count);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(funnel(total)[1]?.count).toBe(total.answered + (total.outcomes.machine ?? 0));
  expect(funnel({ ...total, attempts: 0 }).every(each => each.share === 0)).toBe(true);
});

it('finds the first leads of a reason', () => {
  const lead = (id: string, when: Expected['when'], code: string) => ({ lead: id, when, code }) as Expected;
  const leads = [lead('1', 'now', 'allowed'), lead('2', 'later', 'hours'), lead('3', 'never', 'hours')];
  expect(examplesOf({ when: 'later', code: 'hours', why: '', leads: 9 }, leads)).toEqual([leads[1]]);
});

it('lays a proof out in lines, whatever it holds', () => {
  expect(
    linesOf({
      country: 'EE',
      consent: null,
      suppressions: [],
      parts: ['a', 'b'],
      lists: [{ name: 'tps', version: 4 }],
      sure_agent: false,
    }),
  ).toEqual([
    { path: 'country', value: 'EE' },
    { path: 'parts', value: 'a, b' },
    { path: 'lists.0.name', value: 'tps' },
    { path: 'lists.0.version', value: '4' },
    { path: 'sure_agent', value: 'false' },
  ]);
});
