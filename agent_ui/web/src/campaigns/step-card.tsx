/** One step of a script, to be written: its text, the answers that lead on, the fields to fill in. */

import { ActionIcon, Button, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useLanguage, useT } from '../i18n';
import { useDispositions, useResultWord } from '../queries';
import { CardBox } from '../ui/parts';
import s from './campaigns.module.css';
import {
  everywhere,
  type Field,
  KINDS,
  keyOf,
  put,
  type Said,
  type StepDraft,
  sayingOf,
  type Tongue,
  unknownIn,
  type Values,
  type Way,
} from './script';

interface Props {
  n: number;
  step: StepDraft;
  steps: StepDraft[];
  queue: string;
  tongue: Tongue;
  values: Values;
  change: (part: Partial<StepDraft>) => void;
  /** Null: the first step, which stays. */
  remove: (() => void) | null;
  add: () => string;
}

const replaced = <E,>(list: E[], at: number, part: Partial<E>): E[] =>
  list.map((each, n) => (n === at ? { ...each, ...part } : each));
const left = <E,>(list: E[], at: number): E[] => list.filter((_, n) => n !== at);

export function StepCard(props: Props) {
  const { n, step, steps, tongue, values, change, remove } = props;
  const t = useT();
  const text = step.text[tongue.language] ?? '';
  const unknown = unknownIn(text, values);
  const title = t('campaigns.script.step', { n: n + 1 });
  const keys = steps.flatMap(each => each.fields.map(field => field.key));
  const off = remove && (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={36}
      aria-label={t('campaigns.script.step.remove', { n: n + 1 })}
      onClick={remove}
    >
      <X size={17} aria-hidden="true" />
    </ActionIcon>
  );
  return (
    <CardBox title={title} side={off} label={title}>
      <div className={s.step}>
        <Textarea
          label={t('campaigns.script.text')}
          value={text}
          rows={3}
          resize="vertical"
          maxLength={5_000}
          required
          withAsterisk={false}
          onChange={event => change({ text: put(step.text, event.currentTarget.value, tongue) })}
        />
        {unknown.length > 0 && (
          <p className={s.unknown}>{t('campaigns.script.unknown', { names: unknown.join(' ') })}</p>
        )}
        {step.next.map((way, at) => (
          <WayRow
            key={at}
            {...props}
            way={way}
            change={part => change({ next: replaced(step.next, at, part) })}
            put={next => change({ next: step.next.map((each, m) => (m === at ? next : each)) })}
            remove={() => change({ next: left(step.next, at) })}
          />
        ))}
        {step.fields.map((field, at) => (
          <FieldRow
            key={at}
            field={field}
            tongue={tongue}
            taken={keys.filter(key => key !== field.key)}
            change={part => change({ fields: replaced(step.fields, at, part) })}
            remove={() => change({ fields: left(step.fields, at) })}
          />
        ))}
        <div className={s.adds}>
          <Button
            variant="default"
            leftSection={<Plus size={15} aria-hidden="true" />}
            onClick={() => change({ next: [...step.next, { label: everywhere(''), to: step.key }] })}
          >
            {t('campaigns.script.way.add')}
          </Button>
          <Button
            variant="default"
            leftSection={<Plus size={15} aria-hidden="true" />}
            onClick={() =>
              change({
                fields: [
                  ...step.fields,
                  {
                    key: keyOf('', keys),
                    label: everywhere(''),
                    kind: 'text',
                    required: false,
                    choices: [],
                  },
                ],
              })
            }
          >
            {t('campaigns.script.field.add')}
          </Button>
        </div>
      </div>
    </CardBox>
  );
}

const NEW = 'new';

interface WayProps extends Omit<Props, 'change' | 'remove'> {
  way: Way;
  change: (part: Partial<Way>) => void;
  put: (way: Way) => void;
  remove: () => void;
}

