/** The supervisor's home: everything that is going on, pushed, on one page. */

import { Headset, Phone, Rows3 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { claimedName } from '../agent/desk';
import { stateOf } from '../choices';
import { secondsSince, useSecond } from '../clock';
import { clock } from '../format';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { Agent, Card, Queue } from '../protocol';
import { useAgentName, useContactNames } from '../queries';
import { idOf, limitsOf, WaitingTitle } from '../requests/in-line';
import { WhyButton } from '../states/why-button';
import { SteerMenu } from '../steer/steer-menu';
import { WriteButton } from '../steer/write-button';
import {
  AgentState,
  Avatar,
  Badge,
  CardBox,
  Elapsed,
  Empty,
  type Look,
  PhoneNumber,
  StateIcon,
  Tier,
  Wait,
  Who,
} from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './floor.module.css';
import { agentsInOrder, callState, countStates } from './sums';

/** Points from which a request goes before all others: its longest wait is up. */
const BEFORE_ALL = 1e6;

export default function Floor() {
  const t = useT();
  const calls = usePicture(picture => picture.calls);
  const queues = usePicture(picture => picture.queues);
  const agents = usePicture(picture => picture.agents);
  return (
    <div className={ui.page}>
      <h1 className="for-ears">{t('nav.floor')}</h1>
      <Figures calls={Object.values(calls)} queues={Object.values(queues)} agents={Object.values(agents)} />
      <Queues queues={Object.values(queues)} agents={Object.values(agents)} />
      <div className={s.columns}>
        <LiveCalls calls={Object.values(calls)} />
        <Agents agents={Object.values(agents)} />
      </div>
    </div>
  );
}

function Figures({ calls, queues, agents }: { calls: Card[]; queues: Queue[]; agents: Agent[] }) {
  const t = useT();
  const second = useSecond();
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const oldest = queues.flatMap(queue => queue.oldest_queued_at ?? []).sort()[0];
  const states = countStates(agents);
  const figures: [string, string | number, Look?][] = [
    [t('floor.calls'), calls.length],
    [t('floor.waiting'), waiting, waiting > 0 ? 'paused' : undefined],
    [t('floor.longest'), oldest ? clock(secondsSince(oldest, second)) : '–'],
    [t('state.ready'), states.ready, 'ready'],
    [t('state.talking'), states.talking + states.hold + states.ringing, 'talking'],
    [t('state.paused'), states.paused + states.wrap_up],
  ].map(each => each as [string, string | number, Look?]);
  return (
    <dl className={s.figures}>
      {figures.map(([word, value, tone]) => (
        <div key={word} data-tone={tone}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Queues({ queues, agents }: { queues: Queue[]; agents: Agent[] }) {
  const t = useT();
  if (queues.length === 0)
    return (
      <CardBox>
        <Empty icon={Rows3}>{t('queues.none')}</Empty>
      </CardBox>
    );
  return (
    <ul className={s.queues}>
      {queues
        .toSorted((a, b) => b.waiting - a.waiting || a.name.localeCompare(b.name))
        .map(queue => (
          <li key={queue.name}>
            <QueueCard queue={queue} agents={agents.filter(agent => agent.queues.includes(queue.name))} />
          </li>
        ))}
    </ul>
  );
}

const FACES = 7;

function QueueCard({ queue, agents }: { queue: Queue; agents: Agent[] }) {
  const t = useT();
  const nameOf = useAgentName();
  const serving = agentsInOrder(agents.filter(agent => agent.state !== 'offline'));
  return (
    <CardBox>
      <div className={s.queue}>
        <h2>
          <bdi>{queue.name}</bdi>
        </h2>
        <p className={s.count} data-some={queue.waiting > 0 || undefined}>
          <strong className="digits">{queue.waiting}</strong>{' '}
          {t('floor.waiting_word', { count: queue.waiting })}
          {!!queue.written && (
            <span className={ui.dim}> · {t('written.waiting', { count: queue.written })}</span>
          )}
        </p>
        <p className={s.oldest}>
          {queue.oldest_queued_at ? (
            <>
              {t('floor.longest')}{' '}
              <Wait
                since={queue.oldest_queued_at}
                target={queue.target_seconds}
                longest={queue.max_wait_seconds}
              />
            </>
          ) : (
            <span className={ui.dim}>{t('floor.target', { seconds: queue.target_seconds })}</span>
          )}
        </p>
        <ul className={s.faces} aria-label={t('floor.serving')}>
          {serving.slice(0, FACES).map(agent => (
            <li key={agent.id} data-state={stateOf(agent)} title={nameOf(agent.id)}>
              <Avatar name={nameOf(agent.id)} size={32} />
              <span className="for-ears">{nameOf(agent.id)}</span>
            </li>
          ))}
          {serving.length > FACES && <li className={ui.dim}>+{serving.length - FACES}</li>}
          {serving.length === 0 && <li className={ui.dim}>{t('floor.nobody_serves')}</li>}
        </ul>
      </div>
      <Line queue={queue} />
    </CardBox>
  );
}

/** The line of one queue, with the reason of each place on demand. */
function Line({ queue }: { queue: Queue }) {
  const t = useT();
  const line = usePicture(picture => picture.waiting[queue.name]);
  const [open, setOpen] = useState<string | null>(null);
  if (!line?.length) return null;
  return (
    <ol className={s.line}>
      {line.slice(0, 5).map(each => (
        <li key={idOf(each)}>
          <button
            type="button"
            aria-expanded={open === idOf(each)}
            title={t('floor.why')}
            onClick={() => setOpen(open === idOf(each) ? null : idOf(each))}
          >
            <span className={`${s.position} digits`}>{each.position}</span>
            <span className={s.lineWho}>
              <Who name={claimedName(each)} number={each.number} /> <WaitingTitle of={each} />
            </span>
            <Tier>{each.tier}</Tier>
            <Wait since={each.queued_at} {...limitsOf(each, queue)} />
          </button>
          {open === idOf(each) && (
            <ul className={s.reasons}>
              {each.reasons.map(({ reason, points }) => (
                <li key={reason}>
                  <span>{reason}</span>
                  <span className="digits">{points >= BEFORE_ALL ? '∞' : points.toFixed(2)}</span>
                </li>
              ))}
              {each.reasons.length === 0 && <li>{t('floor.no_reasons')}</li>}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

function LiveCalls({ calls }: { calls: Card[] }) {
  const t = useT();
  const [, go] = useLocation();
  const nameOf = useAgentName();
  const contactOf = useContactNames(calls);
  const agents = usePicture(picture => picture.agents);
  const sorted = calls.toSorted((a, b) => a.started_at.localeCompare(b.started_at));
  return (
    <CardBox
      title={t('floor.live')}
      side={calls.length > 0 && <Badge look="plain">{String(calls.length)}</Badge>}
    >
      {calls.length === 0 && <Empty icon={Phone}>{t('floor.quiet')}</Empty>}
      <ul className={s.calls}>
        {sorted.map(card => {
          const { state, agent } = callState(card);
          const name = contactOf(card) ?? claimedName(card);
          return (
            <li key={card.id} className={s.call}>
              <button type="button" onClick={() => go(`/calls/${encodeURIComponent(card.id)}`)}>
                <Badge look={state === 'waiting' ? 'paused' : state === 'begun' ? 'plain' : state}>
                  <StateIcon state={state === 'waiting' ? 'hold' : state === 'begun' ? 'talking' : state} />
                  {t(`live.${state}`)}
                </Badge>
                <span className={s.lineWho}>
                  <Who name={name} number={card.number} />
                  <small>
                    {name ? <PhoneNumber>{card.number}</PhoneNumber> : null}
                    {card.queue && <bdi>{card.queue}</bdi>}
                  </small>
                </span>
                <Tier>{card.tier}</Tier>
                <bdi className={s.with}>{agent ? nameOf(agent) : ''}</bdi>
                <Elapsed since={card.started_at} />
              </button>
              {agent && agents[agent] && <SteerMenu agent={agents[agent]} name={nameOf(agent)} />}
            </li>
          );
        })}
      </ul>
    </CardBox>
  );
}

function Agents({ agents }: { agents: Agent[] }) {
  const t = useT();
  const nameOf = useAgentName();
  return (
    <CardBox title={t('floor.agents')} side={<WriteButton />}>
      {agents.length === 0 && <Empty icon={Headset}>{t('floor.no_agents')}</Empty>}
      <ul className={s.agents}>
        {agentsInOrder(agents).map(agent => (
          <li key={agent.id}>
            <Avatar name={nameOf(agent.id)} size={34} />
            <span className={s.lineWho}>
              <bdi>{nameOf(agent.id)}</bdi>
              <small>
                <bdi>{agent.queues.join(', ') || '–'}</bdi>
              </small>
            </span>
            {!agent.reachable && agent.state !== 'offline' && (
              <span title={t('phone.unreachable')} className={s.away}>
                <StateIcon state="away" />
                <span className="for-ears">{t('phone.unreachable')}</span>
              </span>
            )}
            <AgentState agent={agent} />
            <WhyButton login={agent.id} name={nameOf(agent.id)} />
            <SteerMenu agent={agent} name={nameOf(agent.id)} />
          </li>
        ))}
      </ul>
    </CardBox>
  );
}
