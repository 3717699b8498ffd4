import { expect, it } from 'vitest';
import { addressed, patience } from './candidates';

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

it('says an address where the browser keeps its own, and leaves one that is there', () => {
  const lines = (address: string) =>
    `m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 ${address}\r\na=rtcp:9 IN IP4 0.0.0.0\r\n`;
  expect(addressed(lines('0.0.0.0'))).toBe(lines('127.0.0.1'));
  expect(addressed(lines('10.0.0.7'))).toBe(lines('10.0.0.7'));
});
