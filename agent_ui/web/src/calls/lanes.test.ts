import { expect, it } from 'vitest';
import type { CallFact, CallStory } from '../api';
import { call } from '../samples';
import { pictureOf, ticks } from './lanes';

const at = (second: number) => new Date(Date.parse('2026-11-24T08:15:00Z') + second * 1000).toISOString();
const fact = (second: number, kind: string, more: object = {}): CallFact => ({
  kind,
  at: at(second),
  ...more,
});

function story(facts: CallFact[], more: Partial<CallStory> = {}): CallStory {
  return { ...call('c', { started_at: at(0), ended_at: at(100), state: 'ended' }), legs: [], facts, ...more };
}

it('draws a queue call: wait, a missed ring, a ring, a talk with a hold', () => {
  const picture = pictureOf(
    story([
      fact(0, 'CallArrived'),
      fact(1, 'CallQueued', { queue: 'support' }),
      fact(2, 'AgentRinging', { agent: 'a' }),
      fact(12, 'AgentMissed', { agent: 'a' }),
      fact(13, 'AgentRinging', { agent: 'b' }),
      fact(20, 'CallUnqueued', { queue: 'support' }),
      fact(20, 'CallAnswered', { agent: 'b' }),
      fact(40, 'CallHeld', { agent: 'b' }),
      fact(50, 'CallResumed', { agent: 'b' }),
      fact(100, 'SegmentEnded', { agent: 'b', estimated: true }),
      fact(100, 'CallEnded'),
    ]),
    at(500),
  );
  expect(picture.seconds).toBe(100);
  expect(
    picture.lanes.map(lane => [lane.kind, lane.name, lane.bars.map(bar => [bar.kind, bar.from, bar.to])]),
  ).toEqual([
    ['caller', '+3725550123', [['line', 0, 100]]],
    ['queue', 'support', [['wait', 1, 20]]],
    ['agent', 'a', [['ring', 2, 12]]],
    [
      'agent',
      'b',
      [
        ['ring', 13, 20],
        ['talk', 20, 100],
        ['hold', 40, 50],
      ],
    ],
  ]);
  expect(picture.lanes[2]?.marks).toEqual([{ kind: 'missed', at: 12 }]);
  expect(picture.lanes[3]?.bars.map(bar => bar.estimated)).toEqual([false, true, false]);
});

it('lets what is open reach to now, and what was never closed to the end', () => {
  const facts = [fact(5, 'CallQueued', { queue: 'q' })];
  const up = pictureOf(story(facts, { ended_at: null, state: 'active' }), at(30));
  expect(up.lanes[1]?.bars).toEqual([{ kind: 'wait', from: 5, to: 30, estimated: false }]);
  expect(up.lanes[0]?.marks).toEqual([]);
  expect(pictureOf(story(facts), at(500)).lanes[1]?.bars[0]?.to).toBe(100);
  const late = [...facts, fact(120, 'CallerKnown')];
  expect(pictureOf(story(late), at(500)).lanes[1]?.bars[0]?.to).toBe(100);
});

it('survives a call without facts and without length', () => {
  expect(pictureOf(story([], { ended_at: at(0) }), at(0))).toMatchObject({ seconds: 1 });
});

it('chooses round steps', () => {
  expect(ticks(1)).toEqual([0, 1]);
  expect(ticks(100)).toEqual([0, 30, 60, 90]);
  expect(ticks(4000)).toEqual([0, 900, 1800, 2700, 3600]);
});
