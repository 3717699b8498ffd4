/** What was recorded of a call: its picture, its sound, where it was paused, and (for supervisors) who listened. */

import { useMutation, useQuery } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { api, Problem, type RecordingItem } from '../api';
import { clock } from '../format';
import { useT } from '../i18n';
import { queries, useAgentName, useMe } from '../queries';
import { tell } from '../shell/notices';
import { CardBox, ProblemLine, When } from '../ui/parts';
import { Sure } from '../ui/sure';
import s from './recording.module.css';
import { keyMeans, SPEEDS, waveOf } from './wave';

export function Recordings({ call, active }: { call: string; active: boolean }) {
  const t = useT();
  const keeper = useMe().data?.role === 'admin';
  const { data } = useQuery({
    queryKey: ['recordings', call, active],
    queryFn: () => api.recordings(call),
  });
  if (!data?.items.length) return null;
  return (
    <CardBox title={t('recording.title')}>
      {data.items.map(item => (
        <Recording key={item.n} call={call} item={item} keeper={keeper} />
      ))}
      {keeper && data.items.some(item => item.state !== 'erased') && (
        <Hold call={call} held={data.items.some(item => item.held_by !== null)} />
      )}
    </CardBox>
  );
}

interface RecordingProps {
  call: string;
  item: RecordingItem;
  /** This person may erase. */
  keeper: boolean;
}

function Recording({ call, item, keeper }: RecordingProps) {
  const t = useT();
  const nameOf = useAgentName();
  const pauses = item.pauses.map(each => (
    <li key={each.at}>
      {t('recording.pause_told', {
        from: clock(each.from_seconds),
        to: each.to_seconds === null ? '…' : clock(each.to_seconds),
        agent: each.by ? `\u2068${nameOf(each.by)}\u2069` : '–',
      })}
    </li>
  ));
  return (
    <section className={s.player} aria-label={t('recording.nth', { n: item.n })}>
      {item.state === 'ready' ? <Player call={call} item={item} /> : <p>{t(`recording.${item.state}`)}</p>}
      {keeper && item.state === 'ready' && !item.held_by && <Erase call={call} n={item.n} />}
      <ul className={s.notes}>
        {pauses}
        {item.erased_by && (
          <li>
            {t('recording.erased_by', {
              agent:
                item.erased_by === 'retention'
                  ? t('recording.retention')
                  : `\u2068${nameOf(item.erased_by)}\u2069`,
            })}{' '}
            {item.erased_at && <When at={item.erased_at} />}
          </li>
        )}
        {item.held_by && <li>{t('recording.held', { agent: `\u2068${nameOf(item.held_by)}\u2069` })}</li>}
        {item.listened?.map(each => (
          <li key={`${each.at}${each.who}`}>
            {t('recording.listened', { agent: `\u2068${nameOf(each.who)}\u2069` })} <When at={each.at} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Asks the server for what only an administrator may do, and shows what became of it. */
function useKeeping(call: string, ask: (reason: string) => Promise<void>) {
  const t = useT();
  const { mutate, isPending } = useMutation({
    mutationFn: ask,
    onSettled: () => queries.invalidateQueries({ queryKey: ['recordings', call] }),
    onError: error =>
      tell('problem', error instanceof Problem && error.detail ? error.detail : t('save.failed')),
  });
  return { act: mutate, busy: isPending };
}

function Erase({ call, n }: { call: string; n: number }) {
  const t = useT();
  const erase = useKeeping(call, reason => api.eraseRecording(call, n, reason));
  return (
    <Sure
      label={t('recording.erase')}
      question={t('recording.erase.sure')}
      reason={t('recording.reason')}
      {...erase}
    />
  );
}

function Hold({ call, held }: { call: string; held: boolean }) {
  const t = useT();
  const hold = useKeeping(call, reason => api.holdRecordings(call, !held, reason));
  const word = held ? 'recording.hold_end' : 'recording.hold';
  return (
    <div className={s.keeping}>
      <Sure
        label={t(word)}
        question={t(`${word}.sure`)}
        reason={t('recording.reason')}
        key={word}
        calm
        {...hold}
      />
    </div>
  );
}

function Player({ call, item }: { call: string; item: RecordingItem }) {
  const t = useT();
  const sound = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [problem, setProblem] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['peaks', call, item.n],
    queryFn: () => api.peaks(call, item.n),
    staleTime: Infinity,
  });
  const seconds = data?.seconds ?? item.seconds ?? 0;
  const place = (second: number) => `${seconds > 0 ? Math.min(100, (100 * second) / seconds) : 0}%`;

  function toggle(): void {
    const player = sound.current;
    if (!player) return;
    if (!player.paused) player.pause();
    else {
      setProblem(false);
      player.playbackRate = speed;
      void player.play().catch(() => setProblem(true));
    }
  }

  function go(second: number): void {
    const to = Math.max(0, Math.min(seconds, second));
    if (sound.current) sound.current.currentTime = to;
    setAt(to);
  }

  function hasten(to: number): void {
    setSpeed(to);
    if (sound.current) sound.current.playbackRate = to;
  }

  function hear(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const means = keyMeans(event.key, at, seconds, speed);
    if (!means) return;
    event.preventDefault();
    if (means.toggle) toggle();
    if (means.at !== undefined) go(means.at);
    if (means.speed !== undefined) hasten(means.speed);
  }

  function point(event: PointerEvent<HTMLElement>): void {
    if (event.type === 'pointermove' && event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    go((seconds * (event.clientX - box.left)) / Math.max(1, box.width));
  }

  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: a telephone call has no captions */}
      <audio
        ref={sound}
        src={api.audioUrl(call, item.n)}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={event => setAt(event.currentTarget.currentTime)}
        onError={() => setProblem(true)}
      />
      <div
        className={s.wave}
        role="slider"
        tabIndex={0}
        aria-label={t('recording.place')}
        aria-describedby={`keys-${item.n}`}
        aria-valuemin={0}
        aria-valuemax={Math.round(seconds)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={`${clock(at)} / ${clock(seconds)}`}
        onKeyDown={hear}
        onPointerDown={point}
        onPointerMove={point}
      >
        {data && (
          <svg
            viewBox={`0 0 ${Math.max(1, data.peaks.length)} 100`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <path d={waveOf(data.peaks)} />
          </svg>
        )}
        {item.pauses.map(each => (
          <i
            key={each.at}
            className={s.silence}
            style={{
              insetInlineStart: place(each.from_seconds),
              insetInlineEnd: `calc(100% - ${place(each.to_seconds ?? seconds)})`,
            }}
          />
        ))}
        <i className={s.needle} style={{ insetInlineStart: place(at) }} />
      </div>
      <div className={s.controls}>
        <button type="button" onClick={toggle} aria-label={t(playing ? 'recording.stop' : 'recording.play')}>
          {playing ? <Pause size={18} aria-hidden="true" /> : <Play size={18} aria-hidden="true" />}
        </button>
        <span className="digits">
          {clock(at)} / {clock(seconds)}
        </span>
        <label>
          {t('recording.speed')}
          <select value={speed} onChange={event => hasten(Number(event.currentTarget.value))}>
            {SPEEDS.map(each => (
              <option key={each} value={each}>
                {each}×
              </option>
            ))}
          </select>
        </label>
        <small id={`keys-${item.n}`}>{t('recording.keys')}</small>
      </div>
      {(problem || error) && (
        <ProblemLine>
          {error instanceof Problem && error.detail ? error.detail : t('recording.unheard')}
        </ProblemLine>
      )}
    </>
  );
}
