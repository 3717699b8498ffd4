import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, chosenKey, meantBy, printed, readKeyMap, refusal, unprinted, withKey } from './keys';

describe('another key', () => {
  it('does what the default did, and the default nothing any more', () => {
    const map = withKey({}, 'r', 'b');
    expect([meantBy(map, 'b'), meantBy(map, 'r'), meantBy(map, 'p')]).toEqual(['r', null, 'p']);
    expect(withKey(map, 'r', 'r')).toEqual({});
  });

  it('may be one that another action has given up', () => {
    const map = withKey({}, 'r', 'b');
    expect(refusal(map, 'p', 'r')).toBeNull();
    expect(refusal(withKey(map, 'p', 'r'), 'r', 'r')).toEqual({ code: 'taken', by: 'p' });
    expect(meantBy(withKey(map, 'p', 'r'), 'r')).toBe('p');
  });

  it.each([
    ['p', { code: 'taken', by: 'p' }],
    ['ctrl+k', { code: 'taken', by: 'ctrl+k' }],
    ['4', { code: 'reserved' }],
    ['g', { code: 'reserved' }],
    ['escape', { code: 'reserved' }],
    ['ctrl+w', { code: 'browser' }],
  ])('is refused when it is %s', (key, why) => expect(refusal({}, 'r', key)).toEqual(why));
});

it('keeps every action on a key of its own, whatever was kept', () => {
  const keys = fc.constantFrom(...Object.keys(ACTIONS), 'b', 'm', 'x', '1', 'ctrl+b');
  fc.assert(
    fc.property(fc.dictionary(keys, keys), kept => {
      const map = readKeyMap(kept);
      const all = Object.keys(ACTIONS).map(action => chosenKey(map, action));
      expect(new Set(all).size).toBe(all.length);
      for (const action of Object.keys(ACTIONS)) expect(meantBy(map, chosenKey(map, action))).toBe(action);
    }),
  );
  expect(readKeyMap({ r: 'p', p: 'r' })).toEqual({ r: 'p', p: 'r' });
  expect(readKeyMap(['r'])).toEqual({});
  expect(readKeyMap(null)).toEqual({});
});

it('prints keys as keyboards do', () => {
  for (const action of Object.keys(ACTIONS)) expect(unprinted(printed(action))).toBe(action);
  expect(printed('ctrl+enter')).toBe('Ctrl ↵');
});
