import { expect, it } from 'vitest';
import { agent, card, segment } from '../samples';
import { agentsInOrder, callState, countStates } from './sums';

it('puts who is busy first and who is away last', () => {
  const list = [
    agent('z', { state: 'offline' }),
    agent('b'),
    agent('a'),
    agent('t', { leg: 'talking' }),
    agent('p', { state: 'paused' }),
  ];
  expect(agentsInOrder(list).map(each => each.id)).toEqual(['t', 'a', 'b', 'p', 'z']);
  expect(countStates(list)).toMatchObject({ ready: 2, talking: 1, paused: 1, offline: 1, ringing: 0 });
});

it('says what a call is doing', () => {
  const ended = segment('a', { ended_at: '2026-11-24T08:16:00Z' });
  expect(
    [
      card('c', { segments: [ended, segment('b')], ringing: ['x'] }),
      card('c', { segments: [segment('b', { held: true })] }),
      card('c', { ringing: ['a'] }),
      card('c', { segments: [ended] }),
      card('c', { waiting: false }),
    ].map(callState),
  ).toEqual([
    { state: 'talking', agent: 'b' },
    { state: 'hold', agent: 'b' },
    { state: 'ringing', agent: 'a' },
    { state: 'waiting', agent: null },
    { state: 'begun', agent: null },
  ]);
});
