/**
 * The HTTP side of the contract: one function for each route that the panel uses. Sign-in is a cookie; a 401 from anywhere
 * means that the session is over, which `whenSignedOut` is told.
 */

import type { Calendar, CalendarFields, Preview } from './hours/api';
import type { Credentials } from './phone/port';
import type { Call, Colleague, Queue, RequestKind, Role } from './protocol';
import type { Measure, Report } from './reports/api';

/** An answer that is not 2xx (problem details, RFC 9457), or none at all (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly retryAfter: number | null = null,
  ) {
    super(detail || `HTTP ${status}`);
    this.name = 'Problem';
  }
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface User {
  id?: string;
  login: string;
  name: string;
  role: Role;
  extension?: string | null;
  interface?: string | null;
  skills?: Record<string, number>;
  active?: boolean;
  phone?: 'browser' | 'sip';
  queues?: string[];
  language?: string | null;
  team?: string | null;
  version?: string;
}

export interface Contact {
  id: string;
  name: string;
  account: string | null;
  tier: string | null;
  numbers: string[];
  email: string | null;
  language: string | null;
  note: string | null;
  open_tickets: number;
  /** Logins: of the contact's own agent, and of who is that of everybody of the account without one. */
  preferred_agent?: string | null;
  account_agent?: string | null;
  created_at?: string;
  changed_at?: string;
}

export type ContactFields = Partial<
  Pick<
    Contact,
    'name' | 'account' | 'numbers' | 'email' | 'language' | 'note' | 'preferred_agent' | 'account_agent'
  >
>;

export interface Interaction {
  id: string;
  at: string;
  channel: string;
  direction: string | null;
  agent: string | null;
  disposition: string | null;
  note: string | null;
  call?: string | null;
}

export interface Leg {
  leg?: string;
  party: 'caller' | 'agent' | 'outside';
  agent: string | null;
  number: string | null;
  started_at: string;
  answered_at: string | null;
  ended_at: string | null;
  cause: number | null;
  estimated?: boolean;
}

export interface CallFact {
  kind: string;
  at: string;
  [more: string]: unknown;
}

export interface CallStory extends Call {
  legs: Leg[];
  facts: CallFact[];
}

/** One recording of a call. `listened` is null for those who may not know. */
export interface RecordingItem {
  n: number;
  state: 'ready' | 'running' | 'missing' | 'erased';
  started_at: string;
  ended_at: string | null;
  seconds: number | null;
  pauses: {
    at: string;
    until: string | null;
    by: string | null;
    resumed_by: string | null;
    from_seconds: number;
    to_seconds: number | null;
  }[];
  erased_at: string | null;
  erased_by: string | null;
  held_by: string | null;
  listened: { at: string; who: string }[] | null;
}

/** What a user is to be from now on. Without a password the old one stays. */
export interface UserFields {
  name: string;
  role: Role;
  password?: string;
  team: string | null;
  extension: string | null;
  interface: string | null;
  active: boolean;
  phone: 'browser' | 'sip';
  skills: Record<string, number>;
  queues: string[];
  language: string | null;
}

/** From this long a wait on a queue asks for these skills instead. */
export interface RuleStep {
  after_seconds: number;
  skills: Record<string, number>;
}

/** What a queue lives by; the server's words. */
export interface QueueRule {
  rule: 'helin' | 'helin:misses';
  target_seconds: number;
  max_wait_seconds: number;
  tiers: Record<string, number>;
  skills: Record<string, number>;
  weights: Record<string, number>;
  relax: RuleStep[];
  last_agent_seconds: number;
  /** Who gives up sooner is a short abandon. */
  short_seconds: number;
  empty_interval: EmptyInterval;
}

/** What reports show where nobody called: 100 %, no level, or no line. */
export type EmptyInterval = 'full' | 'none' | 'left_out';

export interface RuleVersion {
  version: number;
  at: string;
  by: string;
  rule: QueueRule;
}

export interface Ranked {
  position: number;
  score: number;
  reasons: { reason: string; points: number }[];
}

