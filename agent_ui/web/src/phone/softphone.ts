/**
 * The softphone at work: signs on with the password that was issued for it, rings, answers, and gives a call back to the agent after a reload.
 * What is decided here is small; the rules are in line.ts, memory.ts and quality.ts.
 */

import { ownCards } from '../agent/desk';
import { api, Problem } from '../api';
import { useLive } from '../live';
import { openSound, type Sound } from './audio';
import { type Ending, isUp, type Line, wasLost } from './line';
import { forget, isLostCall, recall, remember, talkOf } from './memory';
import { openPhone } from './phone';
import type { Phone, PhoneEar, Registration } from './port';
import { type Counted, qualityBetween } from './quality';
import { type Controls, type Trouble, usePhone } from './state';

/** Between two looks at the network. */
const LOOK_EVERY = 2_000;
/** Looks without a sound from the far side until it is said. */
const SILENT_LOOKS = 3;
/** Before the password runs out. */
const RENEW_BEFORE = 60_000;
const RETRY = 5_000;

interface Running {
  login: string;
  sound: Sound;
  phones: Map<string, Phone>;
  /** Which phone has a line. */
  whose: Map<string, Phone>;
  stopped: boolean;
  /** A refused sign-on is tried once more with a new password. */
  renewed: boolean;
}

let pageSound: Sound | null = null;

/** One for the page, whoever signs in. */
function soundOfPage(): Sound {
  pageSound ??= openSound({
    microphone: microphone => usePhone.setState({ microphone }),
    blocked: blocked => usePhone.setState({ blocked }),
    changed: stream => {
      for (const ear of microphones) ear(stream);
    },
  });
  return pageSound;
}
const microphones = new Set<(stream: MediaStream) => void>();

export function runPhone(login: string): Controls {
  const me: Running = {
    login,
    sound: soundOfPage(),
    phones: new Map(),
    whose: new Map(),
    stopped: false,
    renewed: false,
  };
  const undo = listen(me);
  void signOn(me);
  void mayListen(me);
  return {
    ...handles(me),
    sound: me.sound,
    stop() {
      me.stopped = true;
      for (const each of undo) each();
      for (const phone of me.phones.values()) phone.stop();
      me.sound.ring(false);
      me.sound.release();
    },
  };
}

function listen(me: Running): (() => void)[] {
  const changed = (stream: MediaStream) => {
    for (const phone of me.phones.values()) phone.speakWith(stream);
  };
  microphones.add(changed);
  const leave = () => {
    keep(me);
    for (const phone of me.phones.values()) phone.leave();
  };
  const wake = () => me.sound.wake();
  addEventListener('pagehide', leave);
  addEventListener('pointerdown', wake);
  addEventListener('keydown', wake);
  const looks = setInterval(() => void look(me), LOOK_EVERY);
  return [
    () => microphones.delete(changed),
    () => removeEventListener('pagehide', leave),
    () => removeEventListener('pointerdown', wake),
    () => removeEventListener('keydown', wake),
    () => clearInterval(looks),
    useLive.subscribe((live, before) => {
      if (live.picture !== before.picture) for (const line of usePhone.getState().lines) greet(me, line);
    }),
  ];
}

// ---- signing on

async function signOn(me: Running): Promise<void> {
  try {
    const { phones, expires_at } = await api.softphone();
    if (me.stopped) return;
    for (const each of phones) {
      const known = me.phones.get(each.asterisk);
      if (known) known.register(each.password);
      else
        me.phones.set(
          each.asterisk,
          openPhone(
            each,
            earOf(me, each.asterisk, () => me.phones.get(each.asterisk)),
          ),
        );
    }
    usePhone.setState({ trouble: phones.length ? null : 'not_issued' });
    const left = Date.parse(expires_at) - Date.now() - RENEW_BEFORE;
    later(me, Number.isFinite(left) ? Math.max(left, RENEW_BEFORE) : RENEW_BEFORE * 10);
  } catch (problem) {
    if (me.stopped) return;
    const refused = problem instanceof Problem && problem.status >= 400 && problem.status < 500;
    usePhone.setState({ trouble: refused ? 'not_issued' : 'away' });
    later(me, refused ? RENEW_BEFORE : RETRY);
  }
}

