import { expect, it } from 'vitest';
import { campaign } from '../dev/campaigns';
import {
  draftOf,
  everywhere,
  filled,
  isAlike,
  keyOf,
  nextStepKey,
  put,
  scriptOf,
  unknownIn,
  valuesOf,
  without,
} from './script';

const SCRIPT = campaign('3').script;

it('comes back as it was when nothing is changed, the first step first', () => {
  const turned = SCRIPT && { first: 'offer', steps: SCRIPT.steps };
  expect(scriptOf(draftOf(SCRIPT))).toEqual(SCRIPT);
  expect(scriptOf(draftOf(turned))).toEqual(turned);
  expect(draftOf(turned)[0]?.key).toBe('offer');
});

it('is none while nothing is written', () => {
  expect(scriptOf(draftOf(null))).toBeNull();
  const [step] = draftOf(null);
  expect(step && scriptOf([{ ...step, text: everywhere('Tere') }])?.first).toBe('start');
});

it('says one text in all languages, or each its own', () => {
  const steps = draftOf(SCRIPT);
  expect(isAlike(steps)).toBe(true);
  const [first] = steps;
  if (!first) throw new Error('no step');
  const text = put(first.text, 'Здравствуйте', { language: 'ru', alike: false });
  expect(isAlike([{ ...first, text }])).toBe(false);
  expect(put(first.text, 'Hi', { language: 'ru', alike: true })).toEqual(everywhere('Hi'));
  const sent = scriptOf([{ ...first, text: { ...everywhere(''), ru: 'Да' }, next: [] }]);
  expect(sent?.steps.start?.text).toEqual({ ru: 'Да' });
});

it('takes out a step with the answers that led to it', () => {
  const left = without(draftOf(SCRIPT), 'offer');
  expect(left.map(each => each.key)).toEqual(['start']);
  expect(left[0]?.next.map(each => each.disposition)).toEqual(['callback']);
});

it('makes keys that the server takes, each only once', () => {
  expect(keyOf('Praegune kiirus, Mbit/s', [])).toBe('praegune_kiirus_mbit_s');
  expect(keyOf('Õ', ['o'])).toBe('o_2');
  expect(keyOf('Скорость', ['field'])).toBe('field_2');
  expect(nextStepKey(draftOf(SCRIPT))).toBe('step_3');
});

it('puts the lead’s values in, as text, and leaves what it has not to be seen', () => {
  const values = valuesOf({
    name: 'Mari {x}',
    numbers: [{ number: '+3725550101' }],
    fields: { City: 'Tartu' },
  });
  expect(filled('{name} of {lead.city}, {number}, {none}', values)).toBe(
    'Mari {x} of Tartu, +3725550101, {none}',
  );
  expect(unknownIn('{city} {lead.none} {none} {none}', values)).toEqual(['{lead.none}', '{none}']);
  expect(valuesOf(undefined)).toHaveProperty('name');
});
