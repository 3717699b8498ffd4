/** A consultation beside the caller: whom the agent asks, how far it is, and the ways out of it. */

import { ArrowLeft, ArrowLeftRight, Forward, Users } from 'lucide-react';
import { plain } from '../format';
import { useT, useWord } from '../i18n';
import { useLive, usePicture } from '../live';
import type { Card, Consult } from '../protocol';
import { useAgentName } from '../queries';
import { useCommand } from '../shell/notices';
import { useShortcuts } from '../shell/shortcuts';
import { useLineOf } from './actions';
import { Tool } from './controls';
import s from './phone.module.css';
import { controls } from './state';

/** The agent's own one that is going on, if any. */
export function ownConsult(card: Card, login: string): Consult | null {
  const { consult } = card;
  return consult && consult.agent === login ? consult : null;
}

export function ConsultStrip({ card }: { card: Card }) {
  const t = useT();
  const word = useWord();
  const give = useCommand();
  const nameOf = useAgentName();
  const line = useLineOf(card);
  const login = usePicture(picture => picture.me.login);
  const inCharge = useLive(live => live.picture?.inCharge === true);
  const consult = ownConsult(card, login);
  const on = inCharge && consult !== null && consult.state !== 'failed';
  const both = on && consult.state !== 'ringing';

  function act(name: string): () => void {
    return () => {
      if (line?.state === 'hold') controls()?.hold(line.id, false);
      void give(name, { call: card.id });
    };
  }
  const ways = {
    b: on ? act('cancel_transfer') : undefined,
    c: both ? act('complete_transfer') : undefined,
    s: both ? act('swap') : undefined,
    e: both ? act('conference') : undefined,
  };
  useShortcuts(ways);
  if (!consult) return null;
  return (
    <div className={s.strip} role="toolbar" aria-label={t('consult')}>
      <p className={s.consult} role="status">
        {t(`consult.${consult.state}`, {
          who: consult.to ? plain(nameOf(consult.to)) : t('number.withheld'),
        })}
        {consult.reason && <> {word('outcome', consult.reason)}.</>}
      </p>
      {ways.c && <Tool icon={<Forward size={18} />} word="consult.complete" letter="C" act={ways.c} />}
      {ways.s && <Tool icon={<ArrowLeftRight size={18} />} word="consult.swap" letter="S" act={ways.s} />}
      {ways.e && <Tool icon={<Users size={18} />} word="consult.conference" letter="E" act={ways.e} />}
      {ways.b && <Tool icon={<ArrowLeft size={18} />} word="consult.back" letter="B" act={ways.b} />}
    </div>
  );
}