function WayRow({ way, steps, queue, tongue, change, put: replace, remove, add }: WayProps) {
  const t = useT();
  const language = useLanguage();
  const result = useResultWord();
  const { data } = useDispositions(queue);
  const parents = new Set(data?.items.map(each => each.parent));
  const results = (data?.items ?? []).filter(each => each.active && !parents.has(each.key));
  const known = new Set([...results.map(each => each.key), ...(way.disposition ? [way.disposition] : [])]);

  function lead(value: string): void {
    const { label } = way;
    const rest = value.slice(2);
    if (value === NEW) replace({ label, to: add() });
    else replace(value.startsWith('d:') ? { label, disposition: rest } : { label, to: rest });
  }

  const short = (said: Said) => sayingOf(said, language).slice(0, 40);
  return (
    <div className={s.row}>
      <TextInput
        label={t('campaigns.script.answer')}
        value={way.label[tongue.language] ?? ''}
        maxLength={200}
        required
        withAsterisk={false}
        autoComplete="off"
        onChange={event => change({ label: put(way.label, event.currentTarget.value, tongue) })}
      />
      <NativeSelect
        label={t('campaigns.script.leads_to')}
        value={way.disposition ? `d:${way.disposition}` : `s:${way.to ?? ''}`}
        onChange={event => lead(event.currentTarget.value)}
        data={[
          {
            group: t('campaigns.script.steps'),
            items: [
              ...steps.map((step, n) => ({
                value: `s:${step.key}`,
                label: `${n + 1}. ${short(step.text)}`,
              })),
              { value: NEW, label: t('campaigns.script.step.new') },
            ],
          },
          {
            group: t('campaigns.script.ends'),
            items: [...known].map(key => ({ value: `d:${key}`, label: result(key) })),
          },
        ]}
      />
      <Remove label={t('campaigns.script.way.remove')} act={remove} />
    </div>
  );
}

interface FieldProps {
  field: Field;
  tongue: Tongue;
  taken: string[];
  change: (part: Partial<Field>) => void;
  remove: () => void;
}

function FieldRow({ field, tongue, taken, change, remove }: FieldProps) {
  const t = useT();
  const label = field.label[tongue.language] ?? '';
  return (
    <div className={s.row}>
      <TextInput
        label={t('campaigns.script.field')}
        value={label}
        maxLength={200}
        required
        withAsterisk={false}
        autoComplete="off"
        onChange={event => change({ label: put(field.label, event.currentTarget.value, tongue) })}
        // Once it is called something: answers are kept under its key, which stays from then on.
        onBlur={() => {
          if (/^field(_\d+)?$/.test(field.key) && label.trim()) change({ key: keyOf(label, taken) });
        }}
      />
      <NativeSelect
        label={t('campaigns.script.kind')}
        value={field.kind}
        onChange={event =>
          change({ kind: KINDS.find(each => each === event.currentTarget.value) ?? field.kind })
        }
        data={KINDS.map(value => ({ value, label: t(`campaigns.script.kind.${value}`) }))}
      />
      <Remove label={t('campaigns.script.field.remove')} act={remove} />
      {field.kind === 'choice' && (
        <TextInput
          className={s.wide}
          label={t('campaigns.script.choices')}
          defaultValue={field.choices.join(', ')}
          required
          withAsterisk={false}
          autoComplete="off"
          onChange={event => change({ choices: choicesOf(event.currentTarget.value) })}
        />
      )}
      <Switch
        className={s.wide}
        label={t('campaigns.script.required')}
        checked={field.required}
        onChange={event => change({ required: event.currentTarget.checked })}
      />
    </div>
  );
}

const choicesOf = (text: string) => [
  ...new Set(
    text
      .split(/[,;]/)
      .map(each => each.trim())
      .filter(Boolean),
  ),
];

function Remove({ label, act }: { label: string; act: () => void }) {
  return (
    <ActionIcon variant="default" size={36} aria-label={label} onClick={act}>
      <X size={17} aria-hidden="true" />
    </ActionIcon>
  );
}
