/** A report: which, when, of which queue. All of it is in the address, so that a report can be kept and sent. */

import '@mantine/core/styles/Checkbox.layer.css';
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ChartColumn, FileSpreadsheet, FileText, Printer } from 'lucide-react';
import { useSearchParams } from 'wouter';
import { whyNot } from '../admin/why-not';
import { api } from '../api';
import { useT, useWord } from '../i18n';
import { usePicture } from '../live';
import { CardBox, Empty, ProblemLine, When } from '../ui/parts';
import ui from '../ui/ui.module.css';
import {
  addressOf,
  asked,
  type CountedBy,
  DIMENSIONS,
  EACHES,
  FORMULAS,
  READY,
  type Wish,
  wishOf,
} from './api';
import { Chart } from './chart';
import { Figures } from './figures';
import s from './reports.module.css';
import { SavedCard } from './saved';

export default function ReportsPage() {
  const t = useT();
  const word = useWord();
  const [params, setParams] = useSearchParams();
  const wish = wishOf(params, new Date());
  const wanted = asked(wish);
  const name = params.get('report') ?? 'level';
  const title = params.get('saved') ?? word('report.ready', name in READY ? name : 'own');
  const report = useQuery({
    queryKey: ['report', wanted],
    queryFn: () => api.figures(wanted ?? ''),
    enabled: wanted !== null,
    retry: false,
  });

  /** Null: as the ready-made report has it. */
  function set(change: Record<string, string | null>): void {
    setParams(
      old => {
        for (const [name, value] of Object.entries(change)) {
          if (value === null) old.delete(name);
          else old.set(name, value);
        }
        return old;
      },
      { replace: true },
    );
  }

  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.reports')}</h1>
      </div>
      <CardBox label={t('report.choose')}>
        <Choices wish={wish} name={name} set={set} />
      </CardBox>
      <SavedCard wish={wish} open={one => set(addressOf(one))} />
      {report.isError && <ProblemLine>{whyNot(report.error, t)}</ProblemLine>}
      {wanted === null && <Empty icon={ChartColumn}>{t('report.incomplete')}</Empty>}
      {report.data?.rows.length === 0 && <Empty icon={ChartColumn}>{t('report.none')}</Empty>}
      {report.data && report.data.rows.length > 0 && (
        <CardBox title={t('report.figures')} side={<Files wish={wish} title={title} />}>
          <Chart report={report.data} />
          <Figures report={report.data} />
          <Rules rules={report.data.rules} />
          {report.data.left_out.length > 0 && (
            <div className={s.out}>
              <h3>{t('report.left_out')}</h3>
              <ul>
                {report.data.left_out.map(each => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </div>
          )}
        </CardBox>
      )}
    </div>
  );
}

/** What each queue was counted by: a figure of last month by last month's rule. */
function Rules({ rules }: { rules: CountedBy[] }) {
  const t = useT();
  const word = useWord();
  if (rules.length === 0) return null;
  return (
    <details className={s.out}>
      <summary>{t('report.rules')}</summary>
      <ul>
        {rules.map(one => (
          <li key={`${one.queue} ${one.from}`}>
            <bdi>{one.queue}</bdi>
            {': '}
            {t('report.rule', {
              target: one.target_seconds,
              short: one.short_seconds,
              empty: word('rule.empty', one.empty_interval),
            })}{' '}
            <When at={one.from} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Files({ wish, title }: { wish: Wish; title: string }) {
  const t = useT();
  const link = (format: string) => `/api/v1/reports/figures${asked(wish, { format, title }) ?? ''}`;
  return (
    <div className={s.files}>
      <Button
        component="a"
        href={link('csv')}
        download
        variant="default"
        leftSection={<FileText size={16} />}
      >
        {t('report.csv')}
      </Button>
      <Button
        component="a"
        href={link('xlsx')}
        download
        variant="default"
        leftSection={<FileSpreadsheet size={16} />}
      >
        {t('report.xlsx')}
      </Button>
      <Button component="a" href={link('pdf')} download variant="default" leftSection={<Printer size={16} />}>
        {t('report.pdf')}
      </Button>
    </div>
  );
}

const WAYS = ['inbound', 'outbound', 'internal'] as const;

function Choices({
  wish,
  name,
  set,
}: {
  wish: Wish;
  name: string;
  set: (change: Record<string, string | null>) => void;
}) {
  const t = useT();
  const word = useWord();
  const queues = Object.keys(usePicture(picture => picture.queues)).sort((a, b) => a.localeCompare(b));
  const users = useQuery({ queryKey: ['users'], queryFn: api.users }).data?.items ?? [];
  const agents = users.map(user => ({ value: user.login, label: user.name }));
  const skills = [...new Set(users.flatMap(user => Object.keys(user.skills ?? {})))].sort();
  const all = useQuery({ queryKey: ['measures'], queryFn: api.measures, staleTime: Infinity });
  const toggle = (list: string[], one: string, on: boolean) =>
    (on ? [...list, one] : list.filter(each => each !== one)).join(',');
  return (
    <div className={s.form}>
      <div className={s.fields}>
        <NativeSelect
          label={t('report.which')}
          value={name in READY ? name : 'own'}
          onChange={event =>
            set({ report: event.currentTarget.value, measures: null, by: null, each: null, saved: null })
          }
          data={[...Object.keys(READY), ...(name in READY ? [] : ['own'])].map(value => ({
            value,
            label: word('report.ready', value),
          }))}
        />
        <TextInput
          type="date"
          label={t('report.first')}
          value={wish.first}
          max={wish.last}
          onChange={event => set({ first: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t('report.last')}
          value={wish.last}
          min={wish.first}
          onChange={event => set({ last: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('report.each')}
          value={wish.each}
          onChange={event => set({ each: event.currentTarget.value })}
          data={EACHES.map(value => ({ value, label: word('report.each', value || 'whole') }))}
        />
        <NativeSelect
          label={t('queue')}
          value={wish.only.queue ?? ''}
          onChange={event => set({ queue: event.currentTarget.value || null })}
          data={[{ value: '', label: t('all') }, ...queues]}
        />
      </div>
      <details>
        <summary>{t('report.own')}</summary>
        <fieldset className={s.boxes}>
          <legend>{t('report.by')}</legend>
          {DIMENSIONS.map(each => (
            <Checkbox
              key={each}
              label={word('report.by', each)}
              checked={wish.by.includes(each)}
              onChange={event => set({ by: toggle(wish.by, each, event.currentTarget.checked) })}
            />
          ))}
        </fieldset>
        <div className={`${s.fields} ${s.more}`}>
          <NativeSelect
            label={t('report.by.agent')}
            value={wish.only.agent ?? ''}
            onChange={event => set({ agent: event.currentTarget.value || null })}
            data={[{ value: '', label: t('all') }, ...agents]}
          />
          <NativeSelect
            label={t('report.by.tier')}
            value={wish.only.tier ?? ''}
            onChange={event => set({ tier: event.currentTarget.value || null })}
            data={[{ value: '', label: t('all') }, 'A', 'B', 'C']}
          />
          <NativeSelect
            label={t('report.by.direction')}
            value={wish.only.direction ?? ''}
            onChange={event => set({ direction: event.currentTarget.value || null })}
            data={[
              { value: '', label: t('all') },
              ...WAYS.map(value => ({ value, label: word('direction', value) })),
            ]}
          />
          <NativeSelect
            label={t('report.by.skill')}
            value={wish.only.skill ?? ''}
            onChange={event => set({ skill: event.currentTarget.value || null })}
            data={[{ value: '', label: t('all') }, ...skills]}
          />
          <NativeSelect
            label={t('report.formula')}
            value={wish.formula}
            onChange={event => set({ formula: event.currentTarget.value })}
            data={FORMULAS.map(value => ({ value, label: word('report.formula', value) }))}
          />
        </div>
        <fieldset className={s.boxes}>
          <legend>{t('report.measures')}</legend>
          {all.data?.items.map(({ key, formula }) => (
            <Checkbox
              key={key}
              label={word('measure', key)}
              description={formula}
              checked={wish.measures.includes(key)}
              onChange={event => set({ measures: toggle(wish.measures, key, event.currentTarget.checked) })}
            />
          ))}
        </fieldset>
      </details>
    </div>
  );
}
