import { expect, it } from 'vitest';
import { agent, queue } from '../samples';
import { targetsFor } from './targets';

const agents = [
  agent('agent1'),
  agent('busy', { leg: 'talking' }),
  agent('away', { reachable: false }),
  agent('gone', { state: 'offline' }),
  agent('free'),
];

it('offers who can take it now first, never oneself or who is not there', () => {
  const found = targetsFor('', agents, [queue('support')], 'agent1').map(each => each.to);
  expect(found).toEqual(['free', 'busy', 'away', 'support']);
});

it('takes a typed number or extension before all', () => {
  expect(targetsFor('00372 555 0123', agents, [], 'agent1')[0]).toMatchObject({
    kind: 'number',
    to: '+3725550123',
  });
  expect(targetsFor('1002', agents, [], 'agent1')).toEqual([{ kind: 'number', to: '1002', name: '1002' }]);
  expect(targetsFor('nobody', agents, [], 'agent1')).toEqual([]);
});
