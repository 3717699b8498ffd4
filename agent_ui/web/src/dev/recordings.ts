/** An invented recording for the development page. */

import { ago } from './people';

export const PEAKS = {
  seconds: 95,
  peaks: Array.from({ length: 950 }, (_, n) => (n > 400 && n < 560 ? 0 : 20 + ((n * n * 7) % 61))),
};

export const RECORDINGS = [
  {
    n: 1,
    state: 'ready',
    started_at: ago(300),
    ended_at: ago(200),
    seconds: 95,
    pauses: [
      { at: ago(260), until: ago(244), by: 'agent1', resumed_by: 'agent1', from_seconds: 40, to_seconds: 56 },
    ],
    erased_at: null,
    erased_by: null,
    held_by: null,
    listened: [{ at: ago(100), who: 'supervisor' }],
  },
];
