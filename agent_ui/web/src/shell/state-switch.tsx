/** The agent's own state: what it is, since when, and every other one a key away. */

import { Menu, UnstyledButton } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { PAUSE_REASONS, stateOf } from '../choices';
import { clip } from '../format';
import { useT, useWord } from '../i18n';
import { usePicture } from '../live';
import { Elapsed, Key, look, StateIcon } from '../ui/parts';
import { useCommand } from './notices';
import s from './shell.module.css';
import { useShortcuts } from './shortcuts';

/** The ways to change one's state; undefined where it makes no sense now. */
export function useStateChanges() {
  const state = usePicture(picture => picture.agent.state);
  const give = useCommand();
  return {
    ready: state === 'ready' ? undefined : () => void give(state === 'offline' ? 'log_in' : 'ready'),
    pause: state === 'offline' ? undefined : (reason: string) => void give('pause', { reason }),
    leave: state === 'offline' ? undefined : () => void give('log_out'),
  };
}

export function StateSwitch() {
  const t = useT();
  const word = useWord();
  const agent = usePicture(picture => picture.agent);
  const [opened, setOpened] = useState(false);
  const [pausing, setPausing] = useState(false);
  const { ready, pause, leave } = useStateChanges();
  const state = stateOf(agent);

  function open(withReasons: boolean): void {
    setPausing(withReasons);
    setOpened(true);
  }
  useShortcuts({ r: ready, p: pause && (() => open(true)), o: leave });

  return (
    <Menu
      opened={opened}
      onChange={next => (next ? open(false) : setOpened(false))}
      position="bottom-end"
      width={256}
    >
      <Menu.Target>
        <UnstyledButton className={`${s.state} ${look(state)}`}>
          <StateIcon state={state} size={17} />
          <span className={s.stateWord}>
            {word('state', state)}
            {state === 'paused' && agent.reason && (
              <small>{word('reason', clip(agent.reason, 24).shown)}</small>
            )}
          </span>
          {agent.since && state !== 'offline' && <Elapsed since={agent.since} />}
          <span className="for-ears">{t('state.change')}</span>
          <ChevronDown size={15} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown
        onKeyDown={event => {
          const reason = PAUSE_REASONS[Number(event.key) - 1];
          if (reason && pause) {
            setOpened(false);
            pause(reason);
          }
        }}
      >
        {!pausing && (
          <Menu.Item
            leftSection={<StateIcon state="ready" size={17} />}
            rightSection={<Key>R</Key>}
            disabled={!ready}
            onClick={ready}
          >
            {t(agent.state === 'offline' ? 'state.log_in' : 'state.ready')}
          </Menu.Item>
        )}
        <Menu.Label>{t('state.pause_for')}</Menu.Label>
        {PAUSE_REASONS.map((reason, index) => (
          <Menu.Item
            key={reason}
            leftSection={<StateIcon state="paused" size={17} />}
            rightSection={<Key>{String(index + 1)}</Key>}
            disabled={!pause}
            onClick={() => pause?.(reason)}
          >
            {word('reason', reason)}
          </Menu.Item>
        ))}
        {!pausing && (
          <>
            <Menu.Divider />
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
      </Menu.Dropdown>
    </Menu>
  );
}
