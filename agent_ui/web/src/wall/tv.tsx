/** The wall on a TV: nothing to press, nothing that scrolls, large enough for four metres, and a word when it is out of date. */

import { WifiOff } from 'lucide-react';
import { useEffect } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { api } from '../api';
import { stateOf } from '../choices';
import { useSecond } from '../clock';
import { clock } from '../format';
import { useT, useWord } from '../i18n';
import { useLive } from '../live';
import { forgetMe, useAgentName } from '../queries';
import { AgentState, look } from '../ui/parts';
import { CampaignTiles } from './campaign-tiles';
import { addressOf, useFilter } from './filter';
import { QueueTile, useWaited } from './queue-tile';
import { useSettledPicture } from './settled';
import { agentsShown, alarmsOf, campaignsShown, counted, percent, queuesShown, STATES, sumOf } from './sums';
import s from './wall.module.css';

/** As many as can be read at once; of the others the sums tell. */
const FACES = 48;

export default function Tv() {
  const t = useT();
  const word = useWord();
  const nameOf = useAgentName();
  const [filter] = useFilter();
  const picture = useSettledPicture();
  const link = useLive(live => live.link);
  const queues = queuesShown(picture.queues, filter);
  const sum = sumOf(queues);
  const agents = agentsShown(picture.agents, filter);
  const states = counted(picture.agents, filter);
  const viewer = picture.me.role === 'viewer';
  useAwake();
  return (
    <div className={s.tv} data-many={queues.length > 6 || undefined}>
      <header>
        <h1>{t('nav.wall')}</h1>
        <Sums waiting={sum.waiting} oldest={sum.oldest} level={percent(sum.day?.service_level)} />
        <Clock />
        {viewer ? (
          <button type="button" className={s.leave} onClick={() => void signOut()}>
            {t('sign_out')}
          </button>
        ) : (
          <Link href={addressOf(filter, false)} className={s.leave}>
            {t('wall.leave')}
          </Link>
        )}
      </header>
      {link !== 'live' && (
        <p className={s.stale} role="status">
          <WifiOff aria-hidden="true" />
          {t('wall.stale')}
        </p>
      )}
      <div className={s.tiles}>
        {queues.map(queue => (
          <QueueTile key={queue.name} queue={queue} alarms={alarmsOf(picture.alarms, queue.name)} />
        ))}
        <CampaignTiles campaigns={campaignsShown(picture.campaigns, filter)} />
      </div>
      <ul className={s.states}>
        {STATES.filter(state => states.has(state)).map(state => (
          <li key={state} className={look(state)}>
            <strong>{states.get(state)}</strong> {word('state', state)}
          </li>
        ))}
      </ul>
      <ul className={s.faces}>
        {agents.slice(0, FACES).map(agent => (
          <li key={agent.id} className={look(stateOf(agent))}>
            <bdi>{nameOf(agent.id)}</bdi>
            <AgentState agent={agent} />
          </li>
        ))}
        {agents.length > FACES && <li>{t('wall.more', { count: agents.length - FACES })}</li>}
      </ul>
    </div>
  );
}

async function signOut(): Promise<void> {
  await api.signOut().catch(() => undefined);
  forgetMe();
}

function Sums({ waiting, oldest, level }: { waiting: number; oldest: string | null; level: string }) {
  const t = useT();
  const waited = useWaited(oldest);
  return (
    <dl>
      <div>
        <dt>{t('floor.waiting')}</dt>
        <dd>{waiting}</dd>
      </div>
      <div>
        <dt>{t('floor.longest')}</dt>
        <dd>{waited === null ? '–' : clock(waited)}</dd>
      </div>
      <div>
        <dt>{t('wall.level_day')}</dt>
        <dd>{level}</dd>
      </div>
    </dl>
  );
}

function Clock() {
  const intl = useIntl();
  return (
    <time className="digits">
      {intl.formatTime(useSecond() * 1000, { hour: '2-digit', minute: '2-digit' })}
    </time>
  );
}

/** The screen does not go dark, where the browser lets a page ask for that. */
function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const hold = async () => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      lock = await navigator.wakeLock.request('screen').catch(() => undefined);
    };
    void hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      document.removeEventListener('visibilitychange', hold);
      void lock?.release();
    };
  }, []);
}
