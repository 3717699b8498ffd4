import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import en from './en.json';
import et from './et.json';
import { worded } from './index';
import ru from './ru.json';

const others: [string, Record<string, string>][] = [
  ['et', et],
  ['ru', ru],
];

/** The names of the values that a message takes. */
const values = (message: string) =>
  [...new Set(message.match(/\{\s*\w+/g) ?? [])].map(each => each.slice(1)).sort();

describe.each(others)('%s', (locale, messages) => {
  it('has the keys of English, no more and no less', () => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
  });

  it('leaves none empty and takes the same values', () => {
    for (const [id, message] of Object.entries(en)) {
      expect(messages[id]?.trim(), id).toBeTruthy();
      const plural = /, plural,/.test(message);
      const names = (text: string) =>
        values(text).filter(name => !plural || new RegExp(`\\{${name},`).test(text));
      expect(names(messages[id] ?? ''), id).toEqual(names(message));
    }
  });

  it('can be read by the formatter', () => {
    const wrong: string[] = [];
    const intl = createIntl({ locale, messages, onError: error => wrong.push(String(error)) });
    for (const id of Object.keys(en)) {
      const given = Object.fromEntries(values(messages[id] ?? '').map(name => [name, 5]));
      intl.formatMessage({ id }, given);
    }
    expect(wrong).toEqual([]);
  });
});

it('bends Russian numbers', () => {
  const intl = createIntl({ locale: 'ru', messages: ru });
  const tickets = (count: number) => intl.formatMessage({ id: 'tickets.open' }, { count });
  expect([1, 2, 5, 21].map(tickets)).toEqual([
    '1 открытое обращение',
    '2 открытых обращения',
    '5 открытых обращений',
    '21 открытое обращение',
  ]);
});

it('says words without places as they are, without the formatter', () => {
  const formatted: string[] = [];
  const formatMessage = (({ id }: { id: string }) => formatted.push(id)) as never;
  for (const messages of [en, et, ru] as Record<string, string>[]) {
    for (const [id, message] of Object.entries(messages)) {
      formatted.length = 0;
      const said = worded({ messages, formatMessage }, id, { count: 5 });
      if (/[{'<]/.test(message)) expect(formatted, id).toEqual([id]);
      else expect(said, id).toBe(message);
    }
  }
});
