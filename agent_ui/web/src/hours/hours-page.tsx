/** All calendars: what holds now, and the emergency message at one click. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CalendarClock, PhoneOff, Plus } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { api } from '../api';
import { useT } from '../i18n';
import { Badge, CardBox, Empty } from '../ui/parts';
import ui from '../ui/ui.module.css';
import type { Calendar } from './api';
import { EmergencyLine } from './emergency';
import s from './hours.module.css';

export default function HoursPage() {
  const t = useT();
  const { data, error } = useQuery({
    queryKey: ['calendars'],
    queryFn: api.calendars,
    refetchInterval: 60_000,
  });
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.hours')}</h1>
        <Button component={Link} href="/new-hours" leftSection={<Plus size={17} aria-hidden="true" />}>
          {t('hours.add')}
        </Button>
      </div>
      {error && !data && <Empty icon={PhoneOff}>{t('server.away')}</Empty>}
      {data?.items.length === 0 && (
        <CardBox>
          <Empty icon={CalendarClock}>{t('hours.none')}</Empty>
        </CardBox>
      )}
      <div className={s.cards}>
        {data?.items.map(calendar => (
          <One key={calendar.name} calendar={calendar} />
        ))}
      </div>
    </div>
  );
}

function One({ calendar }: { calendar: Calendar }) {
  const t = useT();
  const intl = useIntl();
  const { now } = calendar;
  const when = (at: string) =>
    intl.formatDate(at, {
      timeZone: calendar.time_zone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  const title = (
    <Link href={`/hours/${encodeURIComponent(calendar.name)}`} className={ui.link}>
      <bdi>{calendar.name}</bdi>
    </Link>
  );
  return (
    <CardBox label={calendar.name} title={title} side={<NowBadge calendar={calendar} />}>
      <div className={s.card}>
        <p>
          {now.kind === 'open'
            ? t('hours.until', { when: when(now.until) })
            : now.opens_at
              ? t('hours.opens', { when: when(now.opens_at) })
              : t('hours.never')}
          {now.name && (
            <>
              {' '}
              · <bdi>{now.name}</bdi>
            </>
          )}
        </p>
        <p>
          <bdi>{calendar.queues.join(', ') || '–'}</bdi>
        </p>
      </div>
      <EmergencyLine calendar={calendar} />
    </CardBox>
  );
}

export function NowBadge({ calendar }: { calendar: Calendar }) {
  const t = useT();
  if (calendar.emergency) return <Badge look="danger">{t('hours.emergency')}</Badge>;
  const { kind } = calendar.now;
  return <Badge look={kind === 'open' ? 'ready' : 'plain'}>{t(`hours.${kind}`)}</Badge>;
}
