/** The stage while no call is on it: what I am, since when, and the three things I may become. */

import { Button, UnstyledButton } from '@mantine/core';
import { ChevronDown, CircleQuestionMark, PhoneMissed } from 'lucide-react';
import { stateOf } from '../choices';
import { useT } from '../i18n';
import { useLive, usePicture } from '../live';
import { whoIs } from '../shell/attention';
import { ReasonSign, useStateChanges } from '../shell/state-switch';
import { StateTimer, usePauseOver } from '../states/pause-timer';
import { usePauseReasons, useReasonWord } from '../states/reasons';
import { askWhy } from '../states/why-button';
import { LateMenu, useMenu } from '../ui/late-menu';
import { Key, look, StateIcon, When } from '../ui/parts';
import s from './desk-page.module.css';

export function Rest() {
  const t = useT();
  const reasonOf = useReasonWord();
  const agent = usePicture(picture => picture.agent);
  const me = usePicture(picture => picture.me);
  const { ready, pause, leave } = useStateChanges();
  const state = stateOf(agent);
  const missed = agent.state === 'paused' && agent.reason === 'missed';
  const over = usePauseOver(agent);
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
        <h1>{t(missed ? 'rest.missed' : `rest.${agent.state}`, { name: me.name.split(' ')[0] })}</h1>
        <p>{t(missed ? 'rest.missed.more' : `rest.${agent.state}.more`)}</p>
        {over !== null && <p role="status">{t('pause.over', { minutes: over })}</p>}
        <p className={s.restTimer}>
          {agent.state === 'paused' && agent.reason && <span>{reasonOf(agent.reason)}</span>}
          <StateTimer agent={agent} />
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
          <LateMenu
            width={220}
            button={
              <Button
                size="md"
                variant="default"
                leftSection={<StateIcon state="paused" size={18} />}
                rightSection={<ChevronDown size={16} aria-hidden="true" />}
              >
                {t('state.pause')}
              </Button>
            }
          >
            <Reasons pause={pause} />
          </LateMenu>
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
      <UnstyledButton className={s.restWhy} onClick={askWhy}>
        <CircleQuestionMark size={16} aria-hidden="true" />
        {t('why')} <Key>Y</Key>
      </UnstyledButton>
    </section>
  );
}

function Reasons({ pause }: { pause(reason: string): void }) {
  const Menu = useMenu();
  const reasonOf = useReasonWord();
  const reasons = usePauseReasons().filter(each => each.active);
  return reasons.map(reason => (
    <Menu.Item
      key={reason.key}
      leftSection={<ReasonSign reason={reason} />}
      onClick={() => pause(reason.key)}
    >
      {reasonOf(reason.key)}
    </Menu.Item>
  ));
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
