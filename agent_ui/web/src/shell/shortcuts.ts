/**
 * Keys that do something anywhere on the page. A key without Ctrl or Alt is only heard outside of text fields and dialogs, and can be
 * switched off as a whole (WCAG 2.1.4). Letters are found by what is printed on a Latin key, so they work on a Cyrillic layout too.
 */

import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { meantBy, useKeyMap } from './keys';

/** `r`, `?`, `1`, `g h` (one after the other), `ctrl+k`, `ctrl+enter`. */
export type Keys = Record<string, (() => void) | undefined>;

export const useSingleKeys = create<{ on: boolean }>(() => ({
  on: localStorage.getItem('helin.single-keys') !== 'off',
}));

export function setSingleKeys(on: boolean): void {
  localStorage.setItem('helin.single-keys', on ? 'on' : 'off');
  useSingleKeys.setState({ on });
}

const layers: { current: Keys }[] = [];
let prefix: { key: string; at: number } | null = null;
const PREFIX_LASTS = 1200;

export function useShortcuts(keys: Keys): void {
  const mine = useRef(keys);
  mine.current = keys;
  useEffect(() => {
    if (layers.length === 0) addEventListener('keydown', hear);
    layers.push(mine);
    return () => {
      layers.splice(layers.indexOf(mine), 1);
      if (layers.length === 0) removeEventListener('keydown', hear);
    };
  }, []);
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const key = nameOf(event);
  const chord = event.ctrlKey || event.metaKey;
  if (event.altKey || (!chord && (isTyping(event.target) || !useSingleKeys.getState().on))) return;
  const led = prefix && event.timeStamp - prefix.at < PREFIX_LASTS ? `${prefix.key} ${key}` : null;
  const meant = meantBy(useKeyMap.getState().map, chord ? `ctrl+${key}` : key);
  const run = (!chord && led && find(led)) || (meant && find(meant));
  prefix = !chord && key === 'g' ? { key, at: event.timeStamp } : null;
  if (run) {
    event.preventDefault();
    run();
  }
}

/** The latest layer that knows the key: what lies on top wins. */
function find(key: string): (() => void) | undefined {
  return layers.findLast(layer => layer.current[key])?.current[key];
}

export function nameOf({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  if (/^[a-z0-9?/]$/i.test(key)) return key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  return (letter ?? key).toLowerCase();
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]')) return true;
  const quiet = ['radio', 'checkbox', 'button'];
  if (target instanceof HTMLInputElement) return !quiet.includes(target.type);
  return (
    target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}
