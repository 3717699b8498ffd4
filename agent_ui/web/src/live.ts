/** The live picture for the components, and the one link that feeds it. */

import { create } from 'zustand';
import { type Desk, deskAfter, emptyDesk, type Own, ownCards } from './agent/desk';
import { flushDraft } from './agent/flush';
import { api, Problem, signedOut } from './api';
import { setClock } from './clock';
import { type Link, type LinkState, type Outcome, openLink, type Socket } from './link';
import type { Message, PanelEvent } from './protocol';
import type { Picture } from './reduce';

interface Live {
  link: LinkState;
  picture: Picture | null;
  desk: Desk;
  /** Supervisors' messages, each once, oldest first. */
  messages: Message[];
}

const AT_REST: Live = { link: 'connecting', picture: null, desk: emptyDesk, messages: [] };

export const useLive = create<Live>(() => AT_REST);

/** For components that are only drawn once the first snapshot has come. */
export function usePicture<T>(select: (picture: Picture) => T): T {
  return useLive(({ picture }) => {
    if (!picture) throw new Error('there is no picture yet');
    return select(picture);
  });
}

const own: { of: Picture | null; cards: Own[] } = { of: null, cards: [] };

/** The same list for as long as the same cards are in it: what many calls of others change draws nothing anew here. */
function settledOwn(picture: Picture | null): Own[] {
  if (picture === own.of) return own.cards;
  const cards = picture ? ownCards(picture) : [];
  const same =
    cards.length === own.cards.length &&
    cards.every((each, n) => each.card === own.cards[n]?.card && each.phase === own.cards[n].phase);
  own.of = picture;
  if (!same) own.cards = cards;
  return own.cards;
}

/** This user's own calls, the one to look at first. */
export function useOwnCards(): Own[] {
  return useLive(({ picture }) => settledOwn(picture));
}

let link: Link | null = null;
let opened: (() => void) | null = null;
const ears = new Set<(event: PanelEvent) => void>();

/** Hears each event after it was taken into the picture. */
export function onEvent(ear: (event: PanelEvent) => void): () => void {
  ears.add(ear);
  return () => ears.delete(ear);
}

/** Opens the one link of this page, or finds it open: the first script does so before the page is there. Returns what closes it. */
export function openLive(): () => void {
  opened ??= openedLink();
  return opened;
}

function openedLink(): () => void {
  const world = {
    panel: panelId(),
    newId: () => randomText(16),
    random: Math.random,
    open: (url: string) => new WebSocket(url) as Socket,
    ticket: async () => {
      try {
        return await api.ticket();
      } catch (problem) {
        if (problem instanceof Problem && problem.status === 401) return null;
        throw problem;
      }
    },
  };
  const mine = openLink(world, {
    state: state => {
      useLive.setState({ link: state });
      if (state === 'signed_out') signedOut();
    },
    snapshot: (place, snapshot) => {
      setClock(snapshot.at);
      useLive.setState({ picture: place.picture });
    },
    event: (place, event) => {
      const { picture: before, desk } = useLive.getState();
      setClock(event.at);
      useLive.setState({
        picture: place.picture,
        desk: before ? deskAfter(desk, before, event) : desk,
      });
      if (event.type === 'message') hearMessage(event);
      for (const ear of ears) ear(event);
    },
  });
  link = mine;
  const nudge = () => {
    if (document.visibilityState === 'visible') mine.nudge();
  };
  addEventListener('online', nudge);
  document.addEventListener('visibilitychange', nudge);
  return () => {
    removeEventListener('online', nudge);
    document.removeEventListener('visibilitychange', nudge);
    mine.close();
    link = opened = null;
    useLive.setState(AT_REST);
  };
}

function hearMessage(message: Message): void {
  useLive.setState(({ messages }) =>
    message.id && messages.some(each => each.id === message.id) ? {} : { messages: [...messages, message] },
  );
}

/** What gives the call, or part of it, to somebody else: they must find what was written so far. */
const PASSES_ON = new Set(['transfer', 'consult', 'complete_transfer', 'conference']);

export async function command(name: string, args: Record<string, string> = {}): Promise<Outcome> {
  if (PASSES_ON.has(name) && args.call) await flushDraft(args.call).catch(() => undefined);
  return link?.command(name, args) ?? { ok: false, code: 'offline', message: '' };
}

/** Whether a call rings at, talks with or still has to be wrapped up by this agent. */
export function hasCall({ picture, desk }: Live): boolean {
  return desk.ended !== null || (picture !== null && ownCards(picture).length > 0);
}

export function onCall(): boolean {
  return hasCall(useLive.getState());
}

export function takeOver(): void {
  link?.takeOver();
}

export function setDesk(change: (desk: Desk) => Desk): void {
  useLive.setState(({ desk }) => ({ desk: change(desk) }));
}

function panelId(): string {
  const known = sessionStorage.getItem('helin.panel');
  if (known) return known;
  const made = randomText(16);
  sessionStorage.setItem('helin.panel', made);
  return made;
}

/** Not `crypto.randomUUID`: a panel that is served without TLS inside a house does not have it. */
function randomText(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
