/** Small charts, drawn by hand. Each says in words what it draws: nothing is told by form or colour alone. */

import { useT } from '../i18n';
import { type Look, look } from '../ui/parts';
import s from './day.module.css';

/** One figure of mine and the team's, as two bars on one scale. */
export function Beside({
  title,
  mine,
  team,
  format,
}: {
  title: string;
  mine: number | null;
  team: number | null;
  format: (value: number) => string;
}) {
  const t = useT();
  const most = Math.max(mine ?? 0, team ?? 0, 1e-9);
  const bar = (value: number | null) => `${((value ?? 0) / most) * 100}%`;
  return (
    <div className={s.beside}>
      <h3>{title}</h3>
      <p className={`${s.big} digits`}>{mine === null ? '–' : format(mine)}</p>
      <div className={s.track} aria-hidden="true">
        <span data-mine style={{ width: bar(mine) }} />
      </div>
      <div className={s.track} aria-hidden="true">
        <span style={{ width: bar(team) }} />
      </div>
      <p className={s.dim}>{t('day.team', { value: team === null ? '–' : format(team) })}</p>
    </div>
  );
}

interface Part {
  look: Look;
  word: string;
  value: number;
}

const RADIUS = 42;
const AROUND = 2 * Math.PI * RADIUS;
const GAP = 2;

/** The parts of a whole, as a ring with its legend. */
export function Ring({
  parts,
  format,
  nothing,
}: {
  parts: Part[];
  format: (value: number) => string;
  nothing: string;
}) {
  const sum = parts.reduce((total, part) => total + part.value, 0);
  let from = 0;
  return (
    <div className={s.ring}>
      <svg viewBox="0 0 108 108" aria-hidden="true">
        <circle cx="54" cy="54" r={RADIUS} className={s.ringGround} />
        {sum > 0 &&
          parts.map(part => {
            const length = (part.value / sum) * AROUND;
            const start = from;
            from += length;
            if (length < GAP) return null;
            return (
              <circle
                key={part.look}
                cx="54"
                cy="54"
                r={RADIUS}
                className={look(part.look)}
                strokeDasharray={`${length - GAP} ${AROUND - length + GAP}`}
                strokeDashoffset={-start}
              />
            );
          })}
        <text x="54" y="59" className="digits">
          {format(sum)}
        </text>
      </svg>
      {sum > 0 ? (
        <dl>
          {parts.map(part => (
            <div key={part.look}>
              <dt>
                <i className={look(part.look)} aria-hidden="true" />
                {part.word}
              </dt>
              <dd className="digits">{format(part.value)}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className={s.dim}>{nothing}</p>
      )}
    </div>
  );
}

/** Counts, the largest first. */
export function Bars({ rows }: { rows: { word: string; value: number }[] }) {
  const most = Math.max(...rows.map(row => row.value), 1);
  return (
    <dl className={s.bars}>
      {rows.map(row => (
        <div key={row.word}>
          <dt>
            <bdi>{row.word}</bdi>
          </dt>
          <dd>
            <span className={s.track} aria-hidden="true">
              <span data-mine style={{ width: `${(row.value / most) * 100}%` }} />
            </span>
            <span className="digits">{row.value}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
