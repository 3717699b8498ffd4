/** What an agent can do with a call right now, on whichever phone: undefined where it makes no sense. */

import { ownCards, type Phase } from '../agent/desk';
import { useWord } from '../i18n';
import type { Outcome } from '../link';
import { command, useLive, usePicture } from '../live';
import type { Card } from '../protocol';
import { tell, useCommand } from '../shell/notices';
import { type Line, lineOf } from './line';
import { controls, usePhone } from './state';

type Act = (() => void) | undefined;
type Refusal = Extract<Outcome, { ok: false }>;

export interface CallActions {
  line: Line | undefined;
  answer: Act;
  decline: Act;
  hangUp: (() => Promise<void>) | undefined;
  held: boolean;
  hold: Act;
  muted: boolean;
  mute: Act;
  digits: ((digits: string) => void) | undefined;
}

/** The line of this page's phone that carries the call; none with a desk phone. */
export function useLineOf(card: Card): Line | undefined {
  const cards = usePicture(picture => ownCards(picture).filter(each => each.phase !== 'ended').length);
  return usePhone(phone => lineOf(phone.lines, card, cards));
}

export function useCallActions(card: Card, phase: Phase): CallActions {
  const line = useLineOf(card);
  const may = usePicture(picture => picture.me.can);
  const inCharge = useLive(live => live.picture?.inCharge === true);
  const give = useCommand();
  const word = useWord();
  const talks = phase === 'talking' || phase === 'hold';
  const held = line ? line.state === 'hold' : phase === 'hold';
  const local = line && controls();
  const call = card.id;
  const remote = (name: string, args: Record<string, string> = {}): Act =>
    may.includes(name) && inCharge ? () => void give(name, { call, ...args }) : undefined;

  return {
    line,
    held,
    muted: line?.muted ?? false,
    answer: ringsAt(line, phase) ? (local ? () => void local.answer(line.id) : remote('answer')) : undefined,
    decline: local && line.state === 'ringing' ? () => local.decline(line.id) : undefined,
    hangUp:
      talks || phase === 'ringing'
        ? () => hangUp(card, line, why => tell('problem', word('error', why.code), why.message))
        : undefined,
    hold: !talks ? undefined : local ? () => local.hold(line.id, !held) : remote(held ? 'resume' : 'hold'),
    mute: talks && local ? () => local.mute(line.id, !line.muted) : undefined,
    digits: !talks
      ? undefined
      : local
        ? digits => local.digits(line.id, digits)
        : may.includes('dtmf') && inCharge
          ? digits => void give('dtmf', { call, digits })
          : undefined,
  };
}

/** Whom this agent may give the call to: only while they talk in it, and only from the panel in charge. */
export function useMay(card: Card, phase: Phase): { transfer: boolean; consult: boolean; give: boolean } {
  const may = usePicture(picture => picture.me.can);
  const inCharge = useLive(live => live.picture?.inCharge === true);
  const now = inCharge && card.state === 'active' && (phase === 'talking' || phase === 'hold');
  const transfer = now && may.includes('transfer');
  const consult = now && may.includes('consult');
  return { transfer, consult, give: transfer || consult };
}

function ringsAt(line: Line | undefined, phase: Phase): boolean {
  return phase === 'ringing' && (line === undefined || line.state === 'ringing');
}

const SAID_NO = new Set(['not_possible', 'not_allowed', 'invalid']);

/** By the engine, which then knows that it was wanted; by the phone itself when the engine is away, or knows of no talk yet. */
async function hangUp(card: Card, line: Line | undefined, say: (why: Refusal) => void): Promise<void> {
  const outcome = await command('hang_up', { call: card.id });
  if (outcome.ok) return;
  if (line && !(SAID_NO.has(outcome.code) && card.consult)) controls()?.hangUp(line.id);
  else say(outcome);
}
