/** Campaigns to look at. */

import type {
  Attempt,
  Campaign,
  DialList,
  Expected,
  FileLook,
  LeadReport,
  Preview,
  Result,
} from '../campaigns/api';
import { FRESH } from '../campaigns/fields';
import { doneOf } from '../campaigns/figures';
import { everywhere, type Script } from '../campaigns/script';
import type { ShownCampaign, ShownLead } from '../protocol';

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const SCRIPT: Script = {
  first: 'start',
  steps: {
    start: {
      text: everywhere(
        'Tere, {name}! Helistan Põhjatähest. Teie leping {contract} lõpeb peagi. Kas teil on kaks minutit?',
      ),
      fields: [],
      next: [
        { label: everywhere('Jah'), to: 'offer' },
        { label: everywhere('Hiljem'), disposition: 'callback' },
      ],
    },
    offer: {
      text: everywhere('Pakume teile paketti Pere: sama hind, kaks korda kiirem. Kas sobib?'),
      fields: [
        {
          key: 'speed',
          label: everywhere('Praegune kiirus'),
          kind: 'choice',
          required: true,
          choices: ['100', '300', '1000'],
        },
        { key: 'email', label: everywhere('E-post'), kind: 'email', required: false, choices: [] },
      ],
      next: [{ label: everywhere('Sobib'), disposition: 'sold' }],
    },
  },
};

/** As agents see them beside a call. */
export const SHOWN: ShownCampaign = {
  id: '3',
  name: 'Kevad 2026',
  mode: 'preview',
  company: 'Põhjatäht Sidus OÜ',
  currency: 'EUR',
  script: SCRIPT as NonNullable<ShownCampaign['script']>,
};
export const SHOWN_LEAD: ShownLead = {
  id: '7',
  name: 'Mari Maasikas',
  list: 'Lepingud lõpevad aprillis',
  number: '+3725550101',
  fields: { Leping: 'L-20417', Linn: 'Tartu' },
  language: 'et',
  attempt: 2,
  disposition: null,
  answers: { email: 'mari@example.com' },
};
/** Of the scene `campaign-call`: half filled in, with an answer and a line that cannot be yet. */
export const BEGUN = JSON.stringify({
  note: 'Soovib esmaspäevast.',
  disposition: '',
  contact: '',
  step: {},
  path: ['offer'],
  answers: { speed: '300', email: 'mari@' },
  order: [
    { product: 'Pakett Pere', quantity: '1', price: '39,90' },
    { product: 'Ruuter', quantity: '2', price: '' },
  ],
});

export function campaign(id: string, more: Partial<Campaign> = {}): Campaign {
  return {
    ...FRESH,
    id,
    name: 'Kevad 2026',
    queue: 'arved',
    mode: 'predictive',
    profile: 'EE',
    caller_number: '+3726001234',
    company: 'Põhjatäht Sidus OÜ',
    reason: 'Customers of contracts that end this spring; an agent for each answer is kept free.',
    settings: { ...FRESH.settings, abandonment_limit: 0.03, legal_sound: 'helin/legal', value: 40 },
    state: 'running',
    script: SCRIPT,
    started_at: ago(300),
    version: 3,
    faults: [],
    ...more,
  };
}

export const CAMPAIGNS: Campaign[] = [
  campaign('3'),
  campaign('2', {
    name: 'Uuring: rahulolu',
    mode: 'preview',
    state: 'draft',
    script: null,
    company: null,
    started_at: null,
    faults: [
      {
        field: 'company',
        why: 'it has no company; say in whose name it calls',
        code: 'company_missing',
        params: {},
      },
      {
        field: 'script',
        why: 'it has no script; write what the agents say',
        code: 'script_missing',
        params: {},
      },
      { field: 'lists', why: 'it has no active list; import leads first', code: 'no_list', params: {} },
    ],
  }),
  campaign('1', { name: 'Võlglased', mode: 'progressive', state: 'paused' }),
];

export function lists(id: string): DialList[] {
  if (id === '2') return [];
  const list = (key: string, name: string, leads: number, done: number, more: Partial<DialList> = {}) => ({
    id: key,
    name,
    source: 'Register 03/2026',
    cost: 120,
    segment: null,
    active: true,
    imported_at: ago(3_000),
    leads,
    tried: Math.round(done * 1.3),
    states: { open: leads - done, done: done - 12, skipped: 12 },
    ...more,
  });
  return [
    list('1', 'Lepingud lõpevad aprillis', 1_120, 640),
    list('2', 'Endised kliendid', 490, 45, { source: null, cost: null, segment: {} }),
    list('3', 'Messilt', 84, 20, { active: false, cost: 0 }),
  ];
}

