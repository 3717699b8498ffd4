/** What agents say: steps with a text, answers that lead on, and fields to fill in; beside it how it would run. */

import { Button, NativeSelect, Switch } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import admin from '../admin/admin.module.css';
import { whyNot } from '../admin/why-not';
import { type Language, useLanguage, useT } from '../i18n';
import { LANGUAGES as NAMES } from '../i18n/spoken';
import { tell } from '../shell/notices';
import { CardBox, ProblemLine } from '../ui/parts';
import { type Campaign, campaigns } from './api';
import s from './campaigns.module.css';
import { versionFor } from './fields';
import { keep, useMayRun } from './parts';
import {
  draftOf,
  everywhere,
  isAlike,
  LANGUAGES,
  nextStepKey,
  type StepDraft,
  scriptOf,
  type Tongue,
  valuesOf,
  without,
} from './script';
import { StepCard } from './step-card';
import { Walk } from './walk';

export function ScriptPart({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const may = useMayRun();
  const own = useLanguage();
  const [steps, setSteps] = useState(() => draftOf(campaign.script));
  const [tongue, setTongue] = useState<Tongue>(() => ({ language: own, alike: isAlike(steps) }));
  const [filled, fill] = useState(campaign);
  const { data } = useQuery({
    queryKey: ['campaign', campaign.id, 'leads'],
    queryFn: () => campaigns.leads(campaign.id, 1),
  });
  const values = valuesOf(data?.items[0]);
  const save = useMutation({
    mutationFn: () =>
      campaigns.change(campaign.id, {
        script: scriptOf(steps),
        version: versionFor(filled, campaign, each => each.script),
      }),
    onSuccess: saved => {
      fill(saved);
      keep(saved);
      tell('done', t('campaigns.saved', { name: saved.name }));
    },
  });
  const change = (key: string, part: Partial<StepDraft>) =>
    setSteps(had => had.map(step => (step.key === key ? { ...step, ...part } : step)));

  /** A new step at the end; which one it is. */
  function add(): string {
    const key = nextStepKey(steps);
    setSteps(had => [...had, { key, text: everywhere(''), fields: [], next: [] }]);
    return key;
  }

  return (
    <div className={admin.beside}>
      <form
        className={s.script}
        onSubmit={event => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <CardBox label={t('campaigns.script')}>
          <div className={s.tongue}>
            <p>{t('campaigns.script.variables', { names: variables(values) })}</p>
            <Switch
              label={t('campaigns.script.alike')}
              checked={tongue.alike}
              onChange={event => setTongue({ ...tongue, alike: event.currentTarget.checked })}
            />
            {!tongue.alike && (
              <NativeSelect
                label={t('campaigns.script.language')}
                value={tongue.language}
                onChange={event => setTongue({ ...tongue, language: event.currentTarget.value as Language })}
                data={LANGUAGES.map(value => ({ value, label: NAMES[value] }))}
              />
            )}
          </div>
        </CardBox>
        <fieldset disabled={!may} className={`${admin.group} ${s.steps}`}>
          {steps.map((step, n) => (
            <StepCard
              key={step.key}
              n={n}
              step={step}
              steps={steps}
              queue={campaign.queue}
              tongue={tongue}
              values={values}
              change={part => change(step.key, part)}
              remove={n > 0 ? () => setSteps(without(steps, step.key)) : null}
              add={add}
            />
          ))}
          {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
          {may && (
            <div className={admin.buttons}>
              <Button type="submit" loading={save.isPending}>
                {t('save')}
              </Button>
              <Button variant="default" leftSection={<Plus size={16} aria-hidden="true" />} onClick={add}>
                {t('campaigns.script.step.add')}
              </Button>
            </div>
          )}
        </fieldset>
      </form>
      <div className={s.beside}>
        <CardBox title={t('campaigns.script.preview')}>
          <Walk steps={steps} values={values} language={tongue.language} />
        </CardBox>
      </div>
    </div>
  );
}

const variables = (values: Record<string, string>) =>
  Object.keys(values)
    .map(name => `{${name}}`)
    .join(' ');
