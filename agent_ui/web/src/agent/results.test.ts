import { expect, it } from 'vitest';
import type { Disposition } from '../api';
import { leaves, levelAt, matching, treeOf, wayTo } from './results';

const one = (key: string, parent: string | null, et: string, position = 0): Disposition => ({
  key,
  parent,
  labels: { et, en: key },
  outcome: 'other',
  queues: [],
  position,
  active: true,
  next: null,
});

const tree = treeOf(
  [
    one('no', 'reached', 'Keeldus', 2),
    one('reached', null, 'Saime kätte', 2),
    one('wrong', null, 'Vale number', 1),
    one('sold', 'reached', 'Müüdud', 1),
    { ...one('old', null, 'Vana'), active: false },
    one('later', 'no', 'Hiljem ehk'),
  ],
  'et',
);

it('puts the headings and what is below them in order', () => {
  expect(tree.map(each => each.label)).toEqual(['Vale number', 'Saime kätte']);
  expect(leaves(tree).map(each => each.key)).toEqual(['wrong', 'sold', 'later']);
});

it('knows the way to each and what lies on it', () => {
  expect(wayTo(tree, 'later').map(each => each.key)).toEqual(['reached', 'no']);
  expect(levelAt(tree, ['reached']).map(each => each.key)).toEqual(['sold', 'no']);
  expect(levelAt(tree, ['gone'])).toBe(tree);
  expect(wayTo(tree, 'wrong')).toEqual([]);
});

it('finds by the beginnings of words, without accents, the headings too', () => {
  expect(matching(tree, 'muu').map(each => each.key)).toEqual(['sold']);
  expect(matching(tree, 'katte hil').map(each => each.key)).toEqual(['later']);
  expect(matching(tree, 'xyz')).toEqual([]);
});
