/** A queue's next half hour in one line, and behind it all that it is reckoned from. */

import { useQuery } from '@tanstack/react-query';
import { useIntl } from 'react-intl';
import { clock } from '../format';
import { useT } from '../i18n';
import { percent } from '../wall/sums';
import s from './ahead.module.css';
import { type Ahead, nextHalfHour } from './api';

/** Milliseconds. It changes slowly, and the server reckons it anew each ten seconds at the most. */
const SOON = 15_000;

export function NextLine({ queue }: { queue: string }) {
  const t = useT();
  const { data } = useQuery({
    queryKey: ['next-half-hour'],
    queryFn: nextHalfHour,
    refetchInterval: SOON,
    staleTime: SOON,
    retry: false,
  });
  const one = data?.items.find(each => each.queue === queue);
  if (!one) return null;
  return (
    <details className={s.next}>
      <summary>
        <span>{t('ahead.next')}</span> <Line of={one} />
      </summary>
      <From of={one} />
    </details>
  );
}

function Line({ of }: { of: Ahead }) {
  const t = useT();
  const intl = useIntl();
  if (of.offered === null) return <b>{t('ahead.unknown')}</b>;
  if (of.service_level === null) return <b>{t('ahead.no_calls')}</b>;
  return (
    <b>
      {t('ahead.line', {
        level: percent(of.service_level),
        wait: seconds(of.wait_seconds),
        lost: intl.formatNumber(of.lost ?? 0, { maximumFractionDigits: 1 }),
      })}
    </b>
  );
}

function From({ of }: { of: Ahead }) {
  const t = useT();
  const intl = useIntl();
  const number = (value: number, digits = 1) => intl.formatNumber(value, { maximumFractionDigits: digits });
  const back = of.agents.back_seconds.map(each => clock(each)).join(', ');
  const rows: [string, string][] = [
    [t('ahead.calls'), of.offered === null ? '–' : number(of.offered)],
    [
      t('ahead.drift'),
      of.drift === null ? t('ahead.no_forecast', { count: of.recent ?? 0 }) : percent(of.drift),
    ],
    [t('ahead.longest'), seconds(of.longest_wait_seconds)],
    [t('ahead.waiting'), number(of.waiting)],
    [t('ahead.callbacks'), number(of.callbacks)],
    [t('ahead.agents'), t('ahead.agents.are', { free: of.agents.free, busy: of.agents.busy })],
    [t('ahead.talked'), seconds(of.agents.talked_seconds[0])],
    [t('ahead.back'), back || '–'],
    [t('ahead.away'), number(of.agents.away)],
    [
      t('ahead.handle'),
      t(of.handle_known ? 'ahead.known' : 'ahead.usual', { time: clock(of.handle_seconds) }),
    ],
    [t('ahead.patience'), of.patience_seconds === null ? t('ahead.patient') : clock(of.patience_seconds)],
    [t('ahead.own'), percent(of.own)],
    [t('ahead.occupancy'), percent(of.occupancy)],
    [t('ahead.formula'), of.formula],
  ];
  return (
    <dl className={s.from}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function seconds(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : clock(value);
}
