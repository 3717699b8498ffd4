/** What a supervisor can do to one agent: step into the call, set the state, move between queues, write. */

import { UnstyledButton } from '@mantine/core';
import { Ear, EllipsisVertical, MessageSquare, Mic, PhoneForwarded, Users } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { Agent } from '../protocol';
import { useCommand } from '../shell/notices';
import { ReasonSign } from '../shell/state-switch';
import { usePauseReasons, useReasonWord } from '../states/reasons';
import { LateMenu, useMenu } from '../ui/late-menu';
import { StateIcon } from '../ui/parts';
import { actsOn } from './acts';
import s from './steer.module.css';

const Price = lazy(() => import('../ahead/price'));
const MessageWindow = lazy(() => import('./message-window'));
const ICONS = { listen: Ear, whisper: Mic, barge: Users, take_over: PhoneForwarded };

export function SteerMenu({ agent, name }: { agent: Agent; name: string }) {
  const t = useT();
  const [writing, setWriting] = useState(false);
  const me = usePicture(picture => picture.me);
  const { calls, states, moves, writes } = actsOn(agent, me.can, me.login);
  if (!calls.length && !states && !moves && !writes) return null;
  return (
    <>
      <LateMenu
        position="bottom-end"
        width={260}
        button={
          <UnstyledButton className={s.more} title={t('steer.of', { name })}>
            <EllipsisVertical size={18} aria-hidden="true" />
            <span className="for-ears">{t('steer.of', { name })}</span>
          </UnstyledButton>
        }
      >
        <div className={s.long}>
          <Items agent={agent} write={() => setWriting(true)} />
        </div>
      </LateMenu>
      {writing && (
        <Suspense fallback={null}>
          <MessageWindow agent={agent.id} name={name} close={() => setWriting(false)} />
        </Suspense>
      )}
    </>
  );
}

function Items({ agent, write }: { agent: Agent; write: () => void }) {
  const Menu = useMenu();
  const t = useT();
  const give = useCommand();
  const me = usePicture(picture => picture.me);
  const { calls, states, moves, writes } = actsOn(agent, me.can, me.login);
  const whom = { agent: agent.id };
  const force = (state: string, more = {}) => void give('force_state', { ...whom, state, ...more });
  return (
    <>
      {calls.map(act => {
        const Icon = ICONS[act];
        return (
          <Menu.Item
            key={act}
            leftSection={<Icon size={17} aria-hidden="true" />}
            onClick={() => void give(act, { ...whom, ...(agent.call && { call: agent.call }) })}
          >
            {t(`steer.${act}`)}
          </Menu.Item>
        );
      })}
      {writes && (
        <Menu.Item leftSection={<MessageSquare size={17} aria-hidden="true" />} onClick={write}>
          {t('steer.write')}
        </Menu.Item>
      )}
      {states && (
        <>
          <Menu.Label>{t('steer.state')}</Menu.Label>
          {states.wrapped_up && (
            <Menu.Item
              leftSection={<StateIcon state="wrap_up" size={17} />}
              onClick={() => force('wrapped_up')}
            >
              {t('steer.wrapped_up')}
            </Menu.Item>
          )}
          {states.ready && (
            <Menu.Item leftSection={<StateIcon state="ready" size={17} />} onClick={() => force('ready')}>
              {t(agent.state === 'offline' ? 'state.log_in' : 'state.ready')}
            </Menu.Item>
          )}
          {states.paused && <Pauses agent={agent.id} pause={reason => force('paused', { reason })} />}
          {states.offline && (
            <Menu.Item leftSection={<StateIcon state="offline" size={17} />} onClick={() => force('offline')}>
              {t('state.log_out')}
            </Menu.Item>
          )}
        </>
      )}
      {moves && <Queues agent={agent} />}
    </>
  );
}

function Pauses({ agent, pause }: { agent: string; pause: (reason: string) => void }) {
  const Menu = useMenu();
  const t = useT();
  const reasonOf = useReasonWord();
  const reasons = usePauseReasons().filter(each => each.active);
  const [reached, setReached] = useState('');
  return (
    <>
      {reasons.map(reason => (
        <Menu.Item
          key={reason.key}
          leftSection={<ReasonSign reason={reason} />}
          onMouseEnter={() => setReached(reason.key)}
          onFocus={() => setReached(reason.key)}
          onClick={() => pause(reason.key)}
        >
          {t('steer.pause', { reason: reasonOf(reason.key) })}
        </Menu.Item>
      ))}
      <Suspense fallback={null}>
        <Price agent={agent} reason={reached} />
      </Suspense>
    </>
  );
}

/** In which queues the agent is from now on. */
function Queues({ agent }: { agent: Agent }) {
  const Menu = useMenu();
  const t = useT();
  const give = useCommand();
  const names = usePicture(picture => Object.keys(picture.queues).sort().join('\n'))
    .split('\n')
    .filter(Boolean);
  if (agent.state === 'offline' || !names.length) return null;
  const moved = (name: string) =>
    agent.queues.includes(name) ? agent.queues.filter(each => each !== name) : [...agent.queues, name];
  return (
    <>
      <Menu.Label>{t('steer.queues')}</Menu.Label>
      {names.map(name => (
        <Menu.CheckboxItem
          key={name}
          checked={agent.queues.includes(name)}
          closeMenuOnClick={false}
          onChange={() => void give('move_agent', { agent: agent.id, queues: moved(name).join(',') })}
        >
          <bdi>{name}</bdi>
        </Menu.CheckboxItem>
      ))}
    </>
  );
}
