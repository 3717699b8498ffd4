/** A queue's day from the records, half hour by half hour; the busiest is offered first. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { api, type HalfHour } from '../api';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { ProblemLine } from '../ui/parts';
import s from './staffing.module.css';
import { busiest } from './wish';

function yesterday(): string {
  const day = new Date(Date.now() - 86_400_000);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map(part => String(part).padStart(2, '0'))
    .join('-');
}

export function Recorded({ take }: { take: (half: HalfHour) => void }) {
  const t = useT();
  const intl = useIntl();
  const queues = Object.keys(usePicture(picture => picture.queues)).sort((a, b) => a.localeCompare(b));
  const [chosen, setChosen] = useState('');
  const [day, setDay] = useState(yesterday);
  const [at, setAt] = useState('');
  const queue = chosen || queues[0] || '';
  const { data, isError, isFetching } = useQuery({
    queryKey: ['half-hours', queue, day],
    queryFn: () => api.halfHours(queue, day, Intl.DateTimeFormat().resolvedOptions().timeZone),
    enabled: queue !== '' && day !== '',
    retry: false,
  });
  const halves = data?.items ?? [];
  const half = halves.find(each => each.at === at) ?? busiest(halves);
  return (
    <div className={s.form}>
      <div className={s.figures}>
        <NativeSelect
          label={t('queue')}
          value={queue}
          onChange={event => setChosen(event.currentTarget.value)}
          data={queues}
        />
        <TextInput
          type="date"
          label={t('what_if.date')}
          value={day}
          onChange={event => setDay(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('staffing.half_hour')}
          value={half?.at ?? ''}
          disabled={!half}
          onChange={event => setAt(event.currentTarget.value)}
          data={halves.map(each => ({
            value: each.at,
            label: t('staffing.half_hour.one', {
              time: intl.formatTime(each.at),
              calls: each.calls,
              abandoned: each.abandoned,
            }),
          }))}
        />
      </div>
      {isError && <ProblemLine>{t('staffing.unread')}</ProblemLine>}
      {!half && !isError && !isFetching && <p className={s.note}>{t('staffing.no_calls')}</p>}
      <div>
        <Button variant="default" disabled={!half} onClick={() => half && take(half)}>
          {t('staffing.take')}
        </Button>
      </div>
    </div>
  );
}
