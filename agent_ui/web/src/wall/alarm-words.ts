/** A queue's alarm in the reader's own language; what has no queue says it in the server's words. */

import { useCallback } from 'react';
import { clock } from '../format';
import { type MessageId, useT } from '../i18n';
import type { Alarm } from '../protocol';
import { percent } from './sums';

export const MEASURES = ['waiting', 'longest_wait', 'agents', 'service_level', 'abandoned'] as const;
export type Measure = (typeof MEASURES)[number];

export const isShare = (measure: string) => measure === 'service_level' || measure === 'abandoned';

export function figure(measure: string, value: number): string {
  if (isShare(measure)) return percent(value);
  return measure === 'longest_wait' ? clock(value) : String(Math.round(value));
}

type Told = Pick<Alarm, 'queue' | 'measure' | 'value' | 'limit'> & { text?: string };

export function useAlarmWords(): (alarm: Told) => string {
  const t = useT();
  return useCallback(
    ({ queue, measure, value, limit, text = '' }) => {
      if (!queue || !MEASURES.some(each => each === measure) || !measure) return text;
      const values = { value: figure(measure, value ?? 0), limit: figure(measure, limit ?? 0) };
      return `${queue}: ${t(`alarm.${measure}` as MessageId, values)}`;
    },
    [t],
  );
}
