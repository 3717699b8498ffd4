/** What is asked over HTTP, kept for a while. Live things never come from here: they come over the socket. */

import { QueryClient, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { api, type CallFilter, type Page, Problem } from './api';
import { clip } from './format';
import { useLanguage, useWord } from './i18n';
import type { Call } from './protocol';

const RARELY = 5 * 60_000;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (failures, problem) =>
        failures < 3 && !(problem instanceof Problem && problem.status >= 400 && problem.status < 500),
    },
  },
});

/** The session is over: nothing of it stays in this page. */
export function forgetMe(): void {
  queries.removeQueries({ predicate: query => query.queryKey[0] !== 'me' });
  queries.setQueryData(['me'], null);
}

/** For `useInfiniteQuery`: from one part of a list to the next. */
export const pages = <T>() => ({
  initialPageParam: null as string | null,
  getNextPageParam: (last: Page<T>) => last.next,
});

export function useMe() {
  return useQuery({
    queryKey: ['me'],
    queryFn: api.me,
    staleTime: Infinity,
  });
}

export function useContact(id: string) {
  return useQuery({ queryKey: ['contact', id], queryFn: () => api.contact(id) });
}

export function useInteractions(id: string, limit = 20) {
  return useInfiniteQuery({
    queryKey: ['interactions', id, limit],
    queryFn: ({ pageParam }) => api.interactions(id, pageParam, limit),
    ...pages(),
  });
}

export function useCalls(filter: CallFilter, limit = 50) {
  return useInfiniteQuery({
    queryKey: ['calls', filter, limit],
    queryFn: ({ pageParam }) => api.calls(filter, pageParam, limit),
    ...pages(),
  });
}

/** People's names by login; the login itself of who is not known, or not to this role. */
export function useAgentName(): (login: string) => string {
  const { data: me } = useMe();
  const chief = me?.role === 'supervisor' || me?.role === 'admin';
  const users = useQuery({ queryKey: ['users'], queryFn: api.users, enabled: chief, staleTime: RARELY });
  const colleagues = useQuery({
    queryKey: ['names'],
    queryFn: api.colleagues,
    enabled: me !== undefined && me !== null && !chief && me.role !== 'partner' && me.role !== 'api',
    staleTime: RARELY,
  });
  const names = useMemo(
    () =>
      new Map([
        ...(users.data?.items ?? []).map(each => [each.login, each.name] as const),
        ...(colleagues.data?.items ?? []).map(each => [each.id, each.name] as const),
        ...(me ? [[me.login, me.name] as const] : []),
      ]),
    [users.data, colleagues.data, me],
  );
  return useCallback(login => names.get(login) ?? login, [names]);
}

/** Contacts' names by id, where a list of calls came without them. */
export function useContactNames(calls: Call[] | undefined): (call: Call) => string | null {
  const wanted = (calls ?? []).flatMap(call => (call.contact && !call.contact_name ? [call.contact] : []));
  const found = useQueries({
    queries: [...new Set(wanted)].map(id => ({
      queryKey: ['contact', id],
      queryFn: () => api.contact(id),
      staleTime: 5 * 60_000,
    })),
  });
  const names = new Map(found.flatMap(({ data }) => (data ? [[data.id, data.name] as const] : [])));
  return call => call.contact_name ?? (call.contact ? (names.get(call.contact) ?? null) : null);
}

export function useDispositions(queue: string | null) {
  return useQuery({
    queryKey: ['dispositions', queue],
    queryFn: () => api.dispositions(queue),
    staleTime: RARELY,
  });
}

/** The word for what came of a call: as its tree has it, else as this page does. */
export function useResultWord(): (key: string) => string {
  const word = useWord();
  const language = useLanguage();
  const { data } = useDispositions(null);
  return useCallback(
    key => {
      const labels = data?.items.find(each => each.key === key)?.labels;
      return labels?.[language] ?? labels?.en ?? word('disposition', clip(key, 40).shown);
    },
    [data, language, word],
  );
}
