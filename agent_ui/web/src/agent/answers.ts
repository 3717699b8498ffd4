/** What a customer answers to a script, and orders: checked as the server checks it (crm_store/answers.py), and sent. Pure. */

import type { ScriptField, ScriptStep, ShownCampaign } from '../protocol';

export type Script = NonNullable<ShownCampaign['script']>;

/** A line of an order, as it is typed. */
export interface OrderRow {
  product: string;
  quantity: string;
  price: string;
}

/** Answers by field, the steps after the first that were gone to, and what was ordered. */
export interface Said {
  answers: Record<string, string>;
  path: string[];
  order: OrderRow[];
}

export const NOTHING_SAID: Said = { answers: {}, path: [], order: [] };
export const NEW_ROW: OrderRow = { product: '', quantity: '1', price: '' };
export const MOST_ROWS = 100;
export const LONGEST_ANSWER = 1_000;
const EMAIL = /^[^\s@<>"(),:;\\]{1,64}@[^\s@<>"(),:;\\]{1,250}\.[^\s@<>"(),:;\\.]{1,63}$/;
const PHONE = /^\+?[\d\s()./-]{3,40}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export type Wrong = 'needed' | ScriptField['kind'];

const READS: Record<ScriptField['kind'], (text: string, field: ScriptField) => boolean> = {
  text: text => text.length <= LONGEST_ANSWER,
  number: text => numberOf(text) !== null,
  date: text => DATE.test(text) && !Number.isNaN(Date.parse(text)),
  yes_no: text => text === 'yes' || text === 'no',
  choice: (text, field) => field.choices.includes(text),
  phone: text => PHONE.test(text) && /\d{3}/.test(text.replace(/\D/g, '')),
  email: text => EMAIL.test(text),
};

/** What is wrong with an answer; `needed`: it is missing, and must not be. */
export function wrongWith(field: ScriptField, answer: string, needed: boolean): Wrong | null {
  const text = answer.trim();
  if (!text) return needed && field.required ? 'needed' : null;
  return READS[field.kind](text, field) ? null : field.kind;
}

function numberOf(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() && Number.isFinite(value) && Math.abs(value) <= 1e15 ? value : null;
}

/** The way from the first step on, as far as the script still has it. */
export function walked(script: Script, path: string[]): string[] {
  const way = [script.first];
  for (const key of path) {
    if (!script.steps[way.at(-1) ?? '']?.next.some(each => each.to === key)) break;
    way.push(key);
  }
  return way;
}

/** Whether the script ends at this step with this result: then the step's answers must be there. */
export const endsAt = (step: ScriptStep, result: string, sold: boolean): boolean =>
  step.next.length ? step.next.some(way => result !== '' && way.disposition === result) : sold;

/** The first answer that is missing or cannot be. */
export function lacking(script: Script, said: Said, result: string, sold: boolean): ScriptField | null {
  const way = walked(script, said.path);
  for (const [at, key] of way.entries()) {
    const step = script.steps[key];
    const left = at < way.length - 1 || (!!step && endsAt(step, result, sold));
    const field = (step?.fields ?? []).find(each => wrongWith(each, said.answers[each.key] ?? '', left));
    if (field) return field;
  }
  return null;
}

/** As the `wrap_up` command takes them; nothing where a script asks for nothing. */
export function answersOf(script: Script | null | undefined, said: Said): Record<string, string> {
  if (!script) return {};
  const way = walked(script, said.path);
  const fields = way.flatMap(key => script.steps[key]?.fields ?? []);
  const values = Object.fromEntries(
    fields.map(({ key }) => [key, (said.answers[key] ?? '').trim()]).filter(([, text]) => text),
  );
  if (way.length === 1 && Object.keys(values).length === 0) return {};
  return { answers: JSON.stringify({ path: way, values }) };
}

export const isBlank = ({ product, price }: OrderRow) => !product.trim() && !price.trim();

/** In cents; null: no amount with at most two decimals. */
export function centsOf(price: string): number | null {
  const text = price.trim().replace(',', '.');
  return /^\d{1,10}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null;
}

export const isWhole = ({ product, quantity, price }: OrderRow) =>
  product.trim() !== '' && /^[1-9]\d{0,5}$/.test(quantity.trim()) && centsOf(price) !== null;

/** In cents, of the lines that are whole. */
export const totalOf = (rows: OrderRow[]): number =>
  rows.filter(isWhole).reduce((sum, row) => sum + Number(row.quantity) * (centsOf(row.price) ?? 0), 0);

export function orderOf(rows: OrderRow[]): Record<string, string> {
  const lines = rows
    .filter(row => !isBlank(row))
    .map(row => ({
      product: row.product.trim(),
      quantity: Number(row.quantity),
      price: (centsOf(row.price) ?? 0) / 100,
    }));
  return lines.length ? { order: JSON.stringify(lines) } : {};
}

/** From outside: what has another shape is empty. */
export function readSaid(kept: Record<string, unknown>): Said {
  const given = typeof kept.answers === 'object' && kept.answers !== null ? Object.entries(kept.answers) : [];
  const rows: unknown[] = Array.isArray(kept.order) ? kept.order.slice(0, MOST_ROWS) : [];
  return {
    answers: Object.fromEntries(
      given.filter((each): each is [string, string] => typeof each[1] === 'string'),
    ),
    path: Array.isArray(kept.path) ? kept.path.filter(each => typeof each === 'string') : [],
    order: rows
      .filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null)
      .map(row => ({ product: word(row.product), quantity: word(row.quantity), price: word(row.price) })),
  };
}

const word = (value: unknown) => (typeof value === 'string' ? value : '');

/** What the lead answered before, as it is typed. */
export function before(answers: Record<string, unknown> | undefined): Record<string, string> {
  const text = (value: unknown) => (value === true ? 'yes' : value === false ? 'no' : String(value ?? ''));
  return Object.fromEntries(Object.entries(answers ?? {}).map(([key, value]) => [key, text(value)]));
}
