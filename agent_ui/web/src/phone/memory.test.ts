import { beforeEach, describe, expect, it } from 'vitest';
import { forget, isLostCall, KEPT, recall, remember, type Talk } from './memory';

const NOW = 1_000_000_000;
const talk: Talk = { call: 'main-17.3', number: '+3725550123', at: NOW };
const CARD = 'main-1732406400-main-17.3';

describe('which ring is answered by itself', () => {
  it('only the call the page was talking in', () => {
    expect(isLostCall(talk, { call: 'main-17.3', number: '' }, [], NOW + 5_000)).toBe(true);
    expect(isLostCall(talk, { call: 'main-17.4', number: talk.number }, [CARD], NOW)).toBe(false);
    expect(isLostCall(null, { call: 'main-17.3', number: talk.number }, [CARD], NOW)).toBe(false);
  });

  it('is named by the panel where the dialplan does not', () => {
    expect(isLostCall(talk, { call: null, number: talk.number }, [CARD], NOW)).toBe(true);
    expect(isLostCall(talk, { call: null, number: talk.number }, [], NOW)).toBe(false);
    expect(isLostCall(talk, { call: null, number: '+3725559999' }, [CARD], NOW)).toBe(false);
  });

  it('may be remembered as the card of a window that was taken over', () => {
    const card = { ...talk, call: CARD };
    expect(isLostCall(card, { call: 'main-17.3', number: '' }, [], NOW)).toBe(true);
    expect(isLostCall(card, { call: null, number: talk.number }, [CARD], NOW)).toBe(true);
  });

  it('is forgotten after a while, and when the clock makes no sense', () => {
    const ring = { call: 'main-17.3', number: talk.number };
    expect(isLostCall(talk, ring, [], NOW + KEPT + 1)).toBe(false);
    expect(isLostCall(talk, ring, [], NOW - KEPT - 1)).toBe(false);
  });

  it('is none without a name', () => {
    expect(isLostCall({ ...talk, call: null }, { call: null, number: talk.number }, [CARD], NOW)).toBe(false);
    expect(isLostCall({ ...talk, call: '' }, { call: '', number: talk.number }, [CARD], NOW)).toBe(false);
  });
});

describe('the memory', () => {
  const kept = new Map<string, string>();
  const shelf = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  beforeEach(() => kept.clear());

  it('is one person’s and can be wiped', () => {
    remember(shelf, 'agent1', talk);
    expect(recall(shelf, 'agent1')).toEqual(talk);
    expect(recall(shelf, 'agent2')).toBeNull();
    forget(shelf);
    expect(recall(shelf, 'agent1')).toBeNull();
  });

  it('takes no nonsense', () => {
    for (const text of ['{', '7', 'null', '{"login":"agent1"}', '{"login":"agent1","number":7,"at":"x"}']) {
      kept.set('helin.talk', text);
      expect(recall(shelf, 'agent1')).toBeNull();
    }
  });
});
