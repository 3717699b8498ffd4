/** The table of a report. Each figure opens its calls. */

import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { clock } from '../format';
import { useT, useWord } from '../i18n';
import { useAgentName } from '../queries';
import { useReasonWord } from '../states/reasons';
import { TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import type { Figure, Measure, Report } from './api';
import s from './reports.module.css';

export function useFigure(): (value: number | null, unit: Measure['unit']) => string {
  const intl = useIntl();
  return (value, unit) => {
    if (value === null) return '–';
    if (unit === 'share') return intl.formatNumber(value, { style: 'percent', maximumFractionDigits: 1 });
    return unit === 'seconds' ? clock(value) : intl.formatNumber(value);
  };
}

/** What a dimension's value is called. */
export function useKeyWord(): (dimension: string, value: string) => string {
  const t = useT();
  const word = useWord();
  const nameOf = useAgentName();
  const reasonOf = useReasonWord();
  return (dimension, value) => {
    if (!value) return dimension === 'agent' ? t('report.nobody') : t('report.without');
    if (dimension === 'agent') return nameOf(value);
    if (dimension === 'direction') return word('direction', value);
    return dimension === 'reason' ? reasonOf(value, 40) : value;
  };
}

export function usePart(each: string | null): (from: string) => string {
  const intl = useIntl();
  return from => {
    const date = new Date(from);
    if (each === 'month') return intl.formatDate(date, { month: 'long', year: 'numeric' });
    if (each === 'hour' || each === 'half_hour')
      return intl.formatDate(date, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
    return intl.formatDate(date, { weekday: 'short', day: 'numeric', month: 'short' });
  };
}

export function Figures({ report }: { report: Report }) {
  const t = useT();
  const word = useWord();
  const keyWord = useKeyWord();
  const part = usePart(report.each);
  return (
    <TableFrame label={t('report.figures')}>
      <table className={ui.table}>
        <thead>
          <tr>
            {report.by.map(each => (
              <th key={each}>{word('report.by', each)}</th>
            ))}
            {report.each && <th>{t('column.when')}</th>}
            {report.measures.map(({ key, formula }) => (
              <th key={key} className={ui.end} title={formula}>
                {word('measure', key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.rows.map(row => (
            <tr key={`${Object.values(row.keys).join('\n')} ${row.from}`}>
              {report.by.map(each => (
                <td key={each}>
                  <bdi>{keyWord(each, row.keys[each] ?? '')}</bdi>
                </td>
              ))}
              {report.each && (
                <td>
                  <time dateTime={row.from} className={`digits ${s.when}`}>
                    {part(row.from)}
                  </time>
                </td>
              )}
              {report.measures.map(measure => (
                <td key={measure.key} className={`${ui.end} digits`}>
                  <Cell figure={row.figures[measure.key]} measure={measure} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function Cell({ figure, measure }: { figure: Figure | undefined; measure: Measure }) {
  const written = useFigure();
  if (!figure) return '–';
  const text = written(figure.value, measure.unit);
  if (!figure.calls_url || figure.value === null) return text;
  const asked = figure.calls_url.split('?')[1] ?? '';
  return (
    <Link href={`/reports/calls?${asked}`} className={s.figure}>
      {text}
    </Link>
  );
}
