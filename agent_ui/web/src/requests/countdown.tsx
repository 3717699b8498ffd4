/** How long something still stands, second by second. */

import { useSecond } from '../clock';
import { clock } from '../format';

export function Countdown({ until }: { until: string }) {
  const left = Math.max(0, Date.parse(until) / 1000 - useSecond());
  return <span className="digits">{clock(left)}</span>;
}