function later(me: Running, wait: number): void {
  setTimeout(() => !me.stopped && void signOn(me), Math.min(wait, 2 ** 31 - 1));
}

function earOf(me: Running, asterisk: string, phone: () => Phone | undefined): PhoneEar {
  return {
    registration: registration => registered(me, asterisk, registration),
    line(line) {
      const mine = phone();
      if (mine) me.whose.set(line.id, mine);
      show(line);
      ring(me);
      greet(me, line);
      if (isUp(line)) {
        keepTalk(me, line);
        usePhone.setState({ trouble: null });
      }
    },
    ended: (line, ending) => ended(me, line, ending),
    sound: (line, stream) => me.sound.play(line.id, stream),
  };
}

function registered(me: Running, asterisk: string, registration: Registration): void {
  usePhone.setState(({ registrations, trouble }) => ({
    registrations: { ...registrations, [asterisk]: registration },
    trouble: registration.state === 'refused' ? 'refused' : trouble === 'refused' ? null : trouble,
  }));
  if (registration.state === 'registered') me.renewed = false;
  if (registration.state !== 'refused' || me.renewed) return;
  me.renewed = true;
  void signOn(me);
}

// ---- lines

function show(line: Line): void {
  usePhone.setState(({ lines }) => ({
    lines: lines.some(each => each.id === line.id)
      ? lines.map(each => (each.id === line.id ? line : each))
      : [...lines, line],
  }));
}

function ring(me: Running): void {
  const ringing = usePhone.getState().lines.some(line => line.state === 'ringing');
  me.sound.ring(ringing);
  if (ringing) void warm(me);
}

/** Opens the microphone while it rings, if that asks nobody anything: the answer is then there at once. */
async function warm(me: Running): Promise<void> {
  const asked = await permission();
  if (asked?.state !== 'granted' || !usePhone.getState().lines.length) return;
  for (const track of (await me.sound.microphone()).getTracks()) track.stop();
  rest(me);
}

/** Before any call comes: whether the microphone may be used at all. */
async function mayListen(me: Running): Promise<void> {
  if (!navigator.mediaDevices) return usePhone.setState({ microphone: 'insecure' });
  const asked = await permission();
  if (!asked || me.stopped) return;
  const tell = () => {
    const microphone = ({ granted: null, denied: 'denied', prompt: 'ask' } as const)[asked.state];
    usePhone.setState({ microphone });
  };
  asked.onchange = () => !me.stopped && tell();
  tell();
}

function permission(): Promise<PermissionStatus | undefined> {
  const asking = navigator.permissions?.query({ name: 'microphone' as PermissionName });
  return asking ? asking.catch(() => undefined) : Promise.resolve(undefined);
}

function rest(me: Running): void {
  if (usePhone.getState().lines.length === 0) me.sound.release();
}

/** Answers by itself what may be answered so: the call this page was talking in, and the ring that comes of the agent's own click. */
function greet(me: Running, line: Line): void {
  if (line.state !== 'ringing') return;
  const picture = useLive.getState().picture;
  const rings = picture ? ownCards(picture).filter(each => each.phase === 'ringing') : [];
  const ids = rings.map(each => each.card.id);
  const talk = recall(sessionStorage, me.login);
  if (isLostCall(talk, line, ids, Date.now())) {
    for (const old of usePhone.getState().lines)
      if (old.id !== line.id && isUp(old) && old.number === line.number) me.whose.get(old.id)?.drop(old.id);
    void answer(me, line.id);
  } else if (line.wanted) void answer(me, line.id);
}

