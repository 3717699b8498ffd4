/** The panel's languages. A message's id is a key of en.json; the other files have the same keys (a test compares them). */

import { type ReactNode, useCallback } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import { create } from 'zustand';
import type en from './en.json';

export type MessageId = keyof typeof en;
type Messages = Record<MessageId, string>;

export const LANGUAGES = { et: 'Eesti', en: 'English', ru: 'Русский' } as const;
export type Language = keyof typeof LANGUAGES;

/** English as in Europe: days before months, 24 hours. */
const LOCALES: Record<Language, string> = { et: 'et-EE', en: 'en-GB', ru: 'ru-RU' };

const FILES: Record<Language, () => Promise<{ default: Messages }>> = {
  et: () => import('./et.json'),
  en: () => import('./en.json'),
  ru: () => import('./ru.json'),
};

interface Spoken {
  language: Language;
  messages: Messages;
}

const useSpoken = create<Spoken | null>(() => null);

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

export function Languages({ children }: { children: ReactNode }) {
  const spoken = useSpoken();
  if (!spoken) return null;
  return (
    <IntlProvider locale={LOCALES[spoken.language]} messages={spoken.messages}>
      {children}
    </IntlProvider>
  );
}

export function useLanguage(): Language {
  return useSpoken(spoken => spoken?.language ?? 'en');
}

export type Values = Record<string, string | number | Date | null | undefined>;
export type T = (id: MessageId, values?: Values) => string;

/** The words: `t('call.hang_up')`. Values are put in as text. */
export function useT(): T {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, values), [intl]);
}

/** The word for a code such as `paused`, or the code itself when the server knows one more than this page. */
export function useWord(): (group: string, code: string) => string {
  const intl = useIntl();
  return useCallback(
    (group, code) => {
      const id = `${group}.${code}`;
      return id in intl.messages ? intl.formatMessage({ id }) : code;
    },
    [intl],
  );
}
