import { MARK } from '../ui/mark';

/** Helin's sign: a bar and the sound that leaves it. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#434ecb" />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d={MARK} />
      </g>
    </svg>
  );
}
