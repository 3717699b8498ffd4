/** What a queue lives by: edited by a supervisor, who sees who would be next before it is saved. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, type EmptyInterval, type QueueSettings } from '../api';
import { useT } from '../i18n';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { CardBox, ProblemLine } from '../ui/parts';
import s from './admin.module.css';
import { draftOf, nextStep, type RuleDraft, ruleFrom, ruleOf, SHOP, TIERS } from './rule';
import { RuleHistory } from './rule-history';
import { RulePreview } from './rule-preview';
import { SkillsField } from './skills-field';
import { whyNot } from './why-not';

interface Props {
  queue: QueueSettings;
  known: string[];
  /** That of the queue as both forms of the page were filled with it. */
  version: string | undefined;
  saw: (version: string) => void;
}

export function RuleCard({ queue, known, version, saw }: Props) {
  const t = useT();
  const [draft, setDraft] = useState(() => draftOf(ruleOf(queue)));
  const rule = ruleFrom(draft);
  const set = (part: Partial<RuleDraft>) => setDraft({ ...draft, ...part });
  const save = useMutation({
    mutationFn: (form: RuleDraft) =>
      api.changeRule(queue.name, {
        ...(ruleFrom(form) ?? ruleOf(queue)),
        ...(version ? { version } : {}),
      }),
    onSuccess: saved => {
      saw(saved.version);
      queries.setQueryData(['queue', saved.name], saved);
      for (const key of ['queues', 'rules']) void queries.invalidateQueries({ queryKey: [key] });
      tell('done', t('rule.saved', { name: saved.name, version: saved.rule_version }));
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (rule) save.mutate(draft);
  }

  const figure = (
    field: 'target' | 'longest' | 'lastAgent' | 'short',
    word: string,
    more: string,
    least: number,
  ) => (
    <TextInput
      type="number"
      min={least}
      max={field === 'lastAgent' || field === 'short' ? 600 : 86_400}
      required
      withAsterisk={false}
      label={word}
      description={more}
      value={draft[field]}
      onChange={event => set({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <div className={s.beside}>
      <CardBox title={t('rule')} label={t('rule')}>
        <form onSubmit={submit} className={s.sheet}>
          <NativeSelect
            label={t('rule.lives_by')}
            description={t(draft.rule === 'helin' ? 'rule.helin.more' : 'rule.misses.more')}
            value={draft.rule}
            onChange={event => set({ rule: event.currentTarget.value as RuleDraft['rule'] })}
            data={[
              { value: 'helin', label: t('rule.helin') },
              { value: 'helin:misses', label: t('rule.misses') },
            ]}
          />
          <div className={s.pair}>
            {figure('target', t('queue.target_seconds'), t('queue.target_seconds.more'), 1)}
            {figure('longest', t('queue.max_wait_seconds'), t('queue.max_wait_seconds.more'), 1)}
          </div>
          <Tiers draft={draft} set={set} />
          <SkillsField
            rows={draft.skills}
            change={skills => set({ skills })}
            hint={t('skills.of_queue')}
            known={known}
          />
          {queue.mode === 'direct' && (
            <>
              <Steps draft={draft} set={set} />
              {figure('lastAgent', t('rule.last_agent'), t('rule.last_agent.more'), 0)}
            </>
          )}
          <fieldset className={s.group}>
            <legend>{t('rule.reports')}</legend>
            <p className={s.hint}>{t('rule.reports.more')}</p>
            <div className={s.pair}>
              {figure('short', t('rule.short'), t('rule.short.more'), 0)}
              <NativeSelect
                label={t('rule.empty')}
                description={t('rule.empty.more')}
                value={draft.empty}
                onChange={event => set({ empty: event.currentTarget.value as EmptyInterval })}
                data={(['none', 'full', 'left_out'] as const).map(value => ({
                  value,
                  label: t(`rule.empty.${value}`),
                }))}
              />
            </div>
          </fieldset>
          {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
          <div className={s.buttons}>
            <Button type="submit" loading={save.isPending} disabled={!rule}>
              {t('rule.save')}
            </Button>
          </div>
        </form>
      </CardBox>
      <div className={s.form}>
        <RulePreview name={queue.name} rule={rule} />
        <RuleHistory name={queue.name} take={old => setDraft(draftOf(old))} />
      </div>
    </div>
  );
}

interface PartProps {
  draft: RuleDraft;
  set: (part: Partial<RuleDraft>) => void;
}

function Tiers({ draft, set }: PartProps) {
  const t = useT();
  return (
    <fieldset className={s.group}>
      <legend>{t('rule.tiers')}</legend>
      <p className={s.hint}>{t('rule.tiers.more')}</p>
      <div className={s.three}>
        {TIERS.map(tier => (
          <label key={tier}>
            <span>{t('tier', { tier })}</span>
            <input
              type="number"
              min={0.01}
              max={1000}
              step="any"
              placeholder={String(SHOP[tier])}
              value={draft.tiers[tier] ?? ''}
              onChange={event => set({ tiers: { ...draft.tiers, [tier]: event.currentTarget.value } })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** For each skill that is asked for: what is enough after how long, and what a level above the least counts. */
function Steps({ draft, set }: PartProps) {
  const t = useT();
  const names = draft.skills.map(({ name }) => name.trim()).filter(Boolean);
  if (names.length === 0) return null;
  const change = (at: number, part: Partial<RuleDraft['steps'][number]>) =>
    set({ steps: draft.steps.map((step, n) => (n === at ? { ...step, ...part } : step)) });
  return (
    <fieldset className={s.group}>
      <legend>{t('rule.relax')}</legend>
      <p className={s.hint}>{t('rule.relax.more')}</p>
      {draft.steps.map((step, at) => (
        <fieldset key={at} className={s.step} aria-label={t('rule.step', { seconds: Number(step.after) })}>
          <label>
            <span>{t('rule.after')}</span>
            <input
              type="number"
              min={1}
              max={86_400}
              required
              value={step.after}
              onChange={event => change(at, { after: event.currentTarget.value })}
            />
          </label>
          {names.map(name => (
            <label key={name}>
              <bdi>{name}</bdi>
              <input
                type="number"
                min={0}
                max={100}
                value={step.levels[name] ?? '0'}
                onChange={event =>
                  change(at, { levels: { ...step.levels, [name]: event.currentTarget.value } })
                }
              />
            </label>
          ))}
          <button
            type="button"
            aria-label={t('rule.step.remove', { seconds: Number(step.after) })}
            onClick={() => set({ steps: draft.steps.filter((_, n) => n !== at) })}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </fieldset>
      ))}
      <button
        type="button"
        className={s.add}
        disabled={draft.steps.length >= 10}
        onClick={() => set({ steps: [...draft.steps, nextStep(draft)] })}
      >
        <Plus size={16} aria-hidden="true" />
        {t('rule.step.add')}
      </button>
      <p className={s.hint}>{t('rule.weights.more')}</p>
      <div className={s.three}>
        {names.map(name => (
          <label key={name}>
            <span>{t('rule.weight', { skill: name })}</span>
            <input
              type="number"
              min={0}
              max={86_400}
              step="any"
              placeholder="0"
              value={draft.weights[name] ?? ''}
              onChange={event => set({ weights: { ...draft.weights, [name]: event.currentTarget.value } })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
