/** What if: a recorded day, or calls from a file, under other rules, targets and staff, side by side. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { whyNot } from '../admin/why-not';
import { api, Problem, type WhatIfAnswer } from '../api';
import { useT } from '../i18n';
import { CardBox, ProblemLine } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { Results } from './results';
import { AS_SET, MOST, POLICIES, type Policy, type ScenarioDraft, scenarioOf } from './scenario';
import s from './what-if.module.css';

const LARGEST = 900_000;

function yesterday(): string {
  const day = new Date(Date.now() - 86_400_000);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map(part => String(part).padStart(2, '0'))
    .join('-');
}

export default function WhatIfPage() {
  const t = useT();
  const [source, setSource] = useState<'day' | 'file'>('day');
  const [day, setDay] = useState(yesterday);
  const [file, setFile] = useState<File | null>(null);
  const [agents, setAgents] = useState('10');
  const [drafts, setDrafts] = useState<ScenarioDraft[]>([AS_SET, { ...AS_SET, policy: 'helin:misses' }]);
  const play = useMutation({
    mutationFn: async (): Promise<WhatIfAnswer> => {
      const scenarios = drafts.map((draft, n) => scenarioOf(draft, t('what_if.scenario', { n: n + 1 })));
      if (source === 'day')
        return api.whatIf({
          date: day,
          time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          scenarios,
        });
      if (!file || file.size > LARGEST) throw new Problem(422, t('what_if.file.large'));
      return api.whatIf({ csv: await file.text(), agents: Math.round(Number(agents)), scenarios });
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    play.mutate();
  }

  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.what_if')}</h1>
      </div>
      <CardBox label={t('what_if.form')}>
        <form className={s.form} onSubmit={submit}>
          <NativeSelect
            label={t('what_if.source')}
            value={source}
            onChange={event => setSource(event.currentTarget.value === 'file' ? 'file' : 'day')}
            data={[
              { value: 'day', label: t('what_if.day') },
              { value: 'file', label: t('what_if.file') },
            ]}
            className={s.narrow}
          />
          {source === 'day' ? (
            <TextInput
              type="date"
              label={t('what_if.date')}
              description={t('what_if.day.more')}
              value={day}
              onChange={event => setDay(event.currentTarget.value)}
              required
              withAsterisk={false}
              className={s.narrow}
            />
          ) : (
            <div className={s.pair}>
              <TextInput
                type="file"
                label={t('what_if.file')}
                description={t('what_if.file.more')}
                accept=".csv,text/csv"
                onChange={event => setFile(event.currentTarget.files?.[0] ?? null)}
                required
                withAsterisk={false}
              />
              <TextInput
                type="number"
                min={1}
                max={500}
                label={t('what_if.file.agents')}
                value={agents}
                onChange={event => setAgents(event.currentTarget.value)}
                required
                withAsterisk={false}
              />
            </div>
          )}
          <div className={s.scenarios}>
            {drafts.map((draft, n) => (
              <Scenario
                key={n}
                n={n + 1}
                draft={draft}
                change={part => setDrafts(drafts.map((each, m) => (m === n ? { ...each, ...part } : each)))}
                remove={drafts.length > 1 ? () => setDrafts(drafts.filter((_, m) => m !== n)) : null}
              />
            ))}
          </div>
          {play.isError && <ProblemLine>{sentenceOf(play.error, t)}</ProblemLine>}
          <div className={s.buttons}>
            <Button type="submit" loading={play.isPending}>
              {t('what_if.play')}
            </Button>
            <Button
              variant="default"
              disabled={drafts.length >= MOST}
              leftSection={<Plus size={16} aria-hidden="true" />}
              onClick={() => setDrafts([...drafts, drafts.at(-1) ?? AS_SET])}
            >
              {t('what_if.add')}
            </Button>
          </div>
        </form>
      </CardBox>
      <div role="status" className={s.results}>
        {play.data && <Results answer={play.data} />}
      </div>
    </div>
  );
}

function sentenceOf(error: unknown, t: ReturnType<typeof useT>): string {
  return error instanceof Problem && error.status === 429 ? t('what_if.busy') : whyNot(error, t);
}

interface Props {
  n: number;
  draft: ScenarioDraft;
  change: (part: Partial<ScenarioDraft>) => void;
  remove: (() => void) | null;
}

function Scenario({ n, draft, change, remove }: Props) {
  const t = useT();
  const figure = (field: 'target' | 'longest' | 'agents') => (
    <TextInput
      type="number"
      min={field === 'agents' ? -500 : 1}
      max={field === 'agents' ? 500 : 86_400}
      label={t(`what_if.${field}`)}
      placeholder={field === 'agents' ? '0' : t('what_if.as_set')}
      value={draft[field]}
      onChange={event => change({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <fieldset className={s.scenario}>
      <legend>
        <i data-line={n} aria-hidden="true" />
        {t('what_if.scenario', { n })}
      </legend>
      {remove && (
        <button type="button" className={s.remove} aria-label={t('what_if.remove', { n })} onClick={remove}>
          <X size={16} aria-hidden="true" />
        </button>
      )}
      <NativeSelect
        label={t('rule.lives_by')}
        value={draft.policy}
        onChange={event => change({ policy: event.currentTarget.value as Policy })}
        data={POLICIES.map(value => ({ value, label: t(`what_if.policy.${value}`) }))}
      />
      <div className={s.pair}>
        {figure('target')}
        {figure('longest')}
      </div>
      {figure('agents')}
    </fieldset>
  );
}
