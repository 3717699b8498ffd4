/**
 * What an agent has written about a request and not sent yet: the answer and the note. Kept in this browser, for a day at most and not
 * beyond sign-out, so that a reload or a crash loses nothing; and by the server, for another computer and for who gets the request next.
 */

import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { PREFIX, parse } from '../agent/drafts';
import { api } from '../api';

export interface LetterDraft {
  reply: string;
  note: string;
  /** The key under which the answer was last sent, while nobody knows whether it left: it must not leave twice. */
  once: string;
  /** Who had begun it, when it came with the request from somebody else. */
  from: string | null;
  touched: boolean;
}

const NOTHING: LetterDraft = { reply: '', note: '', once: '', from: null, touched: false };
const KEEP_AFTER = 700;

const keyOf = (login: string, request: string) => `${PREFIX}${login}.request-${request}`;
const isEmpty = ({ reply, note }: LetterDraft) => !reply.trim() && !note.trim();

/** As the server keeps it; empty: nothing to keep. */
export function kept(draft: LetterDraft): string {
  const { reply, note, once } = draft;
  return isEmpty(draft) && !once ? '' : JSON.stringify({ reply, note, once });
}

/** From outside: what it does not have, or has in another shape, is empty. */
export function readLetter(text: string | null): LetterDraft | null {
  const given = parse(text);
  if (!given) return null;
  const word = (value: unknown, most: number) => (typeof value === 'string' ? value.slice(0, most) : '');
  return {
    reply: word(given.reply, 50_000),
    note: word(given.note, 10_000),
    once: word(given.once, 64),
    from: typeof given.from === 'string' ? given.from : null,
    touched: given.touched === true,
  };
}

export function useLetterDraft(login: string, request: string) {
  const key = keyOf(login, request);
  const [draft, setDraft] = useState(() => readLetter(localStorage.getItem(key)) ?? NOTHING);
  const newest = useRef(draft);
  const atServer = useRef<string | null>(null);

  const put = useCallback(
    (next: LetterDraft) => {
      newest.current = next;
      setDraft(next);
      if (kept(next)) localStorage.setItem(key, JSON.stringify({ ...next, at: Date.now() }));
      else localStorage.removeItem(key);
    },
    [key],
  );
  const change = useCallback(
    (part: Partial<LetterDraft>) => put({ ...newest.current, touched: true, ...part }),
    [put],
  );

  const flush = useCallback(async () => {
    const text = kept(newest.current);
    if (!newest.current.touched || text === atServer.current) return;
    const before = atServer.current;
    atServer.current = text;
    await api.keepLetterDraft(request, text).catch(() => {
      atServer.current = before;
    });
  }, [request]);

  /** The request is another's or done: the server knows what is to be kept of it. */
  const drop = useCallback(() => put(NOTHING), [put]);

  useEffect(() => {
    if (!draft.touched || kept(draft) === atServer.current) return;
    const timer = setTimeout(() => void flush(), KEEP_AFTER);
    return () => clearTimeout(timer);
  }, [draft, flush]);

  useEffect(() => {
    const leave = () => void flush();
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [flush]);

  useReceived(login, request, draft, newest, put);
  return { draft, change, flush, drop };
}

/** Fills in what the server has, unless something was written here already. */
function useReceived(
  login: string,
  request: string,
  draft: LetterDraft,
  newest: { current: LetterDraft },
  put: (next: LetterDraft) => void,
): void {
  const { data } = useQuery({
    queryKey: ['letter-draft', request],
    queryFn: () => api.letterDraft(request).catch(() => null),
    enabled: !draft.touched,
    gcTime: 0,
  });
  useEffect(() => {
    const received = data?.text ? readLetter(data.text) : null;
    if (!received || !data || newest.current.touched) return;
    const own = data.agent === login;
    put({ ...received, once: own ? received.once : '', from: own ? null : data.agent, touched: own });
  }, [data, login, newest, put]);
}
