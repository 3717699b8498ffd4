/** What agents may pause for, as the shop has set it; until that has come, what a shop begins with. */

import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, type PauseReason } from '../api';
import { PAUSE_REASONS } from '../choices';
import { clip } from '../format';
import { useLanguage, useWord } from '../i18n';

const RARELY = 5 * 60_000;

const AT_FIRST: PauseReason[] = PAUSE_REASONS.map((key, position) => ({
  key,
  labels: {},
  kind: 'other',
  limit_minutes: null,
  position,
  active: true,
}));

/** All of them, those that are not active too: somebody may still be in such a pause. */
export function usePauseReasons(): PauseReason[] {
  const { data } = useQuery({
    queryKey: ['pause-reasons'],
    queryFn: api.pauseReasons,
    staleTime: RARELY,
  });
  return data?.items.length ? data.items : AT_FIRST;
}

/** The reason's name in this language; one that is not in the list is shown as it was given. */
export function useReasonWord(): (reason: string, most?: number) => string {
  const word = useWord();
  const language = useLanguage();
  const reasons = usePauseReasons();
  return useCallback(
    (reason, most = 60) => {
      const labels = reasons.find(each => each.key === reason)?.labels;
      return clip(labels?.[language] ?? labels?.en ?? word('reason', reason), most).shown;
    },
    [reasons, word, language],
  );
}

/** Seconds that a pause for this reason should last at most. */
export function useLimit(reason: string | null): number | null {
  const minutes = usePauseReasons().find(each => each.key === reason)?.limit_minutes;
  return minutes ? minutes * 60 : null;
}