const result = (key: string, name: string, attempts: number, hit = 0.34): Result => {
  const answered = Math.round(attempts * hit);
  const abandoned = Math.round(answered * 0.018);
  const machine = Math.round(attempts * 0.12);
  const busy = Math.round(attempts * 0.07);
  const connected = answered - abandoned;
  const sales = Math.round(connected * 0.19);
  return {
    key,
    name,
    leads: Math.round(attempts * 1.2),
    tried: Math.round(attempts * 0.8),
    reached: Math.round(answered * 0.96),
    attempts,
    answered,
    connected,
    abandoned,
    outcomes: {
      person: connected,
      abandoned,
      machine,
      busy,
      no_answer: attempts - answered - machine - busy,
    },
    sales,
    refusals: Math.round(connected * 0.4),
    orders: Math.round(sales * 0.6),
    talk_seconds: connected * 142,
    conversion: connected ? sales / connected : null,
    cost: key === '' ? 120 : null,
    earned: sales * 40,
    gain: key === '' ? sales * 40 - 120 : null,
  };
};

export function results(id: string, by: string): Result[] {
  if (id === '2') return by === 'all' ? [{ ...result('', '', 0), leads: 0 }] : [];
  if (by === 'list')
    return [result('1', 'Lepingud lõpevad aprillis', 860), result('2', 'Endised kliendid', 58, 0.2)];
  if (by === 'agent') return [result('agent1', '', 510, 0.5), result('agent3', '', 408, 0.45)];
  if (by === 'attempt') return [result('1', '', 700), result('2', '', 180, 0.25), result('3', '', 38, 0.15)];
  if (by === 'hour')
    return [280, 220, 160, 100, 40].map((minutes, at) =>
      result(`${ago(minutes).slice(0, 13)}:00:00Z`, '', 130 + at * 40, 0.3 + at * 0.03),
    );
  return [result('', '', 918)];
}

export function attempts(outcome: string | null): Attempt[] {
  const one = (n: number, came: string | null, more: Partial<Attempt> = {}): Attempt => ({
    id: String(900 - n),
    list: '1',
    lead: String(n),
    number: `+3725550${100 + n}`,
    mode: 'predictive',
    agent: came === 'person' ? 'agent1' : null,
    at: ago(n * 2),
    outcome: came,
    answered_at: came === 'person' ? ago(n * 2 - 0.2) : null,
    connected_at: came === 'person' ? ago(n * 2 - 0.25) : null,
    ended_at: came ? ago(Math.max(0, n * 2 - 3)) : null,
    call: came === 'person' ? 'main-1-100' : null,
    disposition: null,
    estimated: false,
    answers:
      came === 'person'
        ? { path: ['start'], values: { email: 'mari@example.com', pakett: 'Suur', sobib: true } }
        : null,
    proof: {
      at: ago(n * 2),
      number: `+3725550${100 + n}`,
      country: 'EE',
      kind: 'mobile',
      profile: { key: 'EE', version: '2026-01', effective_from: '2026-01-01' },
      local: { 'Europe/Tallinn': '2026-11-24T10:15:00+02:00' },
      lists: [{ name: 'ee-turundus', version: '41', as_of: '2026-11-20' }],
      suppressions: [],
      consent: { basis: 'consent', at: '2025-06-02', text: 'Nõustun pakkumistega telefonil' },
      counters: { lead: 1, number: 1, number_24_hours: 0 },
      campaign: { id: '3', mode: 'predictive', caller_number: '+3726001234' },
      sure_agent: false,
      decision: { allowed: true, code: 'allowed', why: '' },
    },
    ...more,
  });
  const all = [
    one(0, null),
    one(1, 'person', { disposition: 'sold' }),
    one(2, 'no_answer'),
    one(3, 'machine'),
    one(4, 'person'),
    one(5, 'abandoned'),
    one(6, 'busy', { estimated: true }),
  ];
  return outcome ? all.filter(each => each.outcome === outcome) : all;
}

export function preview(id: string): Preview {
  const faults = CAMPAIGNS.find(each => each.id === id)?.faults ?? [];
  if (id === '2')
    return { leads: 0, judged: 0, now: 0, later: 0, never: 0, left_out: 0, reasons: [], faults };
  return {
    leads: 1_610,
    judged: 1_610,
    now: 1_204,
    later: 310,
    never: 96,
    left_out: 84,
    reasons: [
      { when: 'now', code: 'allowed', why: 'It is dialled.', leads: 1_204 },
      {
        when: 'later',
        code: 'hours',
        why: 'It is not an hour at which this number may be called, by the clock where it is.',
        leads: 248,
      },
      { when: 'later', code: 'not_due', why: 'Its next attempt is not due yet.', leads: 62 },
      { when: 'never', code: 'do_not_call', why: 'The number is on the do-not-call list.', leads: 71 },
      {
        when: 'never',
        code: 'consent',
        why: 'Estonia wants consent on record, and there is none.',
        leads: 25,
      },
    ],
    faults,
  };
}

