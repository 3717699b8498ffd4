/** Campaigns in the server's words, and its routes for them: fetched with these pages, not with the desk. */

import { ask, type Page, query } from '../api';
import type { Script } from './script';

export const MODES = ['preview', 'progressive', 'predictive'] as const;
export type Mode = (typeof MODES)[number];
export type CampaignState = 'draft' | 'running' | 'paused' | 'stopped';

export const SHARES = ['none', 'equally', 'quota'] as const;

export interface CampaignSettings {
  ring_seconds: number;
  /** A share; null: as the country profile says. */
  abandonment_limit: number | null;
  amd: boolean;
  reserve_seconds: number;
  attempts: number;
  attempts_per_day: number;
  legal_sound: string;
  /** What a sale without an order earns. */
  value: number | null;
  currency: string;
  /** Minutes, by the outcome or the result of the last attempt. */
  retry: Record<string, number>;
  retry_dispositions: Record<string, number>;
  /** Hours, by result. */
  recycle: Record<string, number>;
  recycle_times: number;
  callback_mine_minutes: number;
  callback_hours: number;
  share: (typeof SHARES)[number];
  /** Leads in hand, by login. */
  quotas: Record<string, number>;
}

export interface CampaignFields {
  name: string;
  queue: string;
  mode: Mode;
  profile: string;
  caller_number: string | null;
  company: string | null;
  reason: string | null;
  settings: CampaignSettings;
}

/** Why a campaign cannot start. `code` and `params` say it in the reader's language. */
export interface Fault {
  field: string;
  why: string;
  code: string;
  params: Record<string, string | number>;
}

/** One version of a country's rules. */
export interface CountryProfile {
  key: string;
  name: string;
  version: string;
  effective_from: string;
  in_force: boolean;
  own: boolean;
}

export interface Campaign extends CampaignFields {
  id: string;
  state: CampaignState;
  script: Script | null;
  started_at: string | null;
  version: number;
  /** Empty when it can start. */
  faults: Fault[];
  /** Of the list of campaigns only: leads in active lists, how many of these are called no more, and what came of it. */
  standing?: { leads: number; done: number; total: Result } | null;
}

export interface DialList {
  id: string;
  name: string;
  source: string | null;
  cost: number | null;
  /** Null: it was imported; else it is a search over contacts. */
  segment: object | null;
  active: boolean;
  imported_at: string;
  leads: number;
  tried: number;
  states: Record<string, number>;
}

export interface Lead {
  id: string;
  name: string;
  numbers: { number: string }[];
  fields: Record<string, unknown>;
}

export const OUTCOMES = [
  'person',
  'machine',
  'abandoned',
  'no_answer',
  'busy',
  'congestion',
  'unreachable',
  'refused',
  'failed',
  'cancelled',
  'unknown',
] as const;

/** One dialling. `outcome` null: it is under way. */
export interface Attempt {
  id: string;
  list: string;
  lead: string;
  number: string;
  mode: Mode;
  agent: string | null;
  at: string;
  outcome: string | null;
  answered_at: string | null;
  connected_at: string | null;
  ended_at: string | null;
  call: string | null;
  disposition: string | null;
  estimated: boolean;
  answers: { path: string[]; values: Record<string, unknown> } | null;
  proof: Record<string, unknown>;
}

export const BY = ['list', 'hour', 'attempt', 'agent'] as const;
export type By = (typeof BY)[number];

/** A line of the funnel. `answered`: by a person; `connected`: with an agent. */
export interface Result {
  key: string;
  name: string;
  leads: number;
  tried: number;
  reached: number;
  attempts: number;
  answered: number;
  connected: number;
  abandoned: number;
  outcomes: Record<string, number>;
  sales: number;
  refusals: number;
  orders: number;
  talk_seconds: number;
  conversion: number | null;
  cost: number | null;
  earned: number | null;
  gain: number | null;
}

export type When = 'now' | 'later' | 'never';

export interface Reason {
  when: When;
  code: string;
  why: string;
  leads: number;
}

/** `now`, `later`, `never` and `reasons` speak of the `judged` of all `leads`. */
export interface Preview {
  leads: number;
  judged: number;
  now: number;
  later: number;
  never: number;
  left_out: number;
  reasons: Reason[];
  faults: Fault[];
}

