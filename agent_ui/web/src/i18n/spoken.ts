/** Which language the page speaks, and its words. Without the parts of React: the first script asks for them. */

import { create } from 'zustand';
import type en from './en.json';

export type MessageId = keyof typeof en;
type Messages = Record<MessageId, string>;

export const LANGUAGES = { et: 'Eesti', en: 'English', ru: 'Русский' } as const;
export type Language = keyof typeof LANGUAGES;

const FILES: Record<Language, () => Promise<{ default: Messages }>> = {
  et: () => import('./et.json'),
  en: () => import('./en.json'),
  ru: () => import('./ru.json'),
};

interface Spoken {
  language: Language;
  messages: Messages;
}

export const useSpoken = create<Spoken | null>(() => null);

export function preferredLanguage(): Language {
  const chosen = localStorage.getItem('helin.language');
  const wanted = [chosen, ...navigator.languages].map(each => each?.slice(0, 2));
  return wanted.find((each): each is Language => !!each && each in LANGUAGES) ?? 'en';
}

/** Loads the language's words, then changes all of the page at once. */
export async function speak(language: Language, keep = true): Promise<void> {
  const { default: messages } = await FILES[language]();
  if (keep) localStorage.setItem('helin.language', language);
  document.documentElement.lang = language;
  useSpoken.setState({ language, messages });
}
