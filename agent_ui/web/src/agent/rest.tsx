/** The stage while no call is on it: what I am, since when, and the three things I may become. */

import { Button, Menu } from '@mantine/core';
import { ChevronDown, PhoneMissed } from 'lucide-react';
import { PAUSE_REASONS, stateOf } from '../choices';
import { clip } from '../format';
import { useT, useWord } from '../i18n';
import { useLive, usePicture } from '../live';
import { whoIs } from '../shell/attention';
import { useStateChanges } from '../shell/state-switch';
import { Elapsed, Key, look, StateIcon, When } from '../ui/parts';
import s from './desk-page.module.css';

export function Rest() {
  const t = useT();
  const word = useWord();
  const agent = usePicture(picture => picture.agent);
  const me = usePicture(picture => picture.me);
  const { ready, pause, leave } = useStateChanges();
  const state = stateOf(agent);
  return (
    <section className={`${s.rest} ${look(state)}`} aria-label={t('state.own')}>
      <span className={s.orb}>
        <svg viewBox="0 0 240 240" aria-hidden="true">
          {[54, 76, 98, 119].map(radius => (
            <circle key={radius} cx="120" cy="120" r={radius} />
          ))}
        </svg>
        <StateIcon state={state} size={34} />
      </span>
      <div className={s.restWords}>
        <h1>{t(`rest.${agent.state}`, { name: me.name.split(' ')[0] })}</h1>
        <p>{t(`rest.${agent.state}.more`)}</p>
        <p className={s.restTimer}>
          {agent.state === 'paused' && agent.reason && (
            <span>{word('reason', clip(agent.reason, 60).shown)}</span>
          )}
          {agent.since && agent.state !== 'offline' && <Elapsed since={agent.since} />}
        </p>
      </div>
      <div className={s.restActions}>
        {ready && (
          <Button
            size="md"
            onClick={ready}
            leftSection={<StateIcon state="ready" size={18} />}
            rightSection={<Key>R</Key>}
          >
            {t(agent.state === 'offline' ? 'state.log_in' : 'state.ready')}
          </Button>
        )}
        {pause && agent.state !== 'paused' && (
          <Menu width={220}>
            <Menu.Target>
              <Button
                size="md"
                variant="default"
                leftSection={<StateIcon state="paused" size={18} />}
                rightSection={<ChevronDown size={16} aria-hidden="true" />}
              >
                {t('state.pause')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {PAUSE_REASONS.map(reason => (
                <Menu.Item key={reason} onClick={() => pause(reason)}>
                  {word('reason', reason)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
        {leave && (
          <Button
            size="md"
            variant="default"
            onClick={leave}
            leftSection={<StateIcon state="offline" size={18} />}
          >
            {t('state.log_out')}
          </Button>
        )}
      </div>
      <Missed />
    </section>
  );
}

function Missed() {
  const t = useT();
  const missed = useLive(live => live.desk.missed);
  if (!missed) return null;
  return (
    <p className={s.missed}>
      <PhoneMissed size={16} aria-hidden="true" />
      {t('missed')} <bdi>{whoIs(missed.card) || t('number.withheld')}</bdi>
      <When at={missed.at} />
    </p>
  );
}
