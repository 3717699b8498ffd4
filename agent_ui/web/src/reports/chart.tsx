/** The first measure of a report over time, a line for each of a few rows. The table below says the same in figures. */

import { useWord } from '../i18n';
import type { Report } from './api';
import { useFigure, useKeyWord, usePart } from './figures';
import s from './reports.module.css';

const WIDTH = 720;
const HEIGHT = 160;
const MOST = 5;

export function Chart({ report }: { report: Report }) {
  const word = useWord();
  const keyWord = useKeyWord();
  const written = useFigure();
  const part = usePart(report.each);
  const measure = report.measures[0];
  if (!measure || !report.each) return null;
  const times = [...new Set(report.rows.map(row => row.from))].sort();
  if (times.length < 2) return null;
  const lines = new Map<string, { name: string; sum: number; values: (number | null)[] }>();
  for (const row of report.rows) {
    const name = report.by.map(each => keyWord(each, row.keys[each] ?? '')).join(', ');
    const id = report.by.map(each => row.keys[each]).join('\n');
    const line = lines.get(id) ?? { name, sum: 0, values: times.map(() => null) };
    const value = row.figures[measure.key]?.value ?? null;
    line.values[times.indexOf(row.from)] = value;
    line.sum += value ?? 0;
    lines.set(id, line);
  }
  const shown = [...lines.values()].sort((a, b) => b.sum - a.sum).slice(0, MOST);
  const most = Math.max(
    measure.unit === 'share' ? 1 : 0,
    ...shown.flatMap(line => line.values.map(each => each ?? 0)),
  );
  const x = (place: number) => (place / (times.length - 1)) * WIDTH;
  const y = (value: number) => HEIGHT - (most ? value / most : 0) * HEIGHT;
  return (
    <figure className={s.chart}>
      <figcaption>
        <strong>{word('measure', measure.key)}</strong>
        {shown.map((line, n) => (
          <span key={line.name} data-line={n}>
            <i aria-hidden="true" />
            <bdi>{line.name}</bdi>
          </span>
        ))}
      </figcaption>
      <div className={s.plot} aria-hidden="true">
        <span className="digits">{written(most, measure.unit)}</span>
        <svg viewBox={`-2 -4 ${WIDTH + 4} ${HEIGHT + 8}`} preserveAspectRatio="none" aria-hidden="true">
          <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
          {shown.map((line, n) =>
            runs(line.values).map(run => (
              <polyline
                key={`${line.name} ${run[0]?.[0]}`}
                data-line={n}
                points={run.map(([place, value]) => `${x(place)},${y(value)}`).join(' ')}
              />
            )),
          )}
        </svg>
        <p className="digits">
          <span>{part(times[0] ?? '')}</span>
          <span>{part(times.at(-1) ?? '')}</span>
        </p>
      </div>
    </figure>
  );
}

/** A line is broken where nothing counts. A lone point is drawn as a short stroke. */
export function runs(values: (number | null)[]): [number, number][][] {
  const found: [number, number][][] = [];
  let last: [number, number][] | null = null;
  values.forEach((value, place) => {
    if (value === null) {
      last = null;
      return;
    }
    if (!last) {
      last = [];
      found.push(last);
    }
    last.push([place, value]);
  });
  return found.map(run => {
    const [only] = run;
    return run.length === 1 && only ? [only, [only[0] + 0.15, only[1]]] : run;
  });
}
