/** The week ahead of a queue: calls with their band, how many agents they take, and how well such forecasts did of late. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type CSSProperties, useState } from 'react';
import { useIntl } from 'react-intl';
import { whyNot } from '../admin/why-not';
import type { HalfHour } from '../api';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { ProblemLine, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './forecast.module.css';
import {
  busyHalves,
  daysOf,
  type Forecast,
  type ForecastDay,
  type ForecastHalf,
  forecastOf,
} from './forecast-api';
import frame from './staffing.module.css';

const today = () => new Date().toLocaleDateString('sv-SE');

export function ForecastPart({ take }: { take: (half: HalfHour) => void }) {
  const t = useT();
  const queues = Object.keys(usePicture(picture => picture.queues)).sort((a, b) => a.localeCompare(b));
  const [chosen, setChosen] = useState('');
  const [date, setDate] = useState(today);
  const queue = chosen || queues[0] || '';
  const { data, isError, error } = useQuery({
    queryKey: ['forecast', queue, date],
    queryFn: () => forecastOf(queue, date, Intl.DateTimeFormat().resolvedOptions().timeZone),
    enabled: queue !== '' && date !== '',
    staleTime: 10 * 60_000,
    retry: false,
  });
  return (
    <div className={frame.form}>
      <div className={frame.figures}>
        <NativeSelect
          label={t('queue')}
          value={queue}
          onChange={event => setChosen(event.currentTarget.value)}
          data={queues}
        />
        <TextInput
          type="date"
          label={t('forecast.from')}
          value={date}
          onChange={event => setDate(event.currentTarget.value)}
        />
      </div>
      {isError && <ProblemLine>{whyNot(error, t)}</ProblemLine>}
      {data && !data.ready && (
        <p className={frame.note}>{t('forecast.too_new', { days: data.days_needed })}</p>
      )}
      {data?.ready && <Told of={data} take={take} />}
    </div>
  );
}

function Told({ of, take }: { of: Forecast; take: (half: HalfHour) => void }) {
  const t = useT();
  const days = daysOf(of);
  const [chosen, setChosen] = useState('');
  const day = days.find(each => each.day === chosen) ?? days.find(each => each.calls >= 1) ?? days[0];
  if (!day) return null;
  return (
    <>
      <Accuracy of={of} />
      <Days of={of} days={days} chosen={day.day} choose={setChosen} />
      <Halves of={of} day={day} take={take} />
      <p className={frame.note}>
        {t('forecast.assumes', {
          share: of.in_time * 100,
          target: of.target_seconds,
          handle: of.handle_seconds,
          formula: of.patience_seconds === null ? 'Erlang C' : 'Erlang A',
        })}{' '}
        {!of.handle_known && t('forecast.assumed')}
      </p>
    </>
  );
}

function Accuracy({ of: { accuracy } }: { of: Forecast }) {
  const t = useT();
  const intl = useIntl();
  if (!accuracy) return <p className={frame.note}>{t('forecast.untested')}</p>;
  const share = (value: number) => intl.formatNumber(value, { style: 'percent', maximumFractionDigits: 0 });
  return (
    <p className={s.accuracy} data-worse={accuracy.wape > accuracy.naive_wape || undefined}>
      {t('forecast.accuracy', {
        weeks: accuracy.weeks,
        calls: accuracy.calls,
        wape: share(accuracy.wape),
        naive: share(accuracy.naive_wape),
        inside: share(accuracy.inside),
      })}
    </p>
  );
}

function Days(props: { of: Forecast; days: ForecastDay[]; chosen: string; choose: (day: string) => void }) {
  const t = useT();
  const intl = useIntl();
  const most = Math.max(1, ...props.days.map(each => each.calls));
  return (
    <fieldset className={s.days}>
      <legend className="for-ears">{t('forecast.days')}</legend>
      {props.days.map(each => (
        <button
          key={each.day}
          type="button"
          aria-pressed={each.day === props.chosen}
          onClick={() => props.choose(each.day)}
          style={{ '--share': each.calls / most } as CSSProperties}
        >
          <i aria-hidden="true" />
          <b>
            {intl.formatDate(`${each.day}T12:00:00Z`, {
              weekday: 'short',
              day: 'numeric',
              month: 'short',
              timeZone: 'UTC',
            })}
          </b>
          <span>{t('forecast.calls', { calls: Math.round(each.calls) })}</span>
          <small>
            {each.calls >= 0.5 && t('forecast.peak', { agents: each.busiest.agents ?? '–' })}{' '}
            {each.special && <bdi>{each.special}</bdi>}
          </small>
        </button>
      ))}
    </fieldset>
  );
}

function Halves({ of, day, take }: { of: Forecast; day: ForecastDay; take: (half: HalfHour) => void }) {
  const t = useT();
  const intl = useIntl();
  const halves = busyHalves(day.halves);
  const most = Math.max(1, ...halves.map(each => each.high));
  if (halves.length === 0) return <p className={frame.note}>{t('forecast.quiet')}</p>;
  const time = (half: ForecastHalf) =>
    intl.formatTime(half.at, { timeZone: of.time_zone, hour: '2-digit', minute: '2-digit' });
  return (
    <TableFrame label={t('forecast.halves')}>
      <table className={`${ui.table} ${s.halves}`}>
        <thead>
          <tr>
            <th>{t('staffing.half_hour')}</th>
            <th className={ui.end}>{t('staffing.calls')}</th>
            <th>{t('forecast.band')}</th>
            <th className={ui.end}>{t('staffing.agents')}</th>
            <th>
              <span className="for-ears">{t('staffing.take')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {halves.map(half => (
            <tr key={half.at}>
              <th scope="row" className="digits">
                {time(half)}
              </th>
              <td className={`${ui.end} digits`}>
                {intl.formatNumber(half.calls, { maximumFractionDigits: 1 })}
              </td>
              <td className="digits">
                <Band half={half} most={most} />
              </td>
              <td className={`${ui.end} digits`}>{half.agents ?? '–'}</td>
              <td className={ui.end}>
                <Button size="compact-sm" variant="subtle" onClick={() => take(asRecorded(of, half))}>
                  {t('forecast.reckon')}
                  <span className="for-ears"> {time(half)}</span>
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function Band({ half, most }: { half: ForecastHalf; most: number }) {
  const style = { '--low': half.low / most, '--high': half.high / most, '--calls': half.calls / most };
  return (
    <span className={s.band}>
      <i aria-hidden="true" style={style as CSSProperties} />
      {half.low}–{half.high}
    </span>
  );
}

/** For the form below. */
function asRecorded(of: Forecast, half: ForecastHalf): HalfHour {
  return {
    at: half.at,
    calls: Math.max(1, Math.round(half.calls)),
    answered: 0,
    abandoned: 0,
    in_time: 0,
    handle_seconds: of.handle_seconds,
    patience_seconds: of.patience_seconds,
    target_seconds: of.target_seconds,
  };
}
