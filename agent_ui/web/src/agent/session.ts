/**
 * The session goes with the call: the half-filled form is kept by the server while it is typed, at once when the call is about to be passed
 * on or the page is left, and whoever the call comes to finds it filled in. A form that somebody has touched is never written over.
 */

import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api } from '../api';
import type { Phase } from './desk';
import { type Draft, draftOf, isEmpty, readDraft, useDraft, written } from './drafts';
import { open } from './flush';

const KEEP_AFTER = 700;
/** Keeps the form of a call at the server; tells whether all of it is there. */
export function useKept(login: string, call: string, draft: Draft, phase: Phase): boolean {
  const [kept, setKept] = useState('');
  const mine = !draft.touched || (isEmpty(draft) && !kept) ? '' : written(draft);

  useEffect(() => {
    const here = { kept: '', flush };
    async function flush(): Promise<void> {
      const now = draftOf(login, call);
      const said = written(now);
      if (!now.touched || said === here.kept || (isEmpty(now) && !here.kept)) return;
      await api.keepDraft(call, said);
      here.kept = said;
      setKept(said);
    }
    const leave = () => {
      if (!isEmpty(draftOf(login, call))) void flush().catch(() => undefined);
    };
    open.set(call, here);
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      open.delete(call);
      leave();
    };
  }, [login, call]);

  useEffect(() => {
    if (!mine || mine === kept) return;
    const timer = setTimeout(
      () =>
        void open
          .get(call)
          ?.flush()
          .catch(() => undefined),
      KEEP_AFTER,
    );
    return () => clearTimeout(timer);
  }, [call, mine, kept]);

  useEffect(() => {
    if (phase === 'hold')
      void open
        .get(call)
        ?.flush()
        .catch(() => undefined);
  }, [call, phase]);

  return mine !== '' && mine === kept;
}

/** Fills the form with what the one before had written, again when the call is answered: until then they may have written on. */
export function useReceived(login: string, call: string, phase: Phase): void {
  const [draft, change] = useDraft(login, call);
  const { data } = useQuery({
    queryKey: ['draft', call, phase === 'ringing' ? 'ring' : 'talk'],
    queryFn: () => api.draft(call).catch(() => null),
    enabled: !draft.touched,
    staleTime: 5_000,
    gcTime: 0,
  });
  useEffect(() => {
    const received = data?.text ? readDraft(data.text) : null;
    if (!received || !data || isEmpty(received) || draftOf(login, call).touched) return;
    const own = data.agent === login;
    change({ ...received, from: own ? null : data.agent, touched: own });
  }, [data, login, call, change]);
}
