/** Helin's sign: a bar and the sound that leaves it. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#434ecb" />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
        <path d="M10 22.5V9.5" />
        <path d="M15.2 19.6a5.2 5.2 0 0 0 0-7.2" />
        <path d="M19 23a10 10 0 0 0 0-14" />
      </g>
    </svg>
  );
}
