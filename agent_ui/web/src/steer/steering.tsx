/** On top of every page: who asks for help, whom one listens to, and for the agent who listens, where that is told. */

import { Button } from '@mantine/core';
import { Ear, LifeBuoy } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { Help, Listening } from '../protocol';
import { useAgentName } from '../queries';
import { useCommand } from '../shell/notices';
import shell from '../shell/shell.module.css';
import { OFFER, play } from '../ui/notes';
import { Elapsed } from '../ui/parts';
import { MODES } from './acts';
import s from './steer.module.css';

export default function Steering() {
  const me = usePicture(picture => picture.me);
  const helps = usePicture(picture => picture.helps);
  const listening = usePicture(picture => picture.listening);
  const others = Object.values(helps).filter(each => each.agent !== me.login);
  useChime(others);
  return (
    <>
      {others
        .toSorted((a, b) => a.since.localeCompare(b.since))
        .map(help => (
          <HelpLine key={help.agent} help={help} />
        ))}
      {Object.values(listening).map(one =>
        one.listener === me.login ? (
          <OwnEar key={one.listener} one={one} />
        ) : one.agent === me.login ? (
          <Told key={one.listener} one={one} />
        ) : null,
      )}
    </>
  );
}

/** A sound for each new one. */
function useChime(helps: Help[]): void {
  const known = useRef(new Set<string>());
  useEffect(() => {
    const now = helps.map(each => `${each.agent} ${each.since}`);
    if (now.some(each => !known.current.has(each))) play(OFFER);
    known.current = new Set(now);
  }, [helps]);
}

function HelpLine({ help }: { help: Help }) {
  const t = useT();
  const give = useCommand();
  const nameOf = useAgentName();
  const can = usePicture(picture => picture.me.can);
  return (
    <div className={shell.banner} data-tone="danger" role="alert">
      <LifeBuoy size={17} aria-hidden="true" />
      <p>
        {t('help.of', { name: nameOf(help.agent) })} <Elapsed since={help.since} />
        {help.text && (
          <small className={s.words}>
            <bdi>{help.text}</bdi>
          </small>
        )}
      </p>
      {can.includes('listen') && (
        <Button size="compact-md" onClick={() => void give('listen', { agent: help.agent, call: help.call })}>
          {t('steer.listen')}
        </Button>
      )}
      <Button
        size="compact-md"
        variant="default"
        onClick={() => void give('help_over', { agent: help.agent, call: help.call })}
      >
        {t('help.put_away')}
      </Button>
    </div>
  );
}

function OwnEar({ one }: { one: Listening }) {
  const t = useT();
  const give = useCommand();
  const nameOf = useAgentName();
  const can = usePicture(picture => picture.me.can);
  const whom = { agent: one.agent, call: one.call };
  return (
    <div className={shell.banner} data-tone="ringing" role="status">
      <Ear size={17} aria-hidden="true" />
      <p>
        {t(`steer.now.${one.mode}`, { name: nameOf(one.agent) })} <Elapsed since={one.since} />
      </p>
      {MODES.filter(mode => can.includes(mode)).map(mode => (
        <Button
          key={mode}
          size="compact-md"
          variant={mode === one.mode ? 'filled' : 'default'}
          aria-pressed={mode === one.mode}
          onClick={() => void give(mode, whom)}
        >
          {t(`steer.${mode}`)}
        </Button>
      ))}
      {can.includes('take_over') && (
        <Button size="compact-md" variant="default" onClick={() => void give('take_over', whom)}>
          {t('steer.take_over')}
        </Button>
      )}
      <Button size="compact-md" variant="default" onClick={() => void give('stop_listening')}>
        {t('steer.leave')}
      </Button>
    </div>
  );
}

function Told({ one }: { one: Listening }) {
  const t = useT();
  const nameOf = useAgentName();
  return (
    <div className={shell.banner} data-tone="ringing" role="status">
      <Ear size={17} aria-hidden="true" />
      <p>{t(`steer.told.${one.mode}`, { name: nameOf(one.listener) })}</p>
    </div>
  );
}
