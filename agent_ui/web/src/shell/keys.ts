/**
 * Which key does what. Components name a key by its default; a user may choose another for it. Pure, apart from the store at the end.
 *
 * `r`, `?`, `ctrl+k`: as `useShortcuts` names them. Digits choose from the list that lies open, `g` begins "go to", and Enter, Escape, Tab,
 * Space and the arrows belong to the browser and to screen readers: none of these can be given away.
 */

import { create } from 'zustand';
import type { MessageId } from '../i18n';

/** What can be given another key, in the order of the sheet: default key → what it does. */
export const ACTIONS: Record<string, MessageId> = {
  r: 'keys.ready',
  p: 'keys.pause',
  o: 'keys.leave',
  y: 'keys.why',
  a: 'keys.answer',
  x: 'keys.hang_up',
  h: 'keys.hold',
  m: 'keys.mute',
  d: 'keys.digits',
  t: 'keys.transfer',
  c: 'consult.complete',
  s: 'consult.swap',
  e: 'consult.conference',
  b: 'consult.back',
  n: 'keys.note',
  w: 'keys.result',
  f: 'keys.next_step',
  i: 'keys.knowledge',
  k: 'keys.recording',
  v: 'keys.accept',
  j: 'keys.decline',
  'ctrl+enter': 'keys.save',
  'ctrl+k': 'keys.search',
  '?': 'keys.sheet',
};

/** Default key → chosen key. What is not in it has its default. */
export type KeyMap = Record<string, string>;

export type Refusal = { code: 'reserved' } | { code: 'browser' } | { code: 'taken'; by: string };

const RESERVED =
  /^(ctrl\+)?(\d|g|\/|enter|escape|tab| |arrow.*|shift|control|alt|meta|backspace|delete|dead)$/;
const BROWSERS = /^ctrl\+[acflnpqrtvwxyz]$/;

export function chosenKey(map: KeyMap, action: string): string {
  return map[action] ?? action;
}

/** Why `action` cannot have `key`; null: it can. */
export function refusal(map: KeyMap, action: string, key: string): Refusal | null {
  return (key === action ? null : forbidden(key)) ?? takenBy(map, action, key);
}

function forbidden(key: string): Refusal | null {
  if (RESERVED.test(key)) return { code: 'reserved' };
  return BROWSERS.test(key) || key.length > 20 ? { code: 'browser' } : null;
}

function takenBy(map: KeyMap, action: string, key: string): Refusal | null {
  const by = Object.keys(ACTIONS).find(each => each !== action && chosenKey(map, each) === key);
  return by ? { code: 'taken', by } : null;
}

/** The map with another key for an action; a default is not written down. */
export function withKey(map: KeyMap, action: string, key: string): KeyMap {
  const { [action]: _old, ...rest } = map;
  return key === action ? rest : { ...rest, [action]: key };
}

/** The default name of what was pressed; null when that key was given up for another. */
export function meantBy(map: KeyMap, pressed: string): string | null {
  const action = Object.keys(map).find(each => map[each] === pressed);
  return action ?? (pressed in map ? null : pressed);
}

/** What a server or a browser kept, as far as it makes sense here: what is no action any more, or in conflict, is left out. */
export function readKeyMap(kept: unknown): KeyMap {
  if (typeof kept !== 'object' || kept === null) return {};
  const given = Object.entries(kept).filter(
    (each): each is [string, string] =>
      each[0] in ACTIONS && typeof each[1] === 'string' && each[1] !== each[0] && !forbidden(each[1]),
  );
  return withoutConflicts(Object.fromEntries(given));
}

function withoutConflicts(map: KeyMap): KeyMap {
  const wrong = Object.keys(map).find(action => takenBy(map, action, chosenKey(map, action)));
  return wrong ? withoutConflicts(withKey(map, wrong, wrong)) : map;
}

/** `R`, `Ctrl ↵`: as it is printed on a keyboard. */
export function printed(key: string): string {
  return key
    .split('+')
    .map(part => (part === 'ctrl' ? 'Ctrl' : part === 'enter' ? '↵' : part.toUpperCase()))
    .join(' ');
}

/** The default name of what is printed: `Ctrl K` → `ctrl+k`. */
export function unprinted(text: string): string {
  return text.toLowerCase().replace('↵', 'enter').replace(' ', '+');
}

export const useKeyMap = create<{ map: KeyMap }>(() => ({ map: {} }));
