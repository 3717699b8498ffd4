import { expect, it } from 'vitest';
import { understands } from './offer';

const browser = ['audio/opus', 'audio/PCMU', 'audio/telephone-event', 'audio/CN'];
const offer = (numbers: string, ...names: string[]) =>
  ['v=0', `m=audio 9 UDP/TLS/RTP/SAVPF ${numbers}`, ...names.map(name => `a=rtpmap:${name}`), ''].join(
    '\r\n',
  );

it('takes a call with a format that both know', () => {
  expect(understands(offer('0 101', '101 telephone-event/8000'), browser)).toBe(true);
  expect(understands(offer('3 107', '3 GSM/8000', '107 opus/48000/2'), browser)).toBe(true);
});

it('does not take one in which nobody would hear anybody', () => {
  expect(understands(offer('3 101', '3 GSM/8000', '101 telephone-event/8000'), browser)).toBe(false);
  expect(understands(offer('8'), browser)).toBe(false);
});

it('leaves to the phone what offers nothing yet', () => {
  expect(understands('', browser)).toBe(true);
});
