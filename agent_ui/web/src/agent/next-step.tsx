/** What is to be done next: a callback at a time in the customer's zone, a ticket, or a task. Proposed so that a plain one needs no typing. */

import { Switch, TextInput } from '@mantine/core';
import { ClipboardList, type LucideIcon, PhoneForwarded, Ticket } from 'lucide-react';
import { useRef } from 'react';
import { useIntl } from 'react-intl';
import { now } from '../clock';
import { useT } from '../i18n';
import { useShortcuts } from '../shell/shortcuts';
import { Key, PhoneNumber } from '../ui/parts';
import { dayAt, instantOf, ownZone, placeOf, wallTime } from '../zones';
import s from './call-card.module.css';
import { NO_STEP, proposed, STEPS, type Step, type StepKind } from './step';

const ICONS: Record<StepKind, LucideIcon> = { callback: PhoneForwarded, ticket: Ticket, task: ClipboardList };

interface Props {
  step: Step;
  change: (step: Step) => void;
  /** Where the customer is; the own zone when nobody knows. */
  zone: string;
  number: string | null;
  /** What stands for the step's words while nobody has written any. */
  words: string;
}

export function NextStep({ step, change, zone, number, words }: Props) {
  const t = useT();
  const first = useRef<HTMLButtonElement>(null);
  useShortcuts({ f: () => first.current?.focus() });
  const set = (part: Partial<Step>) => change({ ...step, ...part });
  return (
    <fieldset className={s.dispositions}>
      <legend>
        {t('step')} <Key>F</Key>
      </legend>
      <div className={s.steps}>
        {STEPS.map((kind, index) => {
          const Icon = ICONS[kind];
          return (
            <button
              key={kind}
              ref={index === 0 ? first : undefined}
              type="button"
              className={s.stepChip}
              aria-pressed={step.kind === kind}
              onClick={() => change(step.kind === kind ? NO_STEP : proposed(kind, zone, now()))}
            >
              <Icon size={16} aria-hidden="true" />
              <span>{t(`step.${kind}`)}</span>
            </button>
          );
        })}
      </div>
      {step.kind && (
        <div className={s.stepForm}>
          {step.kind !== 'ticket' && <Due step={step} set={set} customers={zone} />}
          <TextInput
            label={t(step.kind === 'ticket' ? 'ticket.subject' : 'step.what')}
            placeholder={words}
            value={step.text}
            onChange={event => set({ text: event.currentTarget.value })}
            maxLength={200}
            autoComplete="off"
          />
          {step.kind === 'callback' && (
            <p className={s.hint}>
              {t('step.number')} <PhoneNumber>{number}</PhoneNumber>
            </p>
          )}
          {step.kind !== 'ticket' && (
            <Switch
              size="xs"
              checked={step.anyone}
              onChange={event => set({ anyone: event.currentTarget.checked })}
              label={t('step.anyone')}
            />
          )}
        </div>
      )}
    </fieldset>
  );
}

/** When: three usual times a click away, any other typed; in the customer's clock, told in the own one too. */
function Due({
  step,
  set,
  customers,
}: {
  step: Step;
  set: (part: Partial<Step>) => void;
  customers: string;
}) {
  const t = useT();
  const intl = useIntl();
  const mine = ownZone();
  const due = instantOf(step.due, step.zone);
  const at = now();
  const usual = [
    { word: t('step.in_hours', { count: 2 }), due: wallTime(at + 2 * 3600_000, step.zone) },
    { word: t('step.tomorrow'), due: dayAt(at, step.zone, 1, 10) },
    { word: t('step.in_week'), due: dayAt(at, step.zone, 7, 10) },
  ];
  return (
    <>
      <div className={s.usual}>
        {usual.map(each => (
          <button
            key={each.word}
            type="button"
            aria-pressed={step.due === each.due}
            onClick={() => set({ due: each.due })}
          >
            {each.word}
          </button>
        ))}
      </div>
      <TextInput
        type="datetime-local"
        label={t(step.zone === mine ? 'step.when' : 'step.when_there', { zone: placeOf(step.zone) })}
        value={step.due}
        min={wallTime(at, step.zone)}
        onChange={event => set({ due: event.currentTarget.value })}
        error={due < at ? t('step.lack.past') : undefined}
      />
      {customers !== mine && (
        <p className={s.hint}>
          {step.zone !== mine &&
            !Number.isNaN(due) &&
            t('step.here', {
              time: intl.formatDate(due, { weekday: 'short', hour: '2-digit', minute: '2-digit' }),
            })}{' '}
          <button
            type="button"
            className={s.plainButton}
            onClick={() => {
              const other = step.zone === mine ? customers : mine;
              set({ zone: other, due: Number.isNaN(due) ? '' : wallTime(due, other) });
            }}
          >
            {step.zone === mine
              ? t('step.customers_clock', { zone: placeOf(customers) })
              : t('step.own_clock')}
          </button>
        </p>
      )}
    </>
  );
}
