/** A script: what it is on the server, how it is edited, and what it says to one lead. Pure. */

import { type Language, LANGUAGES as NAMES } from '../i18n/spoken';

export const LANGUAGES = Object.keys(NAMES) as Language[];
export const KINDS = ['text', 'number', 'date', 'yes_no', 'choice', 'phone', 'email'] as const;
export type Kind = (typeof KINDS)[number];
export type Said = Partial<Record<Language, string>>;

export interface Field {
  key: string;
  label: Said;
  kind: Kind;
  required: boolean;
  choices: string[];
}

/** Either `to` (a step) or `disposition`. */
export interface Way {
  label: Said;
  to?: string;
  disposition?: string;
}

export interface Step {
  text: Said;
  fields: Field[];
  next: Way[];
}

export interface Script {
  first: string;
  steps: Record<string, Step>;
}

/** Of a draft. Rows have keys of their own, so that a field keeps the cursor while others go. */
export interface StepDraft extends Step {
  key: string;
}

export const everywhere = (text: string): Said => Object.fromEntries(LANGUAGES.map(each => [each, text]));

/** The language that is being written. */
export interface Tongue {
  language: Language;
  /** Every language says the same. */
  alike: boolean;
}

/** What is written, into a saying. */
export const put = (said: Said, text: string, { alike, language }: Tongue): Said =>
  alike ? everywhere(text) : { ...said, [language]: text };

export function draftOf(script: Script | null): StepDraft[] {
  if (!script) return [{ key: 'start', text: everywhere(''), fields: [], next: [] }];
  const { [script.first]: first, ...others } = script.steps;
  return [
    ...(first ? [{ key: script.first, ...first }] : []),
    ...Object.entries(others).map(([key, step]) => ({ key, ...step })),
  ];
}

/** Null: there is nothing in it. */
export function scriptOf(steps: StepDraft[]): Script | null {
  const first = steps[0];
  const empty = (step: StepDraft) =>
    ![...Object.values(step.text), ...step.next, ...step.fields].some(Boolean);
  if (!first || steps.every(empty)) return null;
  return {
    first: first.key,
    steps: Object.fromEntries(
      steps.map(({ key, text, fields, next }) => [
        key,
        {
          text: given(text),
          fields: fields.map(field => ({
            ...field,
            label: given(field.label),
            choices: field.kind === 'choice' ? field.choices : [],
          })),
          next: next.map(way => ({ ...way, label: given(way.label) })),
        },
      ]),
    ),
  };
}

/** Without the languages in which nothing is said, as long as it is said in one. */
function given(said: Said): Said {
  const some = Object.entries(said).filter(([, text]) => text?.trim());
  return some.length ? Object.fromEntries(some) : said;
}

/** Whether a script says the same in every language, so that one field is enough. */
export function isAlike(steps: StepDraft[]): boolean {
  const said = steps.flatMap(step => [
    step.text,
    ...step.fields.map(field => field.label),
    ...step.next.map(way => way.label),
  ]);
  return said.every(each => new Set(LANGUAGES.map(language => each[language] ?? '')).size === 1);
}

/** As it is said in `language`, or in another where it is not said in that. */
export const sayingOf = (said: Said, language: Language): string =>
  said[language] || said.en || LANGUAGES.map(each => said[each]).find(Boolean) || '';

export function freeKey(base: string, taken: string[]): string {
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? base : `${base}_${n}`;
    if (!taken.includes(key)) return key;
  }
}

export const nextStepKey = (steps: StepDraft[]) =>
  freeKey(
    `step_${steps.length + 1}`,
    steps.map(step => step.key),
  );

/** A field's key from what it is called: what the answers are kept under. */
export function keyOf(label: string, taken: string[]): string {
  const plain = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 36);
  return freeKey(plain || 'field', taken);
}

/** Without a step, and without the answers that led to it. */
export function without(steps: StepDraft[], key: string): StepDraft[] {
  return steps
    .filter(step => step.key !== key)
    .map(step => ({ ...step, next: step.next.filter(way => way.to !== key) }));
}

export type Values = Record<string, string>;

/** `{name}`, or `{lead.name}`, with the lead's value; what the lead has not stays as it is, to be seen. */
export function filled(text: string, values: Values): string {
  const known = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  return text.replace(
    /\{(?:lead\.)?([^{}\n]{1,100})\}/g,
    (whole, name: string) => known.get(name.trim().toLowerCase()) ?? whole,
  );
}

/** Variables of a text that the lead has not. */
export function unknownIn(text: string, values: Values): string[] {
  return [...new Set(filled(text, values).match(/\{[^{}\n]{1,100}\}/g) ?? [])];
}

export function valuesOf(
  lead: { name: string; numbers: { number: string }[]; fields: Record<string, unknown> } | undefined,
): Values {
  if (!lead) return { name: 'Mari Maasikas', number: '+3725550123' };
  const own = Object.entries(lead.fields).filter(([, value]) => value !== null && typeof value !== 'object');
  return {
    ...Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
    name: lead.name,
    number: lead.numbers[0]?.number ?? '',
  };
}