/** A caller under the present rule and under the other. `call` null: of a sample line. */
export interface Moved {
  call: string | null;
  number: string | null;
  name: string | null;
  tier: string | null;
  waited_seconds: number;
  now: Ranked;
  edited: Ranked;
}

export interface RulePreview {
  sample: boolean;
  waiting: number;
  line: Moved[];
  doubts: { code: string; params: Record<string, string | number> }[];
}

/** What is left out stays as the queues have it. */
export interface WhatIfScenario {
  name: string;
  policy: string;
  target_seconds?: number;
  max_wait_seconds?: number;
  agents: number;
}

/** Figures of some calls; waits in seconds. */
export interface Counts {
  offered: number;
  answered: number;
  abandoned: number;
  within_target: number;
  wait_mean: number;
  wait_p50: number;
  wait_p90: number;
  wait_p99: number;
}

/** Figures of a played day, or of the day as it was. */
export interface Figures extends Counts {
  name: string;
  policy: string;
  value_weighted_misses: number;
  value_weighted_cost: number;
  occupancy: number;
  tiers: Record<string, Counts>;
  over_time: { at: number; offered: number; in_time: number | null; wait_mean: number | null }[];
}

export interface WhatIfAnswer {
  calls: number;
  agents: number;
  seconds: number;
  wrap_up_seconds: number;
  recorded: Figures | null;
  results: Figures[];
}

/** Shares from 0 to 1. `patience_seconds` null: callers never give up. */
export interface StaffingWish {
  calls: number;
  interval_minutes: number;
  handle_seconds: number;
  patience_seconds: number | null;
  target_seconds: number;
  in_time: number;
  abandoned?: number;
  absent: number;
}

/** `wait_seconds` null: it grows without end. */
export interface StaffingAnswer {
  formula: 'Erlang A' | 'Erlang C';
  work_erlangs: number;
  agents: number;
  agents_on_the_list: number;
  around: {
    agents: number;
    in_time: number;
    waits: number;
    abandoned: number;
    wait_seconds: number | null;
    occupancy: number;
  }[];
}

/** What a recorded half hour asked for. */
export interface HalfHour {
  at: string;
  calls: number;
  answered: number;
  abandoned: number;
  in_time: number;
  handle_seconds: number | null;
  patience_seconds: number | null;
  target_seconds: number;
}

/** What a queue is to be from now on apart from its rule; the server's words. */
export interface QueueOwnFields {
  mode: 'assist' | 'direct';
  wrap_up_seconds: number;
  wrap_up_required: boolean;
  agents: string[];
  recording_keep_days: number | null;
  pop_on: 'ring' | 'answer';
  pop_url: string | null;
  auto_pause: boolean;
}

/** A queue as it is set up. `version` is sent back with a change, so that nobody's change is lost. */
export interface QueueSettings extends QueueOwnFields, QueueRule {
  name: string;
  version: string;
  rule_version: number;
  asterisk: string | null;
}

export interface Disposition {
  key: string;
  /** The heading that it stands below. */
  parent: string | null;
  labels: Record<string, string>;
  outcome: string;
  queues: string[];
  position: number;
  active: boolean;
  /** What the form should suggest. */
  next: 'callback' | 'ticket' | 'task' | null;
}

/** What agents may pause for. */
export interface PauseReason {
  key: string;
  labels: Record<string, string>;
  kind: 'rest' | 'work' | 'other';
  limit_minutes: number | null;
  position: number;
  active: boolean;
}

/** One of the reasons why no calls come; while one `stops`, none does. */
export interface Cause {
  code: string;
  params: Record<string, string | number | string[]>;
  stops: boolean;
  text: string;
}

export interface Task {
  id: string;
  kind: 'task' | 'callback';
  text: string;
  due_at: string;
  time_zone: string | null;
  owner: string | null;
  contact: string | null;
  contact_name: string | null;
  number: string | null;
  call: string | null;
  done_at: string | null;
}

/** A half-filled form; `agent` is who wrote it, null where nobody has. */
export interface KeptDraft {
  agent: string | null;
  text: string;
}

