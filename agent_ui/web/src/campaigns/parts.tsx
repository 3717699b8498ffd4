/** Small parts of these pages: a campaign's state, its buttons, and what speaks against it. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { CircleAlert, Pause, Play, Square } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';
import { whyNot } from '../admin/why-not';
import { useT } from '../i18n';
import { queries, useMe } from '../queries';
import { sees } from '../shell/roles';
import { Badge, type Look, ProblemLine } from '../ui/parts';
import { type Campaign, type CampaignState, campaigns, type Fault } from './api';
import s from './campaigns.module.css';

const LOOKS: Record<CampaignState, Look> = {
  draft: 'plain',
  running: 'ready',
  paused: 'paused',
  stopped: 'offline',
};

/** How often a running campaign's figures are asked for. */
export const LIVE = 15_000;

export function CampaignBadge({ state }: { state: CampaignState }) {
  const t = useT();
  return <Badge look={LOOKS[state]}>{t(`campaigns.state.${state}`)}</Badge>;
}

export function useMayRun(): boolean {
  const { data: me } = useMe();
  return !!me && sees(me.role).runsCampaigns;
}

export function useShare(): (share: number | null) => string {
  const intl = useIntl();
  return share =>
    share === null ? '–' : intl.formatNumber(share, { style: 'percent', maximumFractionDigits: 1 });
}

export const useLists = (id: string, running: boolean) =>
  useQuery({
    queryKey: ['campaign', id, 'lists'],
    queryFn: () => campaigns.lists(id),
    refetchInterval: running && LIVE,
  });

export const useTotal = (id: string, running: boolean) =>
  useQuery({
    queryKey: ['campaign', id, 'results', 'all'],
    queryFn: () => campaigns.results(id, 'all'),
    refetchInterval: running && LIVE,
  });

/** What all pages know of a campaign, renewed by an answer of the server. */
export function keep(campaign: Campaign): void {
  queries.setQueryData(['campaign', campaign.id], campaign);
  void queries.invalidateQueries({ queryKey: ['campaigns'] });
  void queries.invalidateQueries({ queryKey: ['campaign', campaign.id, 'preview'] });
}

export function Faults({ faults }: { faults: Fault[] }) {
  const t = useT();
  const intl = useIntl();
  const said = ({ code, params, why }: Fault) => {
    const id = `campaigns.fault.${code}`;
    return id in intl.messages ? intl.formatMessage({ id }, params) : sentence(why);
  };
  if (faults.length === 0) return null;
  return (
    <div className={s.faults}>
      <CircleAlert size={18} aria-hidden="true" />
      <div>
        <strong>{t('campaigns.faults', { count: faults.length })}</strong>
        <ul>
          {faults.map(each => (
            <li key={each.field + each.why}>{said(each)}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

const sentence = (why: string) => `${why.slice(0, 1).toUpperCase()}${why.slice(1).replace(/\.$/, '')}.`;

/** The buttons that start, pause and stop it; `below`: the question before a stop, and why something was refused. */
export function useRun(campaign: Campaign): { buttons: ReactNode; below: ReactNode } {
  const t = useT();
  const may = useMayRun();
  const [asking, ask] = useState(false);
  const move = useMutation({
    mutationFn: (to: 'start' | 'pause' | 'stop') => campaigns[to](campaign.id),
    onSuccess: now => {
      keep(now);
      ask(false);
    },
    onError: () => {
      for (const key of ['campaigns', 'campaign']) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  if (!may) return { buttons: null, below: null };
  const { state, name } = campaign;
  const act = (to: 'start' | 'pause' | 'stop', sign: ReactNode, click: () => void, main = false) => (
    <Button
      variant={main ? 'filled' : 'default'}
      leftSection={sign}
      loading={move.isPending && move.variables === to}
      onClick={click}
    >
      {t(`campaigns.${to}`)}
      <span className="for-ears"> {name}</span>
    </Button>
  );
  const sign = { size: 16, 'aria-hidden': true } as const;
  const buttons = (
    <span className={s.run}>
      {state !== 'running' &&
        act('start', <Play {...sign} />, () => move.mutate('start'), campaign.faults.length === 0)}
      {state === 'running' && act('pause', <Pause {...sign} />, () => move.mutate('pause'))}
      {(state === 'running' || state === 'paused') && act('stop', <Square {...sign} />, () => ask(!asking))}
    </span>
  );
  const refused = move.isError && !asking;
  const below = (asking || refused) && (
    <div className={s.below}>
      {asking && (
        <div className={s.asking}>
          <p>{t('campaigns.stop.sure', { name })}</p>
          <Button variant="default" onClick={() => ask(false)}>
            {t('cancel')}
          </Button>
          <Button color="red" autoFocus loading={move.isPending} onClick={() => move.mutate('stop')}>
            {t('campaigns.stop')}
          </Button>
        </div>
      )}
      {refused &&
        (move.variables === 'start' && campaign.faults.length > 0 ? (
          <div role="alert">
            <Faults faults={campaign.faults} />
          </div>
        ) : (
          <ProblemLine>{whyNot(move.error, t)}</ProblemLine>
        ))}
    </div>
  );
  return { buttons, below };
}

/** How much of a whole, as a bar; the figures stand beside it. */
export function Level({ share }: { share: number }) {
  return (
    <span className={s.level} aria-hidden="true">
      <b style={{ inlineSize: `${Math.min(1, share) * 100}%` }} />
    </span>
  );
}