async function answer(me: Running, id: string): Promise<void> {
  const phone = me.whose.get(id);
  const line = usePhone.getState().lines.find(each => each.id === id);
  if (!phone || line?.state !== 'ringing') return;
  for (const other of usePhone.getState().lines)
    if (other.id !== id && other.state === 'talking') me.whose.get(other.id)?.hold(other.id);
  me.sound.ring(false);
  phone.answer(id, await me.sound.microphone());
}

function ended(me: Running, line: Line, ending: Ending): void {
  const talk = recall(sessionStorage, me.login);
  const mine = talk !== null && talk.number === line.number && (!line.call || talk.call === line.call);
  me.whose.delete(line.id);
  me.sound.silence(line.id);
  usePhone.setState(({ lines, quality, trouble }) => ({
    lines: lines.filter(each => each.id !== line.id),
    quality: Object.fromEntries(Object.entries(quality).filter(([id]) => id !== line.id)),
    trouble: troubleOf(ending) ?? (trouble === 'silent' ? null : trouble),
  }));
  seen.delete(line.id);
  if (mine && !me.stopped && !leaving && !wasLost(ending) && !usePhone.getState().lines.some(isSame(line)))
    forget(sessionStorage);
  ring(me);
  rest(me);
}

const isSame = (line: Line) => (each: Line) => each.call === line.call && each.number === line.number;

function troubleOf({ by, status }: Ending): Trouble | null {
  if (status === 488 || status === 606) return 'codec';
  return by === 'system' ? 'failed' : null;
}

// ---- memory and looks

let leaving = false;

/** The page goes: what it was talking in is written down last, and the good-byes that follow do not wipe it. */
function keep(me: Running): void {
  leaving = true;
  const up = usePhone.getState().lines.find(isUp);
  if (up) keepTalk(me, up);
}

/** By the name that the dialplan tells, else by the panel's card. */
function keepTalk(me: Running, line: Line): void {
  const picture = useLive.getState().picture;
  const cards = picture
    ? ownCards(picture).filter(each => each.phase === 'talking' || each.phase === 'hold')
    : [];
  const card = cards.find(each => each.card.number === line.number)?.card;
  remember(sessionStorage, me.login, talkOf({ ...line, call: line.call ?? card?.id ?? null }, Date.now()));
}

const seen = new Map<string, { counted: Counted; silent: number }>();

async function look(me: Running): Promise<void> {
  for (const line of usePhone.getState().lines.filter(isUp)) {
    keepTalk(me, line);
    const counted = await me.whose.get(line.id)?.counted(line.id);
    const before = seen.get(line.id);
    if (!counted) continue;
    if (!before || line.state !== 'talking') {
      seen.set(line.id, { counted, silent: 0 });
      continue;
    }
    const quality = qualityBetween(before.counted, counted);
    const silent = quality.grade === 'silent' ? before.silent + 1 : 0;
    seen.set(line.id, { counted, silent });
    usePhone.setState(state => ({
      quality: { ...state.quality, [line.id]: quality },
      trouble: silent >= SILENT_LOOKS ? 'silent' : state.trouble === 'silent' ? null : state.trouble,
    }));
  }
}

// ---- what the panel may do with it

function handles(me: Running): Omit<Controls, 'stop' | 'sound'> {
  const on = (id: string, what: (phone: Phone) => void) => {
    const phone = me.whose.get(id);
    if (phone) what(phone);
  };
  return {
    answer: id => answer(me, id),
    decline: id => on(id, phone => phone.decline(id)),
    hangUp: id => {
      forget(sessionStorage);
      on(id, phone => phone.hangUp(id));
    },
    hold: (id, hold) => on(id, phone => (hold ? phone.hold(id) : phone.resume(id))),
    mute: (id, mute) => on(id, phone => phone.mute(id, mute)),
    digits: (id, digits) => on(id, phone => phone.digits(id, digits)),
    async dial(number) {
      const phone = [...me.phones.values()][0];
      phone?.dial(number, await me.sound.microphone());
    },
    async again() {
      me.renewed = true;
      await signOn(me);
    },
  };
}
