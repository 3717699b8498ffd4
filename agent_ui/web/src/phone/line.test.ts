import { describe, expect, it } from 'vitest';
import {
  causeIn,
  type Line,
  type LineEvent,
  type LineState,
  lineAfter,
  lineOf,
  NEXT,
  sameCall,
  wasLost,
} from './line';

const line = (state: LineState, more: Partial<Line> = {}): Line => ({
  id: 'l1',
  state,
  call: 'main-17.3',
  number: '+3725550123',
  name: '',
  muted: false,
  wanted: false,
  ...more,
});

describe('the table of a line', () => {
  const events: LineEvent[] = ['answer', 'connect', 'hold', 'resume', 'end'];

  it('goes from ring to talk, to hold and back, to the end', () => {
    const path: LineState[] = [];
    let now = line('ringing');
    for (const event of ['answer', 'connect', 'hold', 'resume', 'end'] as const) {
      now = lineAfter(now, event);
      path.push(now.state);
    }
    expect(path).toEqual(['answering', 'talking', 'hold', 'talking', 'ended']);
  });

  it('stays the very same line for every event that is not in it', () => {
    for (const state of Object.keys(NEXT) as LineState[])
      for (const event of events) {
        const before = line(state);
        const next = lineAfter(before, event);
        if (NEXT[state][event] === undefined) expect(next, `${state} ${event}`).toBe(before);
        else expect(next.state).toBe(NEXT[state][event]);
      }
  });

  it('ends from everywhere, once', () => {
    for (const state of Object.keys(NEXT) as LineState[])
      expect(lineAfter(line(state), 'end').state).toBe('ended');
    expect(events.map(event => lineAfter(line('ended'), event).state)).toEqual(Array(5).fill('ended'));
  });
});

it('reads the cause out of a Reason header', () => {
  expect(causeIn('Q.850;cause=44;text="Gone"')).toBe(44);
  expect(causeIn('SIP;cause=200, Q.850 ; cause = 16')).toBe(16);
  expect(causeIn('SIP;cause=486;text="Busy"')).toBeNull();
  expect(causeIn(undefined)).toBeNull();
});

it('tells a lost phone from a hang-up', () => {
  expect(wasLost({ by: 'there', cause: 44, status: null })).toBe(true);
  expect(wasLost({ by: 'there', cause: 16, status: null })).toBe(false);
  expect(wasLost({ by: 'here', cause: 44, status: null })).toBe(false);
});

describe('the line of a card', () => {
  const card = { id: 'main-1732406400-main-17.3', number: '+3725550123' };

  it('goes by the name of the call, and not by a part of it', () => {
    expect(sameCall(card.id, 'main-17.3')).toBe(true);
    expect(sameCall(card.id, '7.3')).toBe(false);
    expect(sameCall(card.id, '')).toBe(false);
    const other = line('talking', { id: 'l2', call: 'main-17.9' });
    expect(lineOf([other, line('ringing')], card, 2)?.id).toBe('l1');
  });

  it('else by the number, else there is only one that it can be', () => {
    const nameless = line('ringing', { call: null });
    expect(lineOf([nameless, line('talking', { id: 'l2', call: null, number: '1002' })], card, 2)?.id).toBe(
      'l1',
    );
    expect(lineOf([line('ringing', { call: null, number: '' })], card, 1)?.id).toBe('l1');
    expect(lineOf([line('ringing', { call: null, number: '' })], card, 2)).toBeUndefined();
  });
});