export const EXPECTED: Expected[] = [
  ['Mari-Liis Õunapuu', 'later', 'hours'],
  ['Светлана Орлова', 'later', 'hours'],
  ['Jaan Tamm', 'never', 'do_not_call'],
  ['', 'never', 'consent'],
].map(([name = '', when, code = ''], n) => ({
  lead: String(n),
  name,
  number: `+3725550${100 + n}`,
  when: when as Expected['when'],
  code,
  why: '',
  not_before: when === 'later' ? ago(-600) : null,
}));

export const LEADS = [
  {
    id: '1',
    name: 'Mari-Liis Õunapuu',
    numbers: [{ number: '+3725550101' }],
    fields: { contract: 'L-2041', city: 'Tartu' },
  },
];

export const LOOK: FileLook = {
  encoding: 'utf-8',
  delimiter: ';',
  header: ['Nimi', 'Telefon', 'Linn'],
  columns: { number: ['Telefon'], name: ['Nimi'] },
  first: [
    ['Mari-Liis Õunapuu', '5550 1010', 'Tartu'],
    ['Jaan Tamm', '5550 1011', 'Tallinn'],
  ],
};

export const REPORT: LeadReport = {
  list_id: '4',
  encoding: 'utf-8',
  delimiter: ';',
  columns: LOOK.columns,
  rows: 502,
  added: 480,
  same: 19,
  refused: 3,
  reasons: { 'the number is too short': 2, 'the number stands twice in the file': 1 },
  refused_rows: [
    { row: 12, reason: 'the number is too short (555)' },
    { row: 77, reason: 'the number is too short (12)' },
    { row: 301, reason: 'the number stands twice in the file (row 17)' },
  ],
};

/** As the list of campaigns has it. */
function standing(one: Campaign): Campaign {
  const active = lists(one.id).filter(list => list.active);
  const sum = (figures: number[]) => figures.reduce((all, each) => all + each, 0);
  const [total] = results(one.id, 'all');
  if (!total) return one;
  return {
    ...one,
    standing: { leads: sum(active.map(each => each.leads)), done: sum(active.map(doneOf)), total },
  };
}

export const PROFILES = [
  { key: 'EE', name: 'Estonia', version: '2026.1', effective_from: '2026-01-01', in_force: true, own: false },
  {
    key: 'UK',
    name: 'United Kingdom',
    version: '2025.2',
    effective_from: '2025-06-01',
    in_force: true,
    own: false,
  },
  {
    key: 'US',
    name: 'United States',
    version: '2025.1',
    effective_from: '2025-01-27',
    in_force: true,
    own: false,
  },
  {
    key: 'US',
    name: 'United States',
    version: '2027.1',
    effective_from: '2027-01-31',
    in_force: false,
    own: false,
  },
];

/** What the server says to a path below /campaigns. */
export function answer(
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): [number, unknown] {
  const [, , id = '', part = '', more = ''] = path.split('/');
  const page = (items: unknown[]) => ({ items, next: null });
  const one = CAMPAIGNS.find(each => each.id === id);
  if (!id)
    return method === 'GET' ? [200, page(CAMPAIGNS.map(standing))] : [201, campaign('4', body as object)];
  if (!one) return [404, { detail: 'There is no such campaign.' }];
  if (part === 'lists') return [200, more ? { ...lists(id)[0], ...(body as object) } : page(lists(id))];
  if (part === 'results') return [200, page(results(id, query.get('by') ?? 'all'))];
  if (part === 'attempts') return [200, page(id === '2' ? [] : attempts(query.get('outcome')))];
  if (part === 'preview') return [200, more ? page(id === '2' ? [] : EXPECTED) : preview(id)];
  if (part === 'leads' && method === 'POST') return [200, more ? LOOK : REPORT];
  if (part === 'leads') return [200, page(id === '2' ? [] : LEADS)];
  if (part === 'start' && one.faults.length)
    return [
      422,
      { detail: `the campaign ${one.name} cannot run: ${one.faults.map(each => each.why).join('; ')}` },
    ];
  const state = { start: 'running', pause: 'paused', stop: 'stopped' }[part] ?? one.state;
  return [200, { ...one, ...(body as object), state }];
}
