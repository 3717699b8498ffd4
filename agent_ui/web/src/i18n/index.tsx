/** The panel's languages. A message's id is a key of en.json; the other files have the same keys (a test compares them). */

import { type ReactNode, useCallback } from 'react';
import { IntlProvider, type IntlShape, useIntl } from 'react-intl';
import { type Language, type MessageId, useSpoken } from './spoken';

export * from './spoken';

/** English as in Europe: days before months, 24 hours. */
const LOCALES: Record<Language, string> = { et: 'et-EE', en: 'en-GB', ru: 'ru-RU' };

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
  return useCallback((id, values) => worded(intl, id, values), [intl]);
}

/** The word for a code such as `paused`, or the code itself when the server knows one more than this page. */
export function useWord(): (group: string, code: string) => string {
  const intl = useIntl();
  return useCallback(
    (group, code) => {
      const id = `${group}.${code}`;
      return id in intl.messages ? worded(intl, id) : code;
    },
    [intl],
  );
}

const HAS_PLACES = /[{'<]/;

/** A text without places is said as it is: to format it the library would want a parser, which the page does not have, and raise an error for each word. */
export function worded(
  intl: Pick<IntlShape, 'messages' | 'formatMessage'>,
  id: string,
  values?: Values,
): string {
  const message = intl.messages[id];
  if (typeof message === 'string' && message !== '' && !HAS_PLACES.test(message)) return message;
  return intl.formatMessage({ id }, values);
}