export interface Day {
  from: string;
  to: string;
  answered: number;
  missed: number;
  placed: number;
  talk_seconds: number;
  hold_seconds: number;
  wrap_up_seconds: number;
  pause_seconds: number;
  ready_seconds: number;
  average_talk_seconds: number | null;
  dispositions: Record<string, number>;
  team: { agents: number; answered: number; talk_seconds: number; average_talk_seconds: number | null };
  callbacks_due: number;
  tasks_due: number;
  next: Task[];
}

export interface Found {
  id: string;
  section: string;
  title: string;
  kind: 'article' | 'answer';
  language: string;
  excerpt: string;
  used: number;
  helpful: number;
  not_helpful: number;
}

export interface Article extends Omit<Found, 'excerpt'> {
  body: string;
}

/** What a user has chosen about the panel. A server may keep more than this page knows: all of it goes back to it. */
export interface Preferences {
  language?: string;
  theme?: string;
  /** Default key → chosen key. */
  keys?: Record<string, string>;
  single_keys?: boolean;
  /** Whether a queue's page opens by itself with the call. */
  open_pages?: boolean;
  [more: string]: unknown;
}

/** `kept`: it can be saved from here; else it lies in the mailbox. */
export interface Attachment {
  name: string;
  type: string;
  size: number;
  n?: number;
  kept?: boolean;
}

/** A written request with all that its writer said. */
export interface WrittenFile {
  id: string;
  kind: RequestKind;
  queue: string;
  contact: string | null;
  contact_name: string | null;
  name: string | null;
  number: string | null;
  email: string | null;
  subject: string;
  text: string | null;
  details: { fields?: Record<string, string>; attachments?: Attachment[]; [more: string]: unknown };
  since: string;
  due_at: string | null;
}

/** `sending` of one that is long over: nobody knows whether it left. */
export interface Reply {
  id: string;
  agent: string;
  text: string;
  state: 'sending' | 'sent' | 'failed';
  trouble: string | null;
  at: string;
}

let forget: () => void = () => {};

export function whenSignedOut(what: () => void): void {
  forget = what;
}

/** The session is over. */
export function signedOut(): void {
  forget();
}

/** Asks the server. A file as the body goes as it is, anything else as JSON. Throws Problem. */
export async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...more };
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (body !== undefined) {
    const file = body instanceof Blob;
    headers['Content-Type'] = file ? body.type || 'text/csv' : 'application/json';
    init.body = file ? body : JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, init);
  } catch {
    throw new Problem(0, '');
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await problemIn(response);
  if (response.status === 401 && path !== '/session' && path !== '/me') signedOut();
  throw problem;
}

async function problemIn(response: Response): Promise<Problem> {
  const said: unknown = await response.json().catch(() => null);
  const detail = said && typeof said === 'object' ? (said as { detail?: unknown; title?: unknown }) : {};
  const text = [detail.detail, detail.title].find(each => typeof each === 'string');
  const after = Number(response.headers.get('Retry-After'));
  return new Problem(response.status, String(text ?? ''), after > 0 ? after : null);
}

