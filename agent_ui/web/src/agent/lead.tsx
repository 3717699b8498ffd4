/** Whom a campaign dials and what is said to them: the script a step at a time with what it asks for, and what the dial list knew of the lead. */

import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, useId, useRef, useState } from 'react';
import { filled as filledWith } from '../campaigns/script';
import { useLanguage, useT } from '../i18n';
import type { ScriptField, ScriptStep, ShownCampaign, ShownLead } from '../protocol';
import { before, endsAt, LONGEST_ANSWER, NOTHING_SAID, type Said, walked, wrongWith } from './answers';
import s from './lead.module.css';
import { Order } from './order';

/** What is filled in while one talks. */
export interface Form {
  said: Said;
  change: (part: Partial<Said>) => void;
  result: string;
  sold: boolean;
  /** Chooses a result, by its key. */
  choose: (key: string) => void;
}

interface Props {
  campaign: ShownCampaign;
  lead: ShownLead;
  /** None before the call: there is nothing to fill in then. */
  form?: Form | undefined;
}

export default function LeadBeside({ campaign, lead, form }: Props) {
  const t = useT();
  const fields = Object.entries(lead.fields).filter(([, value]) => String(value ?? '') !== '');
  return (
    <section className={s.lead} aria-label={t('lead.title')}>
      <header className={s.head}>
        <strong>
          <bdi>{lead.name}</bdi>
        </strong>
        <span>
          <bdi>{campaign.name}</bdi> · {t('lead.attempt', { count: lead.attempt })}
        </span>
      </header>
      {campaign.script && <Script campaign={campaign} script={campaign.script} lead={lead} form={form} />}
      {form && (
        <Order
          rows={form.said.order}
          currency={campaign.currency ?? 'EUR'}
          change={order => form.change({ order })}
        />
      )}
      {fields.length > 0 && (
        <dl className={s.fields}>
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{String(value)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

interface ScriptProps extends Props {
  script: NonNullable<ShownCampaign['script']>;
}

function Script({ campaign, script, lead, form }: ScriptProps) {
  const t = useT();
  const own = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const [alone, setAlone] = useState<Said>(NOTHING_SAID);
  /** The step whose agent wanted to go on: all that is missing there is said. */
  const [tried, setTried] = useState('');
  const said = form?.said ?? alone;
  const change = form?.change ?? ((part: Partial<Said>) => setAlone({ ...alone, ...part }));
  const way = walked(script, said.path);
  const at = way.at(-1) ?? script.first;
  const step = script.steps[at];
  if (!step) return null;
  const path = way.slice(1);
  const say = (text: Record<string, string>) => inLanguage(text, lead.language, own);
  const answers = { ...before(lead.answers), ...said.answers };
  const strict = tried === at || (!!form && endsAt(step, form.result, form.sold));
  const fields = form ? (step.fields ?? []) : [];

  /** Not before what the step asks for is there. */
  function on(next: () => void): void {
    const missing = fields.find(field => wrongWith(field, answers[field.key] ?? '', true));
    setTried(missing ? at : '');
    if (missing) place.current?.querySelector<HTMLElement>(`[name="${missing.key}"]`)?.focus();
    else next();
  }

  return (
    <div className={s.script} ref={place}>
      <p>
        <bdi>{filled(say(step.text), campaign, lead)}</bdi>
      </p>
      {fields.length > 0 && (
        <div className={s.form}>
          {fields.map(field => (
            <Asked
              key={`${at}.${field.key}`}
              field={field}
              label={say(field.label)}
              answer={answers[field.key] ?? ''}
              strict={strict}
              put={text => change({ answers: { ...answers, [field.key]: text } })}
            />
          ))}
        </div>
      )}
      <Ways step={step} say={say} form={form} on={on} go={to => change({ path: [...path, to] })}>
        {path.length > 0 && (
          <button type="button" className={s.back} onClick={() => change({ path: path.slice(0, -1) })}>
            {t('lead.back')}
          </button>
        )}
      </Ways>
    </div>
  );
}

interface WaysProps {
  step: ScriptStep;
  say: (text: Record<string, string>) => string;
  form: Form | undefined;
  on: (next: () => void) => void;
  go: (step: string) => void;
  children: ReactNode;
}

function Ways({ step, say, form, on, go, children }: WaysProps) {
  return (
    <div className={s.ways}>
      {step.next.map((way, index) => {
        const { to, disposition = '' } = way;
        const word = <bdi>{say(way.label)}</bdi>;
        if (to !== undefined)
          return (
            <button key={index} type="button" onClick={() => on(() => go(to))}>
              {word}
            </button>
          );
        if (!form)
          return (
            <span key={index} className={s.end}>
              {word}
            </span>
          );
        return (
          <button
            key={index}
            type="button"
            className={s.end}
            aria-pressed={form.result === disposition}
            onClick={() => on(() => form.choose(disposition))}
          >
            {word}
          </button>
        );
      })}
      {children}
    </div>
  );
}

interface AskedProps {
  field: ScriptField;
  label: string;
  answer: string;
  /** Also what is missing is wrong. */
  strict: boolean;
  put: (text: string) => void;
}

const TYPES: Partial<Record<ScriptField['kind'], string>> = { date: 'date', phone: 'tel', email: 'email' };

function Asked({ field, label, answer, strict, put }: AskedProps) {
  const t = useT();
  const id = useId();
  const [left, setLeft] = useState(false);
  const wrong = wrongWith(field, answer, strict);
  const props = {
    id,
    name: field.key,
    label,
    required: field.required,
    value: answer,
    error: wrong && (left || strict) ? t(`answer.${wrong}`) : undefined,
    onBlur: () => setLeft(true),
    onChange: (event: { currentTarget: { value: string } }) => put(event.currentTarget.value),
  };
  if (field.kind === 'yes_no')
    return (
      <NativeSelect
        {...props}
        data={[
          { value: '', label: '' },
          { value: 'yes', label: t('yes') },
          { value: 'no', label: t('no') },
        ]}
      />
    );
  if (field.kind === 'choice') return <NativeSelect {...props} data={['', ...field.choices]} />;
  return (
    <TextInput
      {...props}
      type={TYPES[field.kind] ?? 'text'}
      inputMode={field.kind === 'number' ? 'decimal' : undefined}
      maxLength={LONGEST_ANSWER}
      autoComplete="off"
      dir={field.kind === 'text' ? 'auto' : undefined}
    />
  );
}

/** The customer's language where the script has it, else the agent's, else any. */
export function inLanguage(text: Record<string, string>, customers: string | null, own: string): string {
  return text[customers ?? ''] ?? text[own] ?? Object.values(text)[0] ?? '';
}

/** `{name}`, `{company}` and whatever the dial list called its columns; what nobody knows stays as it is written. */
export function filled(text: string, campaign: ShownCampaign, lead: ShownLead): string {
  const known = { ...lead.fields, name: lead.name, number: lead.number, company: campaign.company };
  const values = Object.entries(known).filter(([, value]) => (value ?? '') !== '');
  return filledWith(text, Object.fromEntries(values.map(([name, value]) => [name, String(value)])));
}
