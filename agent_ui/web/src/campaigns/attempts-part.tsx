/** Every dialling of a campaign, newest first; opened, it shows what was known when the call left. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight, PhoneOff } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import calls from '../calls/calls.module.css';
import { clock } from '../format';
import { useT, useWord } from '../i18n';
import { pages, useAgentName, useResultWord } from '../queries';
import { useRest } from '../shell/rest';
import { Badge, CardBox, Empty, type Look, PhoneNumber, ProblemLine, TableFrame, When } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { type Attempt, type AttemptFilter, type Campaign, campaigns, OUTCOMES } from './api';
import s from './campaigns.module.css';
import { linesOf } from './figures';
import { LIVE } from './parts';

export function AttemptsPart({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const [outcome, setOutcome] = useState('');
  const [number, setNumber] = useState('');
  const rested = useRest(number.replace(/[\s()-]/g, ''), 300);
  const filter: AttemptFilter = { ...(outcome && { outcome }), ...(rested && { number: rested }) };
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['campaign', campaign.id, 'attempts', filter],
    queryFn: ({ pageParam }) => campaigns.attempts(campaign.id, filter, pageParam),
    refetchInterval: campaign.state === 'running' && LIVE,
    ...pages<Attempt>(),
  });
  const items = data?.pages.flatMap(page => page.items);
  return (
    <>
      <search className={calls.filters}>
        <NativeSelect
          label={t('column.outcome')}
          value={outcome}
          onChange={event => setOutcome(event.currentTarget.value)}
          data={[
            { value: '', label: t('all') },
            ...OUTCOMES.map(value => ({ value, label: t(`campaigns.outcome.${value}`) })),
          ]}
        />
        <TextInput
          type="search"
          label={t('number')}
          placeholder="+372…"
          value={number}
          onChange={event => setNumber(event.currentTarget.value)}
        />
      </search>
      {error && <ProblemLine>{error.message || t('server.away')}</ProblemLine>}
      <CardBox>
        {items?.length === 0 && <Empty icon={PhoneOff}>{t('campaigns.attempts.none')}</Empty>}
        {items && items.length > 0 && (
          <TableFrame label={t('campaigns.part.attempts')}>
            <table className={`${ui.table} ${s.attempts}`}>
              <thead>
                <tr>
                  <th>{t('column.when')}</th>
                  <th>{t('number')}</th>
                  <th>{t('column.outcome')}</th>
                  <th>{t('agent')}</th>
                  <th className={ui.end}>{t('column.talked')}</th>
                </tr>
              </thead>
              {items.map(each => (
                <One key={each.id} attempt={each} />
              ))}
            </table>
          </TableFrame>
        )}
      </CardBox>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('show.more')}
        </Button>
      )}
    </>
  );
}

const LOOKS: Partial<Record<string, Look>> = { person: 'ready', abandoned: 'danger', machine: 'wrap_up' };

function One({ attempt }: { attempt: Attempt }) {
  const t = useT();
  const word = useWord();
  const result = useResultWord();
  const nameOf = useAgentName();
  const [open, setOpen] = useState(false);
  const Sign = open ? ChevronDown : ChevronRight;
  const { outcome, connected_at: from, ended_at: to } = attempt;
  return (
    <tbody>
      <tr>
        <td>
          <button
            type="button"
            className={s.opens}
            aria-expanded={open}
            aria-controls={`attempt-${attempt.id}`}
            onClick={() => setOpen(!open)}
          >
            <Sign size={16} aria-hidden="true" />
            <When at={attempt.at} />
          </button>
        </td>
        <td>
          <PhoneNumber>{attempt.number}</PhoneNumber>
        </td>
        <td>
          <Badge look={outcome ? (LOOKS[outcome] ?? 'plain') : 'ringing'}>
            {outcome ? word('campaigns.outcome', outcome) : t('campaigns.under_way')}
            {attempt.estimated && <span title={t('estimated')}>≈</span>}
          </Badge>{' '}
          {attempt.disposition && <span className={ui.dim}>{result(attempt.disposition)}</span>}
        </td>
        <td>
          <bdi>{attempt.agent ? nameOf(attempt.agent) : '–'}</bdi>
        </td>
        <td className={`${ui.end} digits`}>
          {from && to ? clock((Date.parse(to) - Date.parse(from)) / 1000) : '–'}
        </td>
      </tr>
      <tr id={`attempt-${attempt.id}`} hidden={!open}>
        <td colSpan={5}>{open && <Proof attempt={attempt} />}</td>
      </tr>
    </tbody>
  );
}

/** The names of its values are those of the proof that a regulator gets (`helin export attempts`). */
function Proof({ attempt }: { attempt: Attempt }) {
  const t = useT();
  const word = useWord();
  const lines = linesOf(attempt.proof);
  const answered = linesOf(attempt.answers?.values ?? {});
  const decision = attempt.proof.decision as { code?: unknown; why?: unknown } | undefined;
  const code = typeof decision?.code === 'string' ? decision.code : null;
  return (
    <div className={s.proof}>
      {code && (
        <p>
          <strong>{word('campaigns.code', code)}</strong>
          {typeof decision?.why === 'string' && decision.why && <> {decision.why}</>}
        </p>
      )}
      {attempt.call && (
        <p>
          <Link href={`/calls/${encodeURIComponent(attempt.call)}`} className={s.go}>
            {t('campaigns.open_call')}
          </Link>
        </p>
      )}
      {answered.length > 0 && (
        <>
          <h3>{t('campaigns.answers')}</h3>
          <dl>
            {answered.map(({ path, value }) => (
              <div key={path}>
                <dt>
                  <code>{path}</code>
                </dt>
                <dd>
                  <bdi>{value === 'true' ? t('yes') : value === 'false' ? t('no') : value}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <h3>{t('campaigns.proof')}</h3>
      {lines.length === 0 && <p className={ui.dim}>{t('campaigns.proof.none')}</p>}
      <dl>
        {lines.map(({ path, value }) => (
          <div key={path}>
            <dt>
              <code>{path}</code>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
