/** The door's words, in the language that is spoken; they change while one looks. */

import { useEffect, useState } from 'preact/hooks';
import { type Language, type MessageId, useSpoken } from '../i18n/spoken';

export function useLanguage(): Language {
  const [language, change] = useState(() => useSpoken.getState()?.language ?? 'en');
  useEffect(() => useSpoken.subscribe(spoken => change(spoken?.language ?? 'en')), []);
  return language;
}

/** A message without places. */
export function plain(id: MessageId): string {
  return useSpoken.getState()?.messages[id] ?? '';
}

/** A message with places: what reads those comes when it is needed, which is hardly ever. */
export async function filled(id: MessageId, values: Record<string, number>): Promise<string> {
  const spoken = useSpoken.getState();
  if (!spoken) return '';
  const { createIntl } = await import('react-intl');
  return createIntl({ locale: spoken.language, messages: spoken.messages }).formatMessage({ id }, values);
}
