/** A sentence about what went wrong and what to do. */

import { CircleX } from 'lucide-react';
import type { ReactNode } from 'react';
import s from './ui.module.css';

export function ProblemLine({ children }: { children: ReactNode }) {
  return (
    <p className={s.problem} role="alert">
      <CircleX size={18} aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
