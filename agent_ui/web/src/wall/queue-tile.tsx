/** One queue as it is now, to be read from where one sits, or from across the room. */

import { BellRing } from 'lucide-react';
import { type CSSProperties, memo } from 'react';
import { NextLine } from '../ahead/next-line';
import { secondsSince, useSecond } from '../clock';
import { clock } from '../format';
import { useT, useWord } from '../i18n';
import type { Alarm, Queue } from '../protocol';
import { useAlarmWords } from './alarm-words';
import { letters, percent } from './sums';
import s from './wall.module.css';

interface Shown {
  queue: Queue;
  alarms: Alarm[];
}

function Tile({ queue, alarms }: Shown) {
  const words = useAlarmWords();
  const t = useT();
  const word = useWord();
  const waited = useWaited(queue.oldest_queued_at);
  const tone = alarms.length > 0 ? 'danger' : toneOf(queue, waited);
  const { day, recent } = queue.today ?? {};
  const formula = t('wall.formula', { formula: day?.formula ?? 'offered', seconds: queue.target_seconds });
  return (
    <article className={s.tile} data-tone={tone} aria-label={queue.name}>
      <h3>
        <bdi>{queue.name}</bdi>
      </h3>
      {alarms.length > 0 && (
        <ul className={s.alarms}>
          {alarms.map(each => (
            <li key={each.id}>
              <BellRing aria-hidden="true" />
              {words(each)}
            </li>
          ))}
        </ul>
      )}
      <dl className={s.main}>
        <Figure word={t('floor.waiting')} value={queue.waiting} strong />
        <Figure word={t('floor.longest')} value={waited === null ? '–' : clock(waited)} strong />
        <div title={formula}>
          <dt>{t('wall.level')}</dt>
          <dd>
            {percent(recent?.service_level)}
            <Bar share={recent?.service_level} />
          </dd>
        </div>
      </dl>
      <dl className={s.small}>
        <Figure word={t('wall.level_day')} value={percent(day?.service_level)} title={formula} />
        <Figure word={t('wall.offered')} value={day?.offered ?? '–'} />
        <Figure word={t('wall.answered')} value={day?.answered ?? '–'} />
        <Figure word={t('wall.abandoned')} value={day?.abandoned ?? '–'} />
      </dl>
      <NextLine queue={queue.name} />
      <p className={s.foot}>
        <span>{t('wall.agents', { ...queue.agents })}</span>
        {letters([queue]).map(([kind, count]) => (
          <span key={kind}>
            {word('wall.kind', kind)} {count}
          </span>
        ))}
      </p>
    </article>
  );
}

/** Drawn anew only when its own queue or alarms are others. */
export const QueueTile = memo(
  Tile,
  (was: Shown, now: Shown) =>
    was.queue === now.queue &&
    was.alarms.length === now.alarms.length &&
    was.alarms.every((each, n) => each === now.alarms[n]),
);

function Figure({
  word,
  value,
  strong = false,
  title,
}: {
  word: string;
  value: string | number;
  strong?: boolean;
  title?: string;
}) {
  return (
    <div data-strong={strong || undefined} title={title}>
      <dt>{word}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Bar({ share }: { share: number | null | undefined }) {
  if (share === null || share === undefined) return null;
  return (
    <span className={s.bar} aria-hidden="true" style={{ '--share': share } as CSSProperties}>
      <i />
    </span>
  );
}

/** Seconds that the first in line has waited by now. */
export function useWaited(since: string | null): number | null {
  const second = useSecond();
  return since ? secondsSince(since, second) : null;
}

function toneOf(queue: Queue, waited: number | null): 'danger' | 'paused' | undefined {
  if (waited === null) return undefined;
  if (waited > queue.max_wait_seconds) return 'danger';
  return waited > queue.target_seconds ? 'paused' : undefined;
}
