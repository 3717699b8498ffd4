/** @jsxImportSource preact */

import { MARK } from '../ui/mark';

/** The door's few signs, as strokes on a field of 24. */
const STROKES = {
  light:
    'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  dark: 'M20.5 14.5A8.5 8.5 0 1 1 9.5 3.5a7 7 0 0 0 11 11z',
  auto: 'M3 4h18v12H3zM9 21h6M12 16v5',
  shown: 'M2 12c5-9 15-9 20 0-5 9-15 9-20 0zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6',
  hidden: 'M2 12c5-9 15-9 20 0-5 9-15 9-20 0zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6M4 20 20 4',
  wrong: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M9 9l6 6M15 9l-6 6',
} as const;

export type Sign = keyof typeof STROKES;

export function Icon({ sign, size }: { sign: Sign; size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor">
      <path d={STROKES[sign]} stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

/** Helin's sign: a bar and the sound that leaves it. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#434ecb" />
      <g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round">
        <path d={MARK} />
      </g>
    </svg>
  );
}
