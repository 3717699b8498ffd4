import { expect, it } from 'vitest';
import type { Colleague } from '../protocol';
import { queue } from '../samples';
import { targetsFor } from './targets';

const is = (id: string, state: Colleague['state'], name = id): Colleague => ({ id, name, state });
const people = [
  is('agent1', 'free'),
  is('a', 'away'),
  is('b', 'busy'),
  is('c', 'free', 'Õie'),
  is('d', 'free', 'Mari'),
];

it('offers who can take it now first, never oneself, and finds them by name', () => {
  const found = targetsFor('', people, [queue('support')], 'agent1').map(each => each.to);
  expect(targetsFor('õi', people, [], 'agent1').map(each => each.to)).toEqual(['c']);
  expect(found).toEqual(['d', 'c', 'b', 'a', 'support']);
});

it('takes a typed number or extension before all', () => {
  expect(targetsFor('00372 555 0123', people, [], 'agent1')[0]).toMatchObject({
    kind: 'number',
    to: '+3725550123',
  });
  expect(targetsFor('1002', people, [], 'agent1')).toEqual([{ kind: 'number', to: '1002', name: '1002' }]);
  expect(targetsFor('nobody', people, [], 'agent1')).toEqual([]);
});
