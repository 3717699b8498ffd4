/** The wallboard: what waits, how well it is served, and who is there to serve it; pushed, never asked for. */

import { BellRing, MonitorPlay, PhoneMissed, Rows3 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { OneState } from '../choices';
import { clock } from '../format';
import { useT, useWord } from '../i18n';
import type { Queue } from '../protocol';
import { useAgentName } from '../queries';
import { sees } from '../shell/roles';
import { useShortcuts } from '../shell/shortcuts';
import { CardBox, Empty, StateIcon } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { AgentRows } from './agent-rows';
import { CampaignTiles } from './campaign-tiles';
import { addressOf, useFilter } from './filter';
import { QueueTile, useWaited } from './queue-tile';
import { useSettledPicture } from './settled';
import {
  agentsShown,
  alarmsOf,
  campaignsShown,
  counted,
  type Filter,
  letters,
  percent,
  queuesShown,
  STATES,
  sumOf,
} from './sums';
import s from './wall.module.css';

export default function WallPage() {
  const t = useT();
  const nameOf = useAgentName();
  const [, go] = useLocation();
  const [filter, choose] = useFilter();
  const picture = useSettledPicture();
  const queues = queuesShown(picture.queues, filter);
  const agents = agentsShown(picture.agents, filter);
  useShortcuts({ 't v': () => go(addressOf(filter, true)) });
  return (
    <div className={ui.page}>
      <div className={s.head}>
        <h1>{t('nav.wall')}</h1>
        {sees(picture.me.role).rules && (
          <>
            <Link href="/alarms" className={s.toTv}>
              <BellRing size={18} aria-hidden="true" />
              {t('nav.alarms')}
            </Link>
            <Link href="/lost-callers" className={s.toTv}>
              <PhoneMissed size={18} aria-hidden="true" />
              {t('nav.lost')}
            </Link>
          </>
        )}
        <Link href={addressOf(filter, true)} className={s.toTv}>
          <MonitorPlay size={18} aria-hidden="true" />
          {t('wall.tv')}
        </Link>
      </div>
      <Sums queues={queues} />
      <QueueChoice names={Object.keys(picture.queues).sort()} filter={filter} choose={choose} />
      {queues.length === 0 && (
        <CardBox>
          <Empty icon={Rows3}>{t(filter.queues.length > 0 ? 'wall.none_chosen' : 'queues.none')}</Empty>
        </CardBox>
      )}
      <div className={s.tiles}>
        {queues.map(queue => (
          <QueueTile key={queue.name} queue={queue} alarms={alarmsOf(picture.alarms, queue.name)} />
        ))}
        <CampaignTiles campaigns={campaignsShown(picture.campaigns, filter)} />
      </div>
      <CardBox title={t('floor.agents')}>
        <StateChoice counts={counted(picture.agents, filter)} filter={filter} choose={choose} />
        <AgentRows agents={agents} calls={picture.calls} nameOf={nameOf} />
      </CardBox>
    </div>
  );
}

function Sums({ queues }: { queues: Queue[] }) {
  const t = useT();
  const word = useWord();
  const { waiting, oldest, day } = sumOf(queues);
  const waited = useWaited(oldest);
  const figures: [string, string | number][] = [
    [t('floor.waiting'), waiting],
    [t('floor.longest'), waited === null ? '–' : clock(waited)],
    [t('wall.level_day'), percent(day?.service_level)],
    [t('wall.offered'), day?.offered ?? '–'],
    [t('wall.abandoned'), day?.abandoned ?? '–'],
    ...letters(queues).map(([kind, count]): [string, number] => [word('wall.kind', kind), count]),
  ];
  return (
    <dl className={s.sums}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Choice {
  filter: Filter;
  choose: (filter: Filter) => void;
}

function QueueChoice({ names, filter, choose }: Choice & { names: string[] }) {
  const t = useT();
  if (names.length < 2) return null;
  const toggle = (name: string) =>
    choose({
      ...filter,
      queues: filter.queues.includes(name)
        ? filter.queues.filter(each => each !== name)
        : [...filter.queues, name],
    });
  return (
    <fieldset className={`${s.chips} ${s.free}`}>
      <legend className="for-ears">{t('wall.queues')}</legend>
      <Tick
        label={t('wall.all_queues')}
        checked={filter.queues.length === 0}
        onChange={() => choose({ ...filter, queues: [] })}
      />
      {names.map(name => (
        <Tick
          key={name}
          label={<bdi>{name}</bdi>}
          checked={filter.queues.includes(name)}
          onChange={() => toggle(name)}
        />
      ))}
    </fieldset>
  );
}

function StateChoice({ counts, filter, choose }: Choice & { counts: Map<OneState, number> }) {
  const t = useT();
  const word = useWord();
  const toggle = (state: OneState) =>
    choose({
      ...filter,
      hidden: filter.hidden.includes(state)
        ? filter.hidden.filter(each => each !== state)
        : [...filter.hidden, state],
    });
  return (
    <fieldset className={s.chips}>
      <legend className="for-ears">{t('wall.states')}</legend>
      {STATES.map(state => (
        <Tick
          key={state}
          label={
            <span className={s.chip}>
              <StateIcon state={state} /> {word('state', state)}{' '}
              <b className="digits">{counts.get(state) ?? 0}</b>
            </span>
          }
          checked={!filter.hidden.includes(state)}
          onChange={() => toggle(state)}
        />
      ))}
    </fieldset>
  );
}

function Tick({ label, checked, onChange }: { label: ReactNode; checked: boolean; onChange: () => void }) {
  return (
    <label className={s.tick}>
      <input type="checkbox" checked={checked} onChange={onChange} />
      {label}
    </label>
  );
}
