/** The figures side by side, and the day as a line for each scenario. The table says all that the picture shows. */

import { useIntl } from 'react-intl';
import type { Figures, WhatIfAnswer } from '../api';
import { clock } from '../format';
import { useT } from '../i18n';
import { CardBox, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { gaveUp, inTime, pathOf, tiersOf } from './scenario';
import s from './what-if.module.css';

const WIDTH = 960;
const HEIGHT = 220;

export function Results({ answer }: { answer: WhatIfAnswer }) {
  const t = useT();
  const columns = answer.recorded
    ? [{ ...answer.recorded, name: t('what_if.recorded') }, ...answer.results]
    : answer.results;
  return (
    <>
      <CardBox title={t('what_if.results')}>
        <p className={s.note}>
          {t('what_if.played', { calls: answer.calls, agents: answer.agents })}{' '}
          {answer.recorded && t('what_if.guesses', { wrap: Math.round(answer.wrap_up_seconds) })}
        </p>
        <Table columns={columns} lines={answer.recorded ? 0 : 1} />
      </CardBox>
      <CardBox title={t('what_if.over_time')}>
        <Picture columns={columns} lines={answer.recorded ? 0 : 1} seconds={answer.seconds} />
      </CardBox>
    </>
  );
}

function Table({ columns, lines }: { columns: Figures[]; lines: number }) {
  const t = useT();
  const intl = useIntl();
  const share = (value: number) => intl.formatNumber(value, { style: 'percent', maximumFractionDigits: 1 });
  const rows: [string, (one: Figures) => string][] = [
    [t('what_if.in_time'), one => share(inTime(one))],
    [t('what_if.abandoned'), one => `${share(gaveUp(one))} (${one.abandoned})`],
    [t('what_if.wait_mean'), one => clock(Math.round(one.wait_mean))],
    ...tiersOf(columns).map((tier): [string, (one: Figures) => string] => [
      tier ? t('what_if.wait_tier', { tier }) : t('what_if.wait_no_tier'),
      one => {
        const of = one.tiers[tier];
        return of ? `${clock(Math.round(of.wait_p50))} · ${clock(Math.round(of.wait_p99))}` : '–';
      },
    ]),
    [t('what_if.occupancy'), one => share(one.occupancy)],
    [t('what_if.cost'), one => intl.formatNumber(one.value_weighted_cost, { maximumFractionDigits: 2 })],
    [t('what_if.missed'), one => share(one.value_weighted_misses)],
  ];
  return (
    <TableFrame label={t('what_if.results')}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th />
            {columns.map((one, n) => (
              <th key={n} className={ui.end}>
                <i data-line={n + lines} className={s.key} aria-hidden="true" />
                <bdi>{one.name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([word, value]) => (
            <tr key={word}>
              <th scope="row">{word}</th>
              {columns.map((one, n) => (
                <td key={n} className={`${ui.end} digits`}>
                  {value(one)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

interface PictureProps {
  columns: Figures[];
  lines: number;
  seconds: number;
}

/** Each column's share answered in time over the day; the line's pattern tells them apart as well as its colour. */
function Picture({ columns, lines, seconds }: PictureProps) {
  const t = useT();
  const hours = [0, 0.25, 0.5, 0.75, 1].map(part => part * seconds);
  return (
    <TableFrame label={t('what_if.over_time')}>
      <figure className={s.picture}>
        <svg
          viewBox={`-44 -10 ${WIDTH + 76} ${HEIGHT + 40}`}
          role="img"
          aria-label={t('what_if.over_time.more')}
        >
          {[0, 0.5, 1].map(part => (
            <g key={part}>
              <line x1={0} x2={WIDTH} y1={HEIGHT * (1 - part)} y2={HEIGHT * (1 - part)} />
              <text x={-8} y={HEIGHT * (1 - part) + 4} textAnchor="end">
                {part * 100}%
              </text>
            </g>
          ))}
          {hours.map(at => (
            <text key={at} x={(at / seconds) * WIDTH} y={HEIGHT + 22} textAnchor="middle">
              {clock(Math.round(at / 60))}
            </text>
          ))}
          {columns.map((one, n) => (
            <path key={n} d={pathOf(one, WIDTH, HEIGHT)} data-line={n + lines} />
          ))}
        </svg>
        <figcaption>
          {columns.map((one, n) => (
            <span key={n}>
              <i data-line={n + lines} className={s.key} aria-hidden="true" />
              <bdi>{one.name}</bdi>
            </span>
          ))}
        </figcaption>
      </figure>
    </TableFrame>
  );
}
