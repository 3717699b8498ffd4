/** Every alarm that queues raised, newest first, and how this computer tells of the next ones. */

import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { BellRing } from 'lucide-react';
import { useEffect, useState } from 'react';
import { clock } from '../format';
import { type MessageId, useT } from '../i18n';
import { onEvent } from '../live';
import { pages, queries } from '../queries';
import { ALARM, play } from '../ui/notes';
import { Badge, CardBox, Elapsed, Empty, ProblemLine, TableFrame, When } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { keepWishes, wishes } from './alarm-wishes';
import { figure } from './alarm-words';
import { type AlarmEntry, alarmLog } from './api';
import s from './wall.module.css';

const SETTLES = 1_500;

export default function AlarmsPage() {
  const t = useT();
  const { data, isError, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['alarms'],
    queryFn: ({ pageParam }) => alarmLog(pageParam),
    ...pages<AlarmEntry>(),
  });
  const all = data?.pages.flatMap(each => each.items);
  useFresh();
  return (
    <div className={ui.page}>
      <div className={s.head}>
        <h1>{t('nav.alarms')}</h1>
      </div>
      <Ways />
      {isError && !data && <ProblemLine>{t('server.away')}</ProblemLine>}
      <CardBox>
        {all?.length === 0 && <Empty icon={BellRing}>{t('alarm.none')}</Empty>}
        {all && all.length > 0 && (
          <TableFrame label={t('nav.alarms')}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>{t('alarm.raised')}</th>
                  <th>{t('lost.queue')}</th>
                  <th>{t('alarm.what')}</th>
                  <th>{t('alarm.lasted')}</th>
                </tr>
              </thead>
              <tbody>
                {all.map(each => (
                  <One key={each.id} one={each} />
                ))}
              </tbody>
            </table>
          </TableFrame>
        )}
      </CardBox>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('show.more')}
        </Button>
      )}
    </div>
  );
}

function One({ one }: { one: AlarmEntry }) {
  const t = useT();
  const values = { value: figure(one.measure, one.value), limit: figure(one.measure, one.limit) };
  const lasted = one.cleared_at && (Date.parse(one.cleared_at) - Date.parse(one.raised_at)) / 1000;
  return (
    <tr>
      <td>
        <When at={one.raised_at} />
      </td>
      <td>
        <bdi>{one.queue}</bdi>
      </td>
      <td>{t(`alarm.${one.measure}` as MessageId, values)}</td>
      <td className="digits">
        {lasted === null ? (
          <Badge look="danger">
            {t('alarm.up')} <Elapsed since={one.raised_at} />
          </Badge>
        ) : (
          clock(Number(lasted))
        )}
      </td>
    </tr>
  );
}

function Ways() {
  const t = useT();
  const [kept, setKept] = useState(wishes);
  const [refused, setRefused] = useState(false);
  const keep = (next: typeof kept) => {
    keepWishes(next);
    setKept(next);
  };
  async function notify(on: boolean): Promise<void> {
    const granted =
      !on || ('Notification' in window && (await Notification.requestPermission()) === 'granted');
    setRefused(!granted);
    keep({ ...kept, notify: on && granted });
  }
  return (
    <fieldset className={`${s.chips} ${s.free}`}>
      <legend className="for-ears">{t('alarm.ways')}</legend>
      <label className={s.tick}>
        <input
          type="checkbox"
          checked={kept.sound}
          onChange={event => {
            keep({ ...kept, sound: event.currentTarget.checked });
            if (event.currentTarget.checked) play(ALARM);
          }}
        />
        {t('alarm.sound')}
      </label>
      <label className={s.tick}>
        <input
          type="checkbox"
          checked={kept.notify}
          onChange={event => void notify(event.currentTarget.checked)}
        />
        {t('alarm.notify')}
      </label>
      {refused && <ProblemLine>{t('alarm.refused')}</ProblemLine>}
    </fieldset>
  );
}

/** Asked anew soon after an alarm was raised or is over: the log is written behind the facts. */
function useFresh(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onEvent(({ type }) => {
      if (type !== 'alarm') return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ['alarms'] });
      }, SETTLES);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}
