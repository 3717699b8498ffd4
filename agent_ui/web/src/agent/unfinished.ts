import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, ask } from '../api';
import type { Call, Card, ShownCampaign, ShownLead } from '../protocol';

/** What is in the id of a call that a campaign dialled. */
const DIALLED = 'helin-attempt-';

/** A logged call as a card: with the contact that the log names, its history to be asked for, and a campaign's lead. Undefined until that is known. */
export function useCardOf(call: Call | undefined): Card | undefined {
  const id = call?.contact ?? '';
  const { data, isError } = useQuery({
    queryKey: ['contact', id],
    queryFn: () => api.contact(id),
    enabled: id !== '',
  });
  const dialled = call?.id.includes(DIALLED) ? call.id : '';
  const lead = useQuery({
    queryKey: ['lead-of', dialled],
    queryFn: () =>
      ask<{ campaign: ShownCampaign; lead: ShownLead }>('GET', `/calls/${encodeURIComponent(dialled)}/lead`),
    enabled: dialled !== '',
  });
  const pending = dialled !== '' && lead.isPending;
  return useMemo(() => {
    if (!call || pending || (id && !data && !isError)) return undefined;
    const beside = lead.data ? { campaign: lead.data.campaign, lead: lead.data.lead } : {};
    if (data) return { ...call, ...beside, contacts: [data], history: null };
    return { ...call, ...beside, contacts: [], history: [] };
  }, [call, id, data, isError, pending, lead.data]);
}