/** A lead, and whether it is dialled. */
export interface Expected {
  lead: string;
  name: string;
  number: string;
  when: When;
  code: string;
  why: string;
  not_before: string | null;
}

/** What became of a file's rows. `columns`: the file's headers by what they were taken for. */
export interface LeadReport {
  list_id: string;
  encoding: string;
  delimiter: string;
  columns: Record<string, string[]>;
  rows: number;
  added: number;
  same: number;
  refused: number;
  reasons: Record<string, number>;
  refused_rows: { row: number; reason: string }[];
}

/** How a file would be read. `first`: some rows below the header. */
export interface FileLook {
  encoding: string;
  delimiter: string;
  header: string[];
  columns: Record<string, string[]>;
  first: string[][];
}

export interface LeadFile {
  list: string;
  dedupe: 'list' | 'campaign' | 'system';
  country: string;
  source: string;
  cost: string;
  basis: string;
  basis_text: string;
  /** Header → field, for what is not guessed right. */
  map: Record<string, string>;
}

export interface AttemptFilter {
  outcome?: string;
  number?: string;
}

const of = (key: string) => `/campaigns/${encodeURIComponent(key)}`;

/** The file's own parameters, each column that was named as `map=FIELD=COLUMN`. */
export function fileQuery({ map, ...file }: LeadFile): string {
  const given = Object.entries(file).filter(([, value]) => value.trim());
  const fields = [...new Set(Object.values(map).filter(Boolean))];
  const columns = (field: string) => Object.keys(map).filter(header => map[header] === field);
  return new URLSearchParams([
    ...given,
    ...fields.map(field => ['map', `${field}=${columns(field).join(',')}`]),
  ]).toString();
}

export const campaigns = {
  all: (after: string | null = null) =>
    ask<Page<Campaign>>('GET', `/campaigns${query({ figures: 'true', cursor: after, limit: '50' })}`),
  profiles: () => ask<Page<CountryProfile>>('GET', '/country-profiles'),
  one: (key: string) => ask<Campaign>('GET', of(key)),
  add: (fields: CampaignFields) => ask<Campaign>('POST', '/campaigns', fields),
  change: (key: string, fields: Partial<CampaignFields> & { script?: Script | null; version: number }) =>
    ask<Campaign>('PATCH', of(key), fields),
  start: (key: string) => ask<Campaign>('POST', `${of(key)}/start`),
  pause: (key: string) => ask<Campaign>('POST', `${of(key)}/pause`),
  stop: (key: string) => ask<Campaign>('POST', `${of(key)}/stop`),
  lists: (key: string) => ask<Page<DialList>>('GET', `${of(key)}/lists`),
  addList: (key: string, name: string, segment: object) =>
    ask<DialList>('POST', `${of(key)}/lists`, { name, segment }),
  changeList: (key: string, list: string, fields: { active: boolean }) =>
    ask<DialList>('PATCH', `${of(key)}/lists/${encodeURIComponent(list)}`, fields),
  look: (key: string, file: LeadFile, body: Blob) =>
    ask<FileLook>('POST', `${of(key)}/leads/look?${fileQuery(file)}`, body),
  importFile: (key: string, file: LeadFile, body: Blob) =>
    ask<LeadReport>('POST', `${of(key)}/leads?${fileQuery(file)}`, body),
  leads: (key: string, limit: number) =>
    ask<Page<Lead>>('GET', `${of(key)}/leads${query({ limit: String(limit) })}`),
  preview: (key: string) => ask<Preview>('GET', `${of(key)}/preview`),
  previewLeads: (key: string) =>
    ask<Page<Expected>>('GET', `${of(key)}/preview/leads${query({ limit: '200' })}`),
  attempts: (key: string, filter: AttemptFilter, after: string | null) =>
    ask<Page<Attempt>>('GET', `${of(key)}/attempts${query({ ...filter, cursor: after, limit: '50' })}`),
  results: (key: string, by: By | 'all') => ask<Page<Result>>('GET', `${of(key)}/results${query({ by })}`),
};
