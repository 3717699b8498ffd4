/** The lanes of a call, drawn. For screen readers the same is told in words below, so the drawing itself is hidden from them. */

import { CircleStop, CornerUpRight, PhoneMissed } from 'lucide-react';
import type { CallStory } from '../api';
import { clock } from '../format';
import { useT } from '../i18n';
import { useAgentName } from '../queries';
import { PhoneNumber } from '../ui/parts';
import s from './calls.module.css';
import { type BarKind, type Lane, pictureOf, ticks } from './lanes';

const MARKS = { missed: PhoneMissed, transferred: CornerUpRight, ended: CircleStop };
const LEGEND: BarKind[] = ['wait', 'ring', 'talk', 'hold'];

export function StoryPicture({ story, until }: { story: CallStory; until: string }) {
  const t = useT();
  const { seconds, lanes } = pictureOf(story, until);
  const place = (second: number) => `${(100 * second) / seconds}%`;
  return (
    <div className={s.picture} aria-hidden="true">
      <ul className={s.legend}>
        {LEGEND.map(kind => (
          <li key={kind}>
            <i data-bar={kind} />
            {t(`bar.${kind}`)}
          </li>
        ))}
      </ul>
      <div className={s.lanes}>
        {lanes.map(lane => (
          <div key={`${lane.kind} ${lane.name}`} className={s.lane}>
            <span className={s.laneName}>
              <LaneName lane={lane} />
            </span>
            <div className={s.track}>
              {lane.bars.map(bar => (
                <i
                  key={`${bar.kind}${bar.from}`}
                  data-bar={bar.kind}
                  data-estimated={bar.estimated || undefined}
                  style={{ insetInlineStart: place(bar.from), width: place(bar.to - bar.from) }}
                  title={
                    bar.kind === 'line'
                      ? clock(bar.to - bar.from)
                      : `${t(`bar.${bar.kind}`)} ${clock(bar.to - bar.from)}`
                  }
                />
              ))}
              {lane.marks.map(mark => {
                const Sign = MARKS[mark.kind];
                return (
                  <span
                    key={`${mark.kind}${mark.at}`}
                    className={s.mark}
                    data-mark={mark.kind}
                    style={{ insetInlineStart: place(mark.at) }}
                    title={`${t(`mark.${mark.kind}`)} +${clock(mark.at)}`}
                  >
                    <Sign size={14} />
                  </span>
                );
              })}
            </div>
          </div>
        ))}
        <div className={s.lane}>
          <span />
          <div className={s.axis}>
            {ticks(seconds).map(tick => (
              <span
                key={tick}
                className="digits"
                data-last={tick > seconds * 0.95 || undefined}
                style={{ insetInlineStart: place(tick) }}
              >
                {clock(tick)}
              </span>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function LaneName({ lane }: { lane: Lane }) {
  const t = useT();
  const nameOf = useAgentName();
  if (lane.kind === 'caller') return lane.name ? <PhoneNumber>{lane.name}</PhoneNumber> : t('party.caller');
  return <bdi>{lane.kind === 'agent' ? nameOf(lane.name) : lane.name}</bdi>;
}
