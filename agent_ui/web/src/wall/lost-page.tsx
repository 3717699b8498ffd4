/** Who gave up waiting and was not talked with since, by worth and then by time; one click has them called back. */

import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { PhoneMissed } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { whyNot } from '../admin/why-not';
import { clock } from '../format';
import { useT } from '../i18n';
import { onEvent } from '../live';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { Ago, CardBox, Empty, Name, PhoneNumber, ProblemLine, TableFrame, Tier } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { callBack, type LostCaller, lostCallers } from './api';
import s from './wall.module.css';

const DAYS = [1, 3, 7, 31];
/** Milliseconds after a call began to be talked in, or ended: its record is written behind the facts. */
const SETTLES = 1_500;

export default function LostPage() {
  const t = useT();
  const [days, setDays] = useState(3);
  const { data, isError } = useQuery({ queryKey: ['lost', days], queryFn: () => lostCallers(days) });
  useFresh();
  return (
    <div className={ui.page}>
      <div className={s.head}>
        <h1>{t('nav.lost')}</h1>
        <NativeSelect
          aria-label={t('lost.days')}
          value={String(days)}
          onChange={event => setDays(Number(event.currentTarget.value))}
          data={DAYS.map(each => ({ value: String(each), label: t('lost.last_days', { count: each }) }))}
        />
      </div>
      {isError && !data && <ProblemLine>{t('server.away')}</ProblemLine>}
      {data && data.items.length === 0 && (
        <CardBox>
          <Empty icon={PhoneMissed}>{t('lost.none')}</Empty>
        </CardBox>
      )}
      {data && data.items.length > 0 && (
        <CardBox>
          <TableFrame label={t('nav.lost')}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>{t('lost.who')}</th>
                  <th>
                    <span className="for-ears">{t('lost.call_back')}</span>
                  </th>
                  <th>{t('lost.queue')}</th>
                  <th>{t('lost.since')}</th>
                  <th className={ui.end}>{t('lost.tries')}</th>
                  <th className={ui.end}>{t('floor.longest')}</th>
                </tr>
              </thead>
              <tbody>
                {data.items.map(each => (
                  <One key={each.number} one={each} />
                ))}
              </tbody>
            </table>
          </TableFrame>
        </CardBox>
      )}
      {data && data.withheld > 0 && <p className={ui.dim}>{t('lost.withheld', { count: data.withheld })}</p>}
      {data?.cut && <p className={ui.dim}>{t('lost.cut')}</p>}
    </div>
  );
}

function One({ one }: { one: LostCaller }) {
  const t = useT();
  const call = useMutation({
    mutationFn: () => callBack(one),
    onSuccess: made => {
      void queries.invalidateQueries({ queryKey: ['lost'] });
      tell('done', t(made.not_before ? 'lost.asked_later' : 'lost.asked'));
    },
  });
  return (
    <tr>
      <td>
        <span className={s.who}>
          <Tier>{one.tier}</Tier>
          {one.name && one.contact ? (
            <Link href={`/contacts/${encodeURIComponent(one.contact)}`} className={ui.link}>
              <Name>{one.name}</Name>
            </Link>
          ) : null}
          <PhoneNumber>{one.number}</PhoneNumber>
        </span>
        {call.isError && <ProblemLine>{whyNot(call.error, t)}</ProblemLine>}
      </td>
      <td>
        {one.request ? (
          <span className={ui.dim}>{t('lost.in_flight')}</span>
        ) : (
          <Button size="compact-md" loading={call.isPending} onClick={() => call.mutate()}>
            {t('lost.call_back')}
          </Button>
        )}
      </td>
      <td>
        <bdi>{one.queue}</bdi>
      </td>
      <td>
        <Ago at={one.since} />
      </td>
      <td className={`${ui.end} digits`}>{one.calls}</td>
      <td className={`${ui.end} digits`}>{clock(one.waited_seconds)}</td>
    </tr>
  );
}

/** Asked anew when a call was answered or ended: that is when somebody becomes lost, or is so no longer. */
function useFresh(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onEvent(({ type }) => {
      if (type !== 'call.ended' && type !== 'call.answered') return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ['lost'] });
      }, SETTLES);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}
