/** The limits of a queue past which it raises an alarm. */

import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { whyNot } from '../admin/why-not';
import { type MessageId, useT } from '../i18n';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { CardBox, ProblemLine } from '../ui/parts';
import { isShare, MEASURES, type Measure } from './alarm-words';
import { type AlarmLimit, limitsOf, putLimits } from './api';
import s from './wall.module.css';

type Row = { limit: string | number; after: string | number };

export default function LimitsCard({ queue }: { queue: string }) {
  const { data } = useQuery({ queryKey: ['limits', queue], queryFn: () => limitsOf(queue) });
  return data ? <Form key={JSON.stringify(data.items)} queue={queue} kept={data.items} /> : null;
}

function Form({ queue, kept }: { queue: string; kept: AlarmLimit[] }) {
  const t = useT();
  const [rows, setRows] = useState(() => rowsFrom(kept));
  const save = useMutation({
    mutationFn: () => putLimits(queue, limitsFrom(rows)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['limits', queue] });
      tell('done', t('alarm.saved'));
    },
  });
  const change = (measure: Measure, to: Partial<Row>) =>
    setRows(all => ({ ...all, [measure]: { ...all[measure], ...to } }));
  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate();
  }
  return (
    <form onSubmit={submit}>
      <CardBox title={t('alarm.limits')}>
        <ul className={s.limits}>
          {MEASURES.map(measure => (
            <li key={measure}>
              <TextInput
                type="number"
                step="any"
                label={t(`alarm.limit.${measure}` as MessageId)}
                placeholder={t('alarm.no_limit')}
                min={0}
                max={isShare(measure) ? 100 : 100_000}
                value={rows[measure].limit}
                onChange={event => change(measure, { limit: event.currentTarget.value })}
              />
              <TextInput
                type="number"
                step="any"
                label={t('alarm.after')}
                min={0}
                max={3600}
                value={rows[measure].after}
                onChange={event => change(measure, { after: event.currentTarget.value })}
              />
            </li>
          ))}
        </ul>
        <div className={s.save}>
          <Button type="submit" loading={save.isPending}>
            {t('alarm.save')}
          </Button>
          {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
        </div>
      </CardBox>
    </form>
  );
}

function rowsFrom(kept: AlarmLimit[]): Record<Measure, Row> {
  const row = (measure: Measure): Row => {
    const found = kept.find(each => each.measure === measure);
    if (!found) return { limit: '', after: 0 };
    return { limit: isShare(measure) ? found.limit * 100 : found.limit, after: found.after_seconds };
  };
  return Object.fromEntries(MEASURES.map(each => [each, row(each)])) as Record<Measure, Row>;
}

/** A limit that is left empty is none. */
export function limitsFrom(rows: Record<Measure, Row>): AlarmLimit[] {
  return MEASURES.filter(measure => rows[measure].limit !== '').map(measure => ({
    measure,
    limit: isShare(measure) ? Number(rows[measure].limit) / 100 : Number(rows[measure].limit),
    after_seconds: Math.round(Number(rows[measure].after) || 0),
  }));
}
