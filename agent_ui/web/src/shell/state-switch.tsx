/** The agent's own state: what it is, since when, and every other one a key away. */

import { UnstyledButton } from '@mantine/core';
import { Briefcase, ChevronDown, CircleQuestionMark, Coffee } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { PauseReason } from '../api';
import { stateOf } from '../choices';
import { useT, useWord } from '../i18n';
import { usePicture } from '../live';
import { StateTimer } from '../states/pause-timer';
import { usePauseReasons, useReasonWord } from '../states/reasons';
import states from '../states/states.module.css';
import { askWhy } from '../states/why-button';
import { LateMenu, useMenu } from '../ui/late-menu';
import { Key, look, StateIcon } from '../ui/parts';
import { useCommand } from './notices';
import s from './shell.module.css';
import { useShortcuts } from './shortcuts';

const Price = lazy(() => import('../ahead/price'));

/** The ways to change one's state; undefined where it makes no sense now. A pause in a call begins when the call is over. */
export function useStateChanges() {
  const state = usePicture(picture => picture.agent.state);
  const booked = usePicture(picture => picture.agent.booked);
  const give = useCommand();
  return {
    ready:
      state === 'ready' && !booked ? undefined : () => void give(state === 'offline' ? 'log_in' : 'ready'),
    pause: state === 'offline' ? undefined : (reason: string) => void give('pause', { reason }),
    leave: state === 'offline' ? undefined : () => void give('log_out'),
  };
}

export function StateSwitch() {
  const t = useT();
  const word = useWord();
  const reasonOf = useReasonWord();
  const reasons = usePauseReasons().filter(each => each.active);
  const agent = usePicture(picture => picture.agent);
  const [opened, setOpened] = useState(false);
  const [pausing, setPausing] = useState(false);
  const { ready, pause, leave } = useStateChanges();
  const state = stateOf(agent);

  function open(withReasons: boolean): void {
    setPausing(withReasons);
    setOpened(true);
  }
  useShortcuts({ r: ready, p: pause && (() => open(true)), o: leave, y: askWhy });

  return (
    <LateMenu
      opened={opened}
      onChange={next => (next ? open(false) : setOpened(false))}
      position="bottom-end"
      width={272}
      onKeyDown={event => {
        const reason = reasons[Number(event.key) - 1];
        if (reason && pause) {
          setOpened(false);
          pause(reason.key);
        }
      }}
      button={
        <UnstyledButton className={`${s.state} ${look(state)}`}>
          <StateIcon state={state} size={17} />
          <span className={s.stateWord}>
            {word('state', state)}
            {state === 'paused' && agent.reason && <small>{reasonOf(agent.reason, 24)}</small>}
            {agent.booked && <small>{t('pause.then', { reason: reasonOf(agent.booked, 24) })}</small>}
          </span>
          <StateTimer agent={agent} />
          <span className="for-ears">{t('state.change')}</span>
          <ChevronDown size={15} aria-hidden="true" />
        </UnstyledButton>
      }
    >
      <States pausing={pausing} reasons={reasons} />
    </LateMenu>
  );
}

/** What one may become; `pausing`: only the pauses. */
function States({ pausing, reasons }: { pausing: boolean; reasons: PauseReason[] }) {
  const Menu = useMenu();
  const t = useT();
  const reasonOf = useReasonWord();
  const agent = usePicture(picture => picture.agent);
  const { ready, pause, leave } = useStateChanges();
  const [reached, setReached] = useState('');
  return (
    <>
      {(!pausing || agent.booked) && (
        <Menu.Item
          leftSection={<StateIcon state="ready" size={17} />}
          rightSection={<Key>R</Key>}
          disabled={!ready}
          onClick={ready}
        >
          {t(agent.booked ? 'pause.cancel' : agent.state === 'offline' ? 'state.log_in' : 'state.ready')}
        </Menu.Item>
      )}
      <Menu.Label>{t(agent.leg === 'none' ? 'state.pause_for' : 'pause.after_call')}</Menu.Label>
      {reasons.map((reason, place) => (
        <Menu.Item
          key={reason.key}
          leftSection={<ReasonSign reason={reason} />}
          rightSection={place < 9 ? <Key>{String(place + 1)}</Key> : undefined}
          disabled={!pause}
          onMouseEnter={() => setReached(reason.key)}
          onFocus={() => setReached(reason.key)}
          onClick={() => pause?.(reason.key)}
        >
          {reasonOf(reason.key)}
          {reason.limit_minutes && <small> · {t('pause.limit', { minutes: reason.limit_minutes })}</small>}
        </Menu.Item>
      ))}
      {pause && (
        <Suspense fallback={null}>
          <Price reason={reached} />
        </Suspense>
      )}
      {!pausing && (
        <>
          <OwnQueues />
          <Menu.Divider />
          <Menu.Item
            leftSection={<CircleQuestionMark size={17} aria-hidden="true" />}
            rightSection={<Key>Y</Key>}
            onClick={askWhy}
          >
            {t('why')}
          </Menu.Item>
          <Menu.Item
            leftSection={<StateIcon state="offline" size={17} />}
            rightSection={<Key>O</Key>}
            disabled={!leave}
            onClick={leave}
          >
            {t('state.log_out')}
          </Menu.Item>
        </>
      )}
    </>
  );
}

export function ReasonSign({ reason }: { reason: PauseReason }) {
  if (reason.kind === 'rest') return <Coffee size={17} aria-hidden="true" />;
  if (reason.kind === 'work') return <Briefcase size={17} aria-hidden="true" />;
  return <StateIcon state="paused" size={17} />;
}

/** Each queue by itself: in, or out. */
function OwnQueues() {
  const Menu = useMenu();
  const t = useT();
  const queues = usePicture(picture => picture.queues);
  const agent = usePicture(picture => picture.agent);
  const give = useCommand();
  const names = Object.keys(queues).sort();
  if (names.length < 2) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('state.queues')}</Menu.Label>
      <div className={states.queues}>
        {names.map(name => {
          const inside = agent.queues.includes(name);
          return (
            <Menu.CheckboxItem
              key={name}
              checked={inside}
              closeMenuOnClick={false}
              onChange={() => void give(inside ? 'log_out' : 'log_in', { queues: name })}
            >
              <bdi>{name}</bdi>
              {agent.paused_in?.includes(name) && <small> · {t('state.paused')}</small>}
            </Menu.CheckboxItem>
          );
        })}
      </div>
    </>
  );
}