/** `?a=1&b=2` of what is given and not empty. */
export function query(params: Record<string, string | null | undefined>): string {
  const given = Object.entries(params).filter((each): each is [string, string] => !!each[1]);
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

const id = encodeURIComponent;

export interface CallFilter {
  from?: string;
  to?: string;
  queue?: string;
  agent?: string;
  number?: string;
  state?: string;
}

export const api = {
  measures: () => ask<Page<Measure>>('GET', '/reports/measures'),
  /** `wanted`: a query, from its question mark on. */
  figures: (wanted: string) => ask<Report>('GET', `/reports/figures${wanted}`),
  signIn: (login: string, password: string) => ask<{ user: User }>('POST', '/session', { login, password }),
  signOut: () => ask<void>('DELETE', '/session'),
  /** Null: nobody is signed in. */
  me: (): Promise<User | null> =>
    ask<User>('GET', '/me').catch((problem: unknown) => {
      if (problem instanceof Problem && problem.status === 401) return null;
      throw problem;
    }),
  preferences: () => ask<{ preferences: Preferences }>('GET', '/me/preferences'),
  keepPreferences: (preferences: Preferences) => ask<void>('PUT', '/me/preferences', { preferences }),
  ticket: () => ask<{ ticket: string; url: string }>('POST', '/panel-ticket'),
  softphone: () => ask<{ phones: Credentials[]; expires_at: string }>('POST', '/softphone'),
  colleagues: () => ask<Page<Colleague>>('GET', '/colleagues'),
  queues: () => ask<Page<Queue>>('GET', '/queues'),
  contacts: (q: string, number: string | null, after: string | null = null, limit = 20) =>
    ask<Page<Contact>>(
      'GET',
      `/contacts${query({ q: number ? null : q, number, after, limit: String(limit) })}`,
    ),
  contact: (key: string) => ask<Contact>('GET', `/contacts/${id(key)}`),
  addContact: (fields: ContactFields) => ask<Contact>('POST', '/contacts', fields),
  changeContact: (key: string, fields: ContactFields) =>
    ask<Contact>('PATCH', `/contacts/${id(key)}`, fields),
  interactions: (key: string, after: string | null = null, limit = 20) =>
    ask<Page<Interaction>>(
      'GET',
      `/contacts/${id(key)}/interactions${query({ after, limit: String(limit) })}`,
    ),
  addNote: (key: string, note: string) =>
    ask<Interaction>('POST', `/contacts/${id(key)}/interactions`, { channel: 'note', note }),
  calls: (filter: CallFilter, after: string | null = null, limit = 50) =>
    ask<Page<Call>>('GET', `/calls${query({ ...filter, after, limit: String(limit) })}`),
  call: (key: string) => ask<CallStory>('GET', `/calls/${id(key)}`),
  recordings: (key: string) => ask<Page<RecordingItem>>('GET', `/calls/${id(key)}/recordings`),
  peaks: (key: string, n: number) =>
    ask<{ seconds: number; peaks: number[] }>('GET', `/calls/${id(key)}/recordings/${n}/peaks`),
  audioUrl: (key: string, n: number) => `/api/v1/calls/${id(key)}/recordings/${n}/audio`,
  eraseRecording: (key: string, n: number, reason: string) =>
    ask<void>('DELETE', `/calls/${id(key)}/recordings/${n}${query({ reason })}`),
  holdRecordings: (key: string, on: boolean, reason: string) =>
    ask<void>('POST', `/calls/${id(key)}/hold`, { on, ...(reason ? { reason } : {}) }),
  request: (key: string) => ask<WrittenFile>('GET', `/requests/${id(key)}`),
  giveRequest: (key: string, contact: string) =>
    ask<WrittenFile>('PATCH', `/requests/${id(key)}`, { contact }),
  replies: (key: string) => ask<Page<Reply>>('GET', `/requests/${id(key)}/replies`),
  reply: (key: string, text: string, once: string) =>
    ask<Reply>('POST', `/requests/${id(key)}/replies`, { text }, { 'Idempotency-Key': once }),
  attachment: (key: string, n: number) => `/api/v1/requests/${id(key)}/attachments/${n}`,
  letterDraft: (key: string) => ask<KeptDraft>('GET', `/requests/${id(key)}/draft`),
  keepLetterDraft: (key: string, text: string) => ask<void>('PUT', `/requests/${id(key)}/draft`, { text }),
  draft: (call: string) => ask<KeptDraft>('GET', `/calls/${id(call)}/draft`),
  keepDraft: (call: string, text: string) => ask<void>('PUT', `/calls/${id(call)}/draft`, { text }),
  dispositions: (queue: string | null) => ask<Page<Disposition>>('GET', `/dispositions${query({ queue })}`),
  pauseReasons: () => ask<Page<PauseReason>>('GET', '/pause-reasons'),
  putPauseReasons: (items: PauseReason[]) => ask<Page<PauseReason>>('PUT', '/pause-reasons', { items }),
  why: (login?: string) =>
    ask<{ free: boolean; causes: Cause[] }>('GET', login ? `/agents/${id(login)}/why` : '/me/why'),
  changeTask: (key: string, fields: { done?: boolean; owner?: string | null; due_at?: string }) =>
    ask<Task>('PATCH', `/tasks/${id(key)}`, fields),
  tasks: (after: string | null = null) => ask<Page<Task>>('GET', `/tasks${query({ cursor: after })}`),
  day: (from: string) => ask<Day>('GET', `/me/day${query({ from })}`),
  articles: (q: string, language: string, limit = 12) =>
    ask<Page<Found>>('GET', `/articles${query({ q, language, limit: String(limit) })}`),
  article: (key: string) => ask<Article>('GET', `/articles/${id(key)}`),
  usedArticle: (key: string) => ask<void>('POST', `/articles/${id(key)}/used`),
  voteArticle: (key: string, yes: boolean) => ask<Article>('POST', `/articles/${id(key)}/helpful`, { yes }),
  users: () => ask<Page<User>>('GET', '/users'),
  addUser: (fields: UserFields & { login: string }) => ask<User>('POST', '/users', fields),
  changeUser: (login: string, fields: UserFields & { version?: string }) =>
    ask<User>('PATCH', `/users/${id(login)}`, fields),
  queue: (name: string) => ask<QueueSettings>('GET', `/queues/${id(name)}`),
  addQueue: (fields: QueueOwnFields & Partial<QueueRule> & { name: string }) =>
    ask<QueueSettings>('POST', '/queues', fields),
  changeQueue: (name: string, fields: QueueOwnFields & { version?: string }) =>
    ask<QueueSettings>('PATCH', `/queues/${id(name)}`, fields),
  putQueue: (name: string, fields: QueueOwnFields) =>
    ask<QueueSettings>('PUT', `/queues/${id(name)}`, fields),
  changeRule: (name: string, rule: QueueRule & { version?: string }) =>
    ask<QueueSettings>('PATCH', `/queues/${id(name)}/rule`, rule),
  previewRule: (name: string, rule: Partial<QueueRule>) =>
    ask<RulePreview>('POST', `/queues/${id(name)}/rule/preview`, rule),
  staffing: (wish: StaffingWish) => ask<StaffingAnswer>('POST', '/staffing', wish),
  halfHours: (queue: string, date: string, time_zone: string) =>
    ask<Page<HalfHour>>('GET', `/queues/${id(queue)}/half-hours${query({ date, time_zone })}`),
  whatIf: (
    wish: { scenarios: WhatIfScenario[] } & (
      | { date: string; time_zone: string }
      | { csv: string; agents: number }
    ),
  ) => ask<WhatIfAnswer>('POST', '/what-if', wish),
  rules: (name: string, after: string | null = null) =>
    ask<Page<RuleVersion>>('GET', `/queues/${id(name)}/rules${query({ cursor: after, limit: '20' })}`),
  calendars: () => ask<Page<Calendar>>('GET', '/calendars'),
  calendar: (name: string) => ask<Calendar>('GET', `/calendars/${id(name)}`),
  addCalendar: (fields: CalendarFields & { name: string }) => ask<Calendar>('POST', '/calendars', fields),
  putCalendar: (name: string, fields: CalendarFields & { version?: string }) =>
    ask<Calendar>('PUT', `/calendars/${id(name)}`, fields),
  removeCalendar: (name: string) => ask<void>('DELETE', `/calendars/${id(name)}`),
  previewCalendar: (asked: { calendar: CalendarFields & { name: string }; queue: string; at?: string }) =>
    ask<Preview>('POST', '/calendars/preview', asked),
  emergency: (name: string, on: boolean) => ask<Calendar>('PUT', `/calendars/${id(name)}/emergency`, { on }),
  holidayCountries: () => ask<Page<{ code: string; regions: string[] }>>('GET', '/holiday-countries'),
  removeQueue: (name: string) => ask<void>('DELETE', `/queues/${id(name)}`),
};
