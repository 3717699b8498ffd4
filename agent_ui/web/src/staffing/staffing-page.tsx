/** How many agents it takes, by Erlang C or A: from figures that one types, or from a half hour that was recorded. */

import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { whyNot } from '../admin/why-not';
import { api, type HalfHour } from '../api';
import { type MessageId, useT } from '../i18n';
import { CardBox, ProblemLine } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { Enough } from './enough';
import { ForecastPart } from './forecast';
import { Recorded } from './recorded';
import { ShiftsPart } from './shifts';
import s from './staffing.module.css';
import { filledIn, type StaffingDraft, USUAL, wishOf } from './wish';

interface Figure {
  field: keyof StaffingDraft;
  label: MessageId;
  more?: MessageId;
  min: number;
  max: number;
  /** May be left empty. */
  open?: boolean;
}

const FIGURES: Figure[] = [
  { field: 'calls', label: 'staffing.calls', min: 0, max: 100_000 },
  { field: 'minutes', label: 'staffing.minutes', min: 1, max: 1440 },
  { field: 'handle', label: 'staffing.handle', min: 1, max: 36_000 },
  {
    field: 'patience',
    label: 'staffing.patience',
    more: 'staffing.patience.more',
    min: 1,
    max: 36_000,
    open: true,
  },
  { field: 'inTime', label: 'staffing.in_time', min: 0, max: 99.9 },
  { field: 'target', label: 'staffing.target', min: 0, max: 36_000 },
  {
    field: 'abandoned',
    label: 'staffing.abandoned',
    more: 'staffing.abandoned.more',
    min: 0,
    max: 100,
    open: true,
  },
  { field: 'absent', label: 'staffing.absent', more: 'staffing.absent.more', min: 0, max: 95 },
];

export default function StaffingPage() {
  const t = useT();
  const [draft, setDraft] = useState<StaffingDraft>(USUAL);
  const reckon = useMutation({
    mutationFn: async (wish: StaffingDraft) => ({ wish, answer: await api.staffing(wishOf(wish)) }),
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    reckon.mutate(draft);
  }

  function take(half: HalfHour): void {
    const next = filledIn(draft, half);
    setDraft(next);
    reckon.mutate(next);
  }

  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.staffing')}</h1>
      </div>
      <CardBox title={t('forecast.title')}>
        <ForecastPart take={take} />
      </CardBox>
      <CardBox title={t('staffing.recorded')}>
        <Recorded take={take} />
      </CardBox>
      <CardBox title={t('staffing.form')}>
        <form className={s.form} onSubmit={submit}>
          <div className={s.figures}>
            {FIGURES.map(({ field, label, more, min, max, open }) => (
              <TextInput
                key={field}
                type="number"
                step="any"
                min={min}
                max={max}
                label={t(label)}
                description={more && t(more)}
                value={draft[field]}
                required={!open}
                withAsterisk={false}
                onChange={event => setDraft({ ...draft, [field]: event.currentTarget.value })}
              />
            ))}
          </div>
          {reckon.isError && <ProblemLine>{whyNot(reckon.error, t)}</ProblemLine>}
          <div>
            <Button type="submit" loading={reckon.isPending}>
              {t('staffing.reckon')}
            </Button>
          </div>
        </form>
      </CardBox>
      <div role="status" className={s.results}>
        {reckon.data && <Enough answer={reckon.data.answer} wish={reckon.data.wish} />}
      </div>
      <CardBox title={t('shifts.title')}>
        <ShiftsPart />
      </CardBox>
    </div>
  );
}
