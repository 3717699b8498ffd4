/**
 * What a user has chosen about the panel: language, appearance, keys. The server keeps it, so that it is the same at the next computer;
 * what was chosen on the sign-in page, where nobody is known yet, is kept with the next one who signs in.
 */

import { create } from 'zustand';
import { api, type Preferences } from '../api';
import { LANGUAGES, type Language, speak } from '../i18n';
import { readKeyMap, useKeyMap } from './keys';
import { setSingleKeys } from './shortcuts';

export const useOwn = create<Preferences>(() => ({}));

let known = false;
let chosenBefore: Preferences = {};
let last: Promise<void> = Promise.resolve();

/** Takes over what the server has kept. What is done with the appearance is for the caller: it lives in React. */
export async function recallOwn(): Promise<Preferences> {
  const { preferences } = await api.preferences();
  const kept = { ...preferences, ...chosenBefore };
  known = true;
  useOwn.setState(kept, true);
  useKeyMap.setState({ map: readKeyMap(kept.keys) });
  if (typeof kept.single_keys === 'boolean') setSingleKeys(kept.single_keys);
  if (isLanguage(kept.language)) await speak(kept.language);
  if (Object.keys(chosenBefore).length) await keepOwn({});
  return kept;
}

/** Resolves to whether the server has it; in this page it holds anyway. */
export async function keepOwn(change: Preferences): Promise<boolean> {
  if (change.keys) useKeyMap.setState({ map: readKeyMap(change.keys) });
  if (!known) {
    chosenBefore = { ...chosenBefore, ...change };
    return true;
  }
  chosenBefore = {};
  useOwn.setState(change);
  const mine = last.then(() => api.keepPreferences(useOwn.getState()));
  last = mine.catch(() => undefined);
  return mine.then(
    () => true,
    () => false,
  );
}

/** Signed out: the next one here has their own. */
export function forgetOwn(): void {
  known = false;
  chosenBefore = {};
  useOwn.setState({}, true);
  useKeyMap.setState({ map: {} });
}

function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && value in LANGUAGES;
}
