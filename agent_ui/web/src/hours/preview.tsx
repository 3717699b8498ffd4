/** What a calendar means: two weeks as a strip, and what a caller would meet at a moment. */

import { NativeSelect, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { whyNot } from '../admin/why-not';
import { api } from '../api';
import { useT } from '../i18n';
import { Badge, CardBox, type Look, ProblemLine } from '../ui/parts';
import { instantOf, isZone, wallTime } from '../zones';
import type { CalendarFields, DayStrip, Kind, Preview, Step } from './api';
import { place } from './fields';
import s from './hours.module.css';

const LOOKS: Record<Kind, Look> = { open: 'ready', closed: 'plain', holiday: 'wrap_up', exception: 'paused' };

/** `name` empty for one that is not kept yet. */
export function PreviewCard({ name, fields }: { name: string; fields: CalendarFields }) {
  const t = useT();
  const zone = isZone(fields.time_zone) ? fields.time_zone : 'UTC';
  const [wall, setWall] = useState(() => wallTime(Date.now(), zone));
  const [queue, setQueue] = useState('');
  const calls = fields.queues.includes(queue) ? queue : (fields.queues[0] ?? '');
  const at = instantOf(wall, zone);
  const asked = {
    calendar: { ...fields, name: name.trim() || 'new' },
    queue: calls,
    ...(Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }),
  };
  const { data, error } = useQuery({
    queryKey: ['calendar-preview', asked],
    queryFn: () => api.previewCalendar(asked),
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <CardBox label={t('hours.preview')} title={t('hours.preview')}>
      <div className={s.asks}>
        <TextInput
          type="datetime-local"
          label={t('hours.at')}
          value={wall}
          onChange={event => setWall(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('hours.calls')}
          value={calls}
          data={fields.queues}
          disabled={fields.queues.length === 0}
          onChange={event => setQueue(event.currentTarget.value)}
        />
      </div>
      <div aria-live="polite">
        {error && (
          <div className={s.card}>
            <ProblemLine>{whyNot(error, t)}</ProblemLine>
          </div>
        )}
        {data && !error && <Meant preview={data} />}
      </div>
    </CardBox>
  );
}

function Meant({ preview }: { preview: Preview }) {
  const t = useT();
  return (
    <>
      <ol className={s.hears} aria-label={t('hours.hears')}>
        {preview.hears.map((step, index) => (
          <li key={index}>
            <StepLine step={step} zone={preview.time_zone} />
          </li>
        ))}
      </ol>
      <div className={s.legend}>
        {(['open', 'closed', 'holiday', 'exception'] as const).map(kind => (
          <Badge key={kind} look={LOOKS[kind]}>
            {t(`hours.${kind}`)}
          </Badge>
        ))}
      </div>
      <ol className={s.strip}>
        {preview.days.map(day => (
          <Day key={day.date} day={day} zone={preview.time_zone} at={preview.at} />
        ))}
      </ol>
    </>
  );
}

function Day({ day, zone, at }: { day: DayStrip; zone: string; at: string }) {
  const t = useT();
  const intl = useIntl();
  const clock = (when: string) =>
    intl.formatTime(when, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const from = day.stretches[0]?.start ?? at;
  const until = day.stretches.at(-1)?.end ?? at;
  const open = day.stretches.filter(each => each.kind === 'open');
  const until24 = (when: string) => (when === until ? '24:00' : clock(when));
  const times = open.map(each => `${clock(each.start)}–${until24(each.end)}`);
  const said = times.length > 0 ? times.join(', ') : t('hours.shut');
  const why = day.kind === 'weekday' ? '' : day.name || t(`hours.${day.kind}`);
  const noon = `${day.date}T12:00:00Z`;
  const weekend = [0, 6].includes(new Date(noon).getUTCDay());
  return (
    <li>
      <span className={weekend ? `${s.day} ${s.weekend}` : s.day}>
        {intl.formatDate(noon, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })}
      </span>
      <span className={s.bar} aria-hidden="true">
        {day.stretches.map(each => {
          const { left, width } = place(each.start, each.end, from, until);
          return (
            <span key={each.start} data-kind={each.kind} style={{ left: `${left}%`, width: `${width}%` }}>
              {each.kind === 'open' && width > 18 ? `${clock(each.start)}–${until24(each.end)}` : ''}
            </span>
          );
        })}
        {from <= at && at < until && (
          <span data-moment style={{ left: `${place(from, at, from, until).width}%` }} />
        )}
      </span>
      <span className="for-ears">{said}</span>
      {why && <small>{t('hours.why', { why, times: said })}</small>}
    </li>
  );
}

function StepLine({ step, zone }: { step: Step; zone: string }) {
  const t = useT();
  const intl = useIntl();
  const queue = <bdi key="queue">{step.queue}</bdi>;
  const sound = <code key="sound">{step.sound || t('hours.own_sound')}</code>;
  switch (step.kind) {
    case 'message':
      return (
        <>
          {t(`hours.step.${step.why as Exclude<Kind, 'open'> | 'emergency'}`)} {sound}
        </>
      );
    case 'queue':
      return (
        <>
          {t('hours.step.queue')} {queue}
        </>
      );
    case 'overflow':
      return (
        <>
          {step.seconds ? t('hours.step.overflow', { seconds: step.seconds }) : t('hours.step.overflow_long')}{' '}
          {queue}
        </>
      );
    case 'overflow_alone':
      return (
        <>
          {t('hours.step.overflow_alone')} {queue}
        </>
      );
    case 'late': {
      const at = intl.formatDate(step.at ?? undefined, {
        timeZone: zone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      });
      return (
        <>
          {t('hours.step.late', { at })} {sound}
        </>
      );
    }
    case 'hang_up':
      return t('hours.step.hang_up');
  }
}
