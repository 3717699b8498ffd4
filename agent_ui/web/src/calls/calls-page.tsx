/** The log of calls. Filters live in the address, so that a view can be kept and sent. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { PhoneIncoming, PhoneOff, PhoneOutgoing, Phone as PhoneSign } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { claimedName } from '../agent/desk';
import type { CallFilter } from '../api';
import { clock } from '../format';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { Call } from '../protocol';
import { useAgentName, useCalls, useContactNames } from '../queries';
import { useRest } from '../shell/rest';
import {
  Badge,
  CardBox,
  Elapsed,
  Empty,
  type Look,
  PhoneNumber,
  ProblemLine,
  TableFrame,
  Tier,
  When,
  Who,
} from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './calls.module.css';

/** The period's beginning, from a word or a day such as 2026-11-24; undefined: from ever. */
export function fromOf(period: string, now: Date): string | undefined {
  const days = { today: 0, week: 6, month: 29 }[period];
  if (days === undefined) return undefined;
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  return day.toISOString();
}

const NAMES = ['queue', 'agent', 'number', 'state'] as const;

export default function CallsPage() {
  const t = useT();
  const role = usePicture(picture => picture.me.role);
  const queues = usePicture(picture => picture.queues);
  const agents = usePicture(picture => picture.agents);
  const nameOf = useAgentName();
  const [params, setParams] = useSearchParams();
  const [number, setNumber] = useState(params.get('number') ?? '');
  const rested = useRest(number.trim(), 300);
  const period = params.get('period') ?? 'week';

  function set(name: string, value: string): void {
    setParams(
      old => {
        if (value) old.set(name, value);
        else old.delete(name);
        return old;
      },
      { replace: true },
    );
  }

  const filter: CallFilter = {};
  const from = fromOf(period, new Date());
  if (from) filter.from = from;
  for (const name of NAMES) {
    const value = name === 'number' ? rested : params.get(name);
    if (value) filter[name] = value;
  }
  const all = { value: '', label: t('all') };
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.calls')}</h1>
      </div>
      <search className={s.filters}>
        <NativeSelect
          label={t('filter.period')}
          value={period}
          onChange={event => set('period', event.currentTarget.value)}
          data={(['today', 'week', 'month', 'ever'] as const).map(value => ({
            value,
            label: t(`filter.${value}`),
          }))}
        />
        <NativeSelect
          label={t('queue')}
          value={params.get('queue') ?? ''}
          onChange={event => set('queue', event.currentTarget.value)}
          data={[all, ...Object.keys(queues).sort()]}
        />
        {role !== 'agent' && (
          <NativeSelect
            label={t('agent')}
            value={params.get('agent') ?? ''}
            onChange={event => set('agent', event.currentTarget.value)}
            data={[
              all,
              ...Object.keys(agents)
                .sort()
                .map(value => ({ value, label: nameOf(value) })),
            ]}
          />
        )}
        <TextInput
          type="search"
          label={t('number')}
          placeholder="+372…"
          value={number}
          onChange={event => {
            setNumber(event.currentTarget.value);
            set('number', event.currentTarget.value.trim());
          }}
        />
        <NativeSelect
          label={t('filter.state')}
          value={params.get('state') ?? ''}
          onChange={event => set('state', event.currentTarget.value)}
          data={[
            all,
            { value: 'active', label: t('filter.active') },
            { value: 'ended', label: t('filter.ended') },
          ]}
        />
      </search>
      <Log filter={filter} />
    </div>
  );
}

function Log({ filter }: { filter: CallFilter }) {
  const t = useT();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useCalls(filter);
  const calls = data?.pages.flatMap(page => page.items);
  return (
    <>
      {error && <ProblemLine>{error.message || t('server.away')}</ProblemLine>}
      <CardBox label={t('nav.calls')}>
        {calls?.length === 0 && <Empty icon={PhoneOff}>{t('calls.none')}</Empty>}
        {calls && calls.length > 0 && <Rows calls={calls} />}
      </CardBox>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('show.more')}
        </Button>
      )}
    </>
  );
}

const SIGNS = { inbound: PhoneIncoming, outbound: PhoneOutgoing, internal: PhoneSign };

export function Rows({ calls }: { calls: Call[] }) {
  const t = useT();
  const [, go] = useLocation();
  const nameOf = useAgentName();
  const contactOf = useContactNames(calls);
  return (
    <TableFrame label={t('nav.calls')}>
      <table className={`${ui.table} ${s.log}`}>
        <thead>
          <tr>
            <th>{t('column.when')}</th>
            <th>{t('column.who')}</th>
            <th>{t('queue')}</th>
            <th>{t('agent')}</th>
            <th className={ui.end}>{t('column.waited')}</th>
            <th className={ui.end}>{t('column.talked')}</th>
            <th>{t('column.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {calls.map(call => {
            const path = `/calls/${encodeURIComponent(call.id)}`;
            const Sign = SIGNS[call.direction];
            const name = contactOf(call) ?? claimedName(call);
            const agents = [...new Set(call.segments.map(each => each.agent))];
            return (
              // The link in the first cell is the row's own for keyboards; the rest of the row is a larger target for a mouse.
              <tr key={call.id} data-opens onClick={() => go(path)}>
                <td className={s.when}>
                  <Link href={path} className={ui.link}>
                    <Sign size={15} aria-hidden="true" />
                    <span className="for-ears">{t(`direction.${call.direction}`)}</span>
                    <When at={call.started_at} />
                  </Link>
                </td>
                <td>
                  <span className={s.who}>
                    <span>
                      <Who name={name} number={call.number} />
                    </span>
                    <Tier>{call.tier}</Tier>
                  </span>
                  {name && (
                    <small className={ui.dim}>
                      <PhoneNumber>{call.number}</PhoneNumber>
                    </small>
                  )}
                </td>
                <td>
                  <bdi>{call.queue ?? '–'}</bdi>
                </td>
                <td>
                  <bdi>{agents.map(nameOf).join(', ') || '–'}</bdi>
                </td>
                <td className={`${ui.end} digits`}>
                  {call.waited_seconds === null ? '–' : clock(call.waited_seconds)}
                </td>
                <td className={`${ui.end} digits`}>
                  <Talked call={call} />
                </td>
                <td>
                  <OutcomeBadge call={call} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableFrame>
  );
}

function Talked({ call }: { call: Call }) {
  const open = call.segments.find(each => each.ended_at === null);
  if (open && call.state === 'active') return <Elapsed since={open.started_at} />;
  if (call.segments.length === 0) return '–';
  return clock(call.segments.reduce((sum, each) => sum + (each.talked_seconds ?? 0), 0));
}

export function OutcomeBadge({ call }: { call: Call }) {
  const t = useT();
  if (call.state === 'active') return <Badge look="talking">{t('outcome.active')}</Badge>;
  const tones: Partial<Record<NonNullable<Call['outcome']>, Look>> = {
    answered: 'ready',
    abandoned: 'danger',
  };
  const outcome = call.outcome ?? 'failed';
  return (
    <Badge look={tones[outcome] ?? 'plain'}>
      {t(`outcome.${outcome}`)}
      {call.estimated && <span title={t('estimated')}>≈</span>}
    </Badge>
  );
}
