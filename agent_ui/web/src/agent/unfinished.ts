import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api';
import type { Call, Card } from '../protocol';

/** A logged call as a card: with the contact that the log names, its history to be asked for. Undefined until that is known. */
export function useCardOf(call: Call | undefined): Card | undefined {
  const id = call?.contact ?? '';
  const { data, isError } = useQuery({
    queryKey: ['contact', id],
    queryFn: () => api.contact(id),
    enabled: id !== '',
  });
  return useMemo(() => {
    if (!call || (id && !data && !isError)) return undefined;
    return data ? { ...call, contacts: [data], history: null } : { ...call, contacts: [], history: [] };
  }, [call, id, data, isError]);
}
