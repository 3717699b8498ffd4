import { describe, expect, it } from 'vitest';
import { type Counted, countedIn, qualityBetween } from './quality';

const none: Counted = { received: 0, bytes: 0, lost: 0, jitter: 0, roundTrip: null, lostThere: null };
const later = (more: Partial<Counted>): Counted => ({ ...none, received: 100, jitter: 0.002, ...more });

describe('the words for the network', () => {
  it.each([
    ['good', [], {}],
    ['fair', ['loss'], { received: 97, lost: 3 }],
    ['poor', ['loss'], { received: 80, lost: 20 }],
    ['poor', ['loss'], { lostThere: 0.1 }],
    ['fair', ['jitter'], { jitter: 0.04 }],
    ['poor', ['delay', 'jitter'], { jitter: 0.04, roundTrip: 0.7 }],
    ['silent', ['silence'], { received: 0 }],
  ] as const)('%s because of %j', (grade, faults, more) => {
    const found = qualityBetween(none, later(more));
    expect([found.grade, found.faults]).toEqual([grade, faults]);
  });

  it('looks at what was lost since the last time only', () => {
    const before = later({ received: 1000, lost: 500 });
    expect(qualityBetween(before, later({ received: 1100, lost: 500 })).grade).toBe('good');
  });
});

it('finds the numbers in a report, whatever else is in it', () => {
  const report = [
    {
      type: 'inbound-rtp',
      kind: 'audio',
      packetsReceived: 50,
      bytesReceived: 8000,
      packetsLost: 2,
      jitter: 0.01,
    },
    { type: 'inbound-rtp', kind: 'video', packetsReceived: 9 },
    { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.02, roundTripTime: 0.12 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.5 },
    { type: 'codec' },
  ];
  expect(countedIn(report)).toEqual({
    received: 50,
    bytes: 8000,
    lost: 2,
    jitter: 0.01,
    roundTrip: 0.12,
    lostThere: 0.02,
  });
});
