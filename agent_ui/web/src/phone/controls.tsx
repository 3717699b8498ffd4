/** The buttons of a call: answer and hang up in its head, the others in a strip below it. Each has a key. */

import { Button } from '@mantine/core';
import { Forward, Grid3x3, Mic, MicOff, Pause, Phone, PhoneOff, Play } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { Phase } from '../agent/desk';
import { type MessageId, useT } from '../i18n';
import type { Card } from '../protocol';
import { useShortcuts } from '../shell/shortcuts';
import { Key } from '../ui/parts';
import { useCallActions, useMay } from './actions';
import { ConsultStrip } from './consult';
import { Keypad } from './keypad';
import { Network } from './network';
import s from './phone.module.css';

const TransferWindow = lazy(() => import('./transfer'));

export function HeadButtons({ card, phase }: { card: Card; phase: Phase }) {
  const t = useT();
  const { answer, hangUp, decline } = useCallActions(card, phase);
  const [leaving, setLeaving] = useState(false);
  const rings = phase === 'ringing';
  const away = rings ? (decline ?? (card.direction === 'outbound' ? hangUp : undefined)) : hangUp;

  async function leave(): Promise<void> {
    setLeaving(true);
    await away?.();
    setLeaving(false);
  }
  useShortcuts({ a: answer, x: away && (() => void leave()) });

  return (
    <>
      {answer && (
        <Button
          className={s.answer}
          size="md"
          leftSection={<Phone size={18} aria-hidden="true" />}
          rightSection={<Key>A</Key>}
          onClick={answer}
        >
          {t('call.answer')}
        </Button>
      )}
      {away && (
        <Button
          className={s.hangUp}
          size="md"
          loading={leaving}
          leftSection={<PhoneOff size={18} aria-hidden="true" />}
          onClick={() => void leave()}
        >
          {t(rings && decline ? 'call.decline' : 'call.hang_up')}
        </Button>
      )}
    </>
  );
}

/** What can be done while somebody is on the line, and beside it the consultation, if there is one. */
export function CallStrip({ card, phase }: { card: Card; phase: Phase }) {
  return (
    <>
      <Tools card={card} phase={phase} />
      <ConsultStrip card={card} />
    </>
  );
}

function Tools({ card, phase }: { card: Card; phase: Phase }) {
  const t = useT();
  const acts = useCallActions(card, phase);
  const [pad, setPad] = useState(false);
  const [giving, setGiving] = useState(false);
  const may = useMay(card, phase);
  const talks = phase === 'talking' || phase === 'hold';
  useShortcuts({
    h: acts.hold,
    m: acts.mute,
    d: acts.digits && (() => setPad(!pad)),
    t: may.give ? () => setGiving(true) : undefined,
  });
  if (!talks) return null;
  return (
    <div className={s.strip} role="toolbar" aria-label={t('call.controls')}>
      {acts.hold && (
        <Tool
          icon={acts.held ? <Play size={18} /> : <Pause size={18} />}
          word={acts.held ? 'call.resume' : 'call.hold'}
          letter="H"
          on={acts.held}
          act={acts.hold}
        />
      )}
      {acts.mute && (
        <Tool
          icon={acts.muted ? <MicOff size={18} /> : <Mic size={18} />}
          word={acts.muted ? 'call.unmute' : 'call.mute'}
          letter="M"
          on={acts.muted}
          act={acts.mute}
        />
      )}
      {acts.digits && (
        <Tool
          icon={<Grid3x3 size={18} />}
          word="call.digits"
          letter="D"
          on={pad}
          opens
          act={() => setPad(!pad)}
        />
      )}
      {may.give && (
        <Tool icon={<Forward size={18} />} word="call.transfer" letter="T" act={() => setGiving(true)} />
      )}
      {card.conference && <strong>{t('consult.three')}</strong>}
      {acts.line && <Network line={acts.line} />}
      <Suspense fallback={null}>
        {giving && may.give && (
          <TransferWindow
            card={card}
            may={may}
            leaveHold={() => acts.line && acts.held && acts.hold?.()}
            close={() => setGiving(false)}
          />
        )}
        {pad && acts.digits && <Keypad press={acts.digits} close={() => setPad(false)} />}
      </Suspense>
    </div>
  );
}

export function Tool({
  icon,
  word,
  letter,
  on,
  opens = false,
  act,
}: {
  icon: ReactNode;
  word: MessageId;
  letter: string;
  on?: boolean;
  opens?: boolean;
  act: () => void;
}) {
  const t = useT();
  return (
    <button
      type="button"
      className={s.tool}
      data-on={on ? '' : undefined}
      aria-expanded={opens ? on : undefined}
      aria-keyshortcuts={letter}
      onClick={act}
    >
      <span aria-hidden="true">{icon}</span>
      {t(word)}
      <span aria-hidden="true">
        <Key>{letter}</Key>
      </span>
    </button>
  );
}
