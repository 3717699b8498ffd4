/** How good the network carries the talk, from what the browser counts. Pure. */

/** What getStats says at one moment, as far as it matters. Times in seconds. */
export interface Counted {
  received: number;
  bytes: number;
  lost: number;
  jitter: number;
  roundTrip: number | null;
  /** Share of our own packets that the far side missed, 0 to 1. */
  lostThere: number | null;
}

export type Grade = 'good' | 'fair' | 'poor' | 'silent';
export type Fault = 'loss' | 'jitter' | 'delay' | 'silence';

export interface Quality {
  grade: Grade;
  /** What is wrong, the worst first. */
  faults: Fault[];
  /** Share of packets lost since the last look, 0 to 1. */
  loss: number;
  jitter: number;
  roundTrip: number | null;
}

/** From where on it is heard, and from where on it hurts: packet loss (share), jitter and round trip (seconds). */
const FAIR = { loss: 0.02, jitter: 0.03, delay: 0.3 };
const POOR = { loss: 0.06, jitter: 0.08, delay: 0.6 };

/** Between two looks at the same talk. On hold silence is no fault: then `silent` is what the music's end sends. */
export function qualityBetween(before: Counted, now: Counted): Quality {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  const here = received + lost > 0 ? lost / (received + lost) : 0;
  const loss = Math.max(here, now.lostThere ?? 0);
  const measured = { loss, jitter: now.jitter, delay: now.roundTrip ?? 0 };
  const kinds = ['loss', 'delay', 'jitter'] as const;
  const poor = kinds.filter(kind => measured[kind] >= POOR[kind]);
  const fair = kinds.filter(kind => measured[kind] >= FAIR[kind] && !poor.includes(kind));
  const rest = { loss, jitter: now.jitter, roundTrip: now.roundTrip };
  if (received <= 0) return { grade: 'silent', faults: ['silence'], ...rest };
  const grade = poor.length > 0 ? 'poor' : fair.length > 0 ? 'fair' : 'good';
  return { grade, faults: [...poor, ...fair], ...rest };
}

/** Picks the numbers out of a report of RTCPeerConnection.getStats(). */
export function countedIn(report: Iterable<Record<string, unknown>>): Counted {
  const counted: Counted = { received: 0, bytes: 0, lost: 0, jitter: 0, roundTrip: null, lostThere: null };
  for (const each of report) {
    if (each.type === 'inbound-rtp' && each.kind === 'audio') {
      counted.received += number(each.packetsReceived);
      counted.bytes += number(each.bytesReceived);
      counted.lost += number(each.packetsLost);
      counted.jitter = Math.max(counted.jitter, number(each.jitter));
    }
    if (each.type === 'remote-inbound-rtp' && each.kind === 'audio') {
      counted.lostThere = number(each.fractionLost);
      if (typeof each.roundTripTime === 'number') counted.roundTrip = each.roundTripTime;
    }
    if (each.type === 'candidate-pair' && each.nominated && typeof each.currentRoundTripTime === 'number')
      counted.roundTrip ??= each.currentRoundTripTime;
  }
  return counted;
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
