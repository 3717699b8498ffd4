/** A script as an agent goes through it, with a lead's values in its texts. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { CircleCheck, RotateCcw, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { type Language, useT } from '../i18n';
import { useResultWord } from '../queries';
import s from './campaigns.module.css';
import { type Field, filled, type Kind, type StepDraft, sayingOf, type Values } from './script';

interface Props {
  /** The first one first. */
  steps: StepDraft[];
  values: Values;
  language: Language;
}

export function Walk({ steps, values, language }: Props) {
  const t = useT();
  const result = useResultWord();
  const [way, setWay] = useState<string[]>([]);
  const [end, setEnd] = useState<string | null>(null);
  const step = steps.find(each => each.key === way.at(-1)) ?? steps[0];
  if (!step) return null;
  const text = filled(sayingOf(step.text, language), values);

  function back(): void {
    if (end === null) setWay(way.slice(0, -1));
    setEnd(null);
  }

  return (
    <div className={s.walk} aria-live="polite">
      {end === null ? (
        <>
          <blockquote>{text || '…'}</blockquote>
          {step.fields.map(field => (
            <Filled key={field.key} field={field} label={sayingOf(field.label, language)} />
          ))}
          <div className={s.ways}>
            {step.next.map((each, at) => (
              <Button
                key={at}
                variant="default"
                onClick={() =>
                  each.disposition ? setEnd(each.disposition) : setWay([...way, each.to ?? step.key])
                }
              >
                {sayingOf(each.label, language) || '…'}
              </Button>
            ))}
          </div>
          {step.next.length === 0 && <p className={s.dim}>{t('campaigns.script.last')}</p>}
        </>
      ) : (
        <p className={s.end}>
          <CircleCheck size={18} aria-hidden="true" />
          {t('campaigns.script.result', { result: result(end) })}
        </p>
      )}
      {(way.length > 0 || end !== null) && (
        <div className={s.back}>
          <Button variant="subtle" leftSection={<Undo2 size={15} aria-hidden="true" />} onClick={back}>
            {t('campaigns.script.back')}
          </Button>
          <Button
            variant="subtle"
            leftSection={<RotateCcw size={15} aria-hidden="true" />}
            onClick={() => {
              setWay([]);
              setEnd(null);
            }}
          >
            {t('campaigns.script.again')}
          </Button>
        </div>
      )}
    </div>
  );
}

const INPUTS: Partial<Record<Kind, string>> = {
  number: 'number',
  date: 'date',
  phone: 'tel',
  email: 'email',
};

function Filled({ field, label }: { field: Field; label: string }) {
  const t = useT();
  const choices =
    field.kind === 'choice' ? field.choices : field.kind === 'yes_no' ? [t('yes'), t('no')] : null;
  const props = { label: label || '…', required: field.required, autoComplete: 'off' };
  if (choices) return <NativeSelect {...props} data={['', ...choices]} />;
  return <TextInput {...props} type={INPUTS[field.kind] ?? 'text'} />;
}
