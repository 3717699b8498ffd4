import { expect, it } from 'vitest';
import { patience } from './candidates';

it('waits until there is a way for sound', () => {
  expect(patience({ protocol: 'tcp', address: '192.0.2.2' }, false, true)).toBeNull();
  expect(patience({ protocol: 'udp', address: '[fd00::2]' }, false, true)).toBeNull();
  expect(patience({}, true, false)).toBeNull();
});

it('does not wait long then, and not at all in a hidden page', () => {
  const found = { protocol: 'udp', address: '192.0.2.2' };
  expect(patience(found, false, false)).toBe(5);
  expect(patience(found, false, true)).toBe(0);
  expect(patience(found, true, true)).toBe(500);
  expect(patience({ protocol: 'udp', address: '7f1c.local' }, false, false)).toBe(5);
});
