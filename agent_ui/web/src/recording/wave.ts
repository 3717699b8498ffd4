/** The picture of a sound, and what the player's keys mean: arithmetic without a page. */

export const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const STEP = 5;

/** A closed shape around the middle of a box that is one wide for each peak and 100 high. */
export function waveOf(peaks: number[]): string {
  const half = peaks.map(peak => Math.max(0.5, Math.min(100, peak) / 2));
  const upper = half.map((height, x) => `L${x} ${50 - height}L${x + 1} ${50 - height}`);
  const lower = half.map((height, x) => `L${x + 1} ${50 + height}L${x} ${50 + height}`).reverse();
  return `M0 50${upper.join('')}L${peaks.length} 50${lower.join('')}Z`;
}

/** Space: play or stop. Left, right: five seconds. Up, down: faster, slower. Home, End. */
export function keyMeans(
  key: string,
  at: number,
  seconds: number,
  speed: number,
): { toggle?: true; at?: number; speed?: number } | null {
  const place = SPEEDS.indexOf(speed);
  switch (key) {
    case ' ':
      return { toggle: true };
    case 'ArrowLeft':
      return { at: Math.max(0, at - STEP) };
    case 'ArrowRight':
      return { at: Math.min(seconds, at + STEP) };
    case 'ArrowUp':
      return { speed: SPEEDS[place + 1] ?? speed };
    case 'ArrowDown':
      return { speed: SPEEDS[place - 1] ?? speed };
    case 'Home':
      return { at: 0 };
    case 'End':
      return { at: seconds };
    default:
      return null;
  }
}
