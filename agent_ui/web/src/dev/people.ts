/** People and calls to look at. */

import type {
  CallFact,
  CallStory,
  Contact,
  Figures,
  Interaction,
  QueueRule,
  QueueSettings,
  RulePreview,
  RuleVersion,
  User,
  WhatIfAnswer,
  WhatIfScenario,
} from '../api';
import type {
  Agent,
  CampaignLine,
  Card,
  Colleague,
  Counts,
  Me,
  PopContact,
  PopInteraction,
  Queue,
  Role,
  Today,
  Waiting,
} from '../protocol';
import { agent, call, card, queue, segment, T0 } from '../samples';
import { SHOWN, SHOWN_LEAD } from './campaigns';
import { WORTH } from './shelf';

export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const DAY = 86_400;

export const USERS: User[] = [
  {
    login: 'agent1',
    name: 'Kadri Tamm',
    role: 'agent',
    extension: '1001',
    interface: 'PJSIP/1001',
    active: true,
    skills: { estonian: 5, billing: 3 },
    team: 'Põhi',
    queues: ['support', 'sales'],
    language: 'et',
    phone: 'browser',
  },
  {
    login: 'agent2',
    name: 'Jaan Põld',
    role: 'agent',
    extension: '1002',
    interface: 'PJSIP/1002',
    active: true,
    skills: { estonian: 4, english: 5 },
    team: 'Põhi',
    queues: ['support'],
    phone: 'browser',
  },
  {
    login: 'agent3',
    name: 'Светлана Орлова',
    role: 'agent',
    extension: '1003',
    interface: 'PJSIP/1003',
    active: true,
    skills: { russian: 5 },
    queues: ['arved', 'support'],
    language: 'ru',
    phone: 'sip',
  },
  {
    login: 'agent4',
    name: 'Oliver Reed',
    role: 'agent',
    extension: '1004',
    interface: 'PJSIP/1004',
    active: false,
  },
  {
    login: 'lead',
    name: 'Piret Kask',
    role: 'leader',
    extension: null,
    interface: null,
    active: true,
    team: 'Põhi',
  },
  { login: 'wall', name: 'Telefonisaal', role: 'viewer', extension: null, interface: null, active: true },
  { login: 'boss', name: 'Maarja Lepik', role: 'supervisor', extension: null, interface: null, active: true },
  {
    login: 'kampaania',
    name: 'Liis Saar',
    role: 'campaign_manager',
    extension: null,
    interface: null,
    active: true,
  },
  { login: 'admin', name: 'Admin', role: 'admin', extension: null, interface: null, active: true },
];

export const COLLEAGUES: Colleague[] = USERS.filter(each => each.extension).map((each, at) => ({
  id: each.login,
  name: each.name,
  state: (['free', 'busy', 'away'] as const)[at % 3] ?? 'free',
}));

export function me(role: Role): Me {
  const user = USERS.find(each => each.role === role);
  return {
    login: user?.login ?? 'agent1',
    name: user?.name ?? 'Kadri Tamm',
    role,
    extension: user?.extension ?? null,
    can: [],
    team: user?.team ?? null,
  };
}

const mari: Contact = {
  id: '17',
  name: 'Mari-Liis Õunapuu',
  account: 'Põhjatäht Logistika OÜ',
  tier: 'A',
  numbers: ['+37255501234', '+3726001234'],
  email: 'mari-liis.ounapuu@pohjataht.example',
  language: 'et',
  note: 'Eelistab helistamist enne lõunat.\nLepingu uuendamine jaanuaris.',
  open_tickets: 2,
};

const people: Contact[] = [
  mari,
  { ...mari, id: '18', name: 'Tõnu Õunapuu', tier: 'B', open_tickets: 0, email: null, note: null },
  {
    ...mari,
    id: '19',
    name: 'Елена Михайловна Воронцова',
    account: 'ООО «Северный ветер»',
    tier: 'C',
    open_tickets: 1,
    numbers: ['+79161234567'],
    language: 'ru',
  },
  {
    ...mari,
    id: '20',
    name: 'Thomas Whitfield',
    account: null,
    tier: null,
    open_tickets: 0,
    numbers: ['+442079460123'],
    language: 'en',
  },
];
export const CONTACTS = people;

export const pop = ({ id, name, account, tier, open_tickets }: Contact): PopContact => ({
  id,
  name,
  account,
  tier,
  open_tickets,
});

const past: [number, string, string | null, string | null, string | null, string | null][] = [
  [
    1.2,
    'call',
    'inbound',
    'agent2',
    'follow_up',
    'Arve 20261187 summa ei klapi pakkumisega. Saatsin raamatupidamisse, lubasin vastuse reedeks.',
  ],
  [
    4,
    'email',
    'outbound',
    'agent1',
    null,
    'Uus hinnapakkumine 40 kaubaaluse hoiustamiseks, kehtib 30 päeva.',
  ],
  [9, 'call', 'outbound', 'agent1', 'resolved', 'Tarneaeg kinnitatud: 14. november kell 10–12.'],
  [
    23,
    'note',
    null,
    'agent3',
    null,
    'Просит звонить на эстонском или русском, по-английски говорит неохотно.',
  ],
  [
    41,
    'call',
    'inbound',
    'agent1',
    'passed_on',
    'Asked for the customs broker; put through to Oliver. '.repeat(8),
  ],
  [68, 'call', 'inbound', null, null, null],
  [
    120,
    'email',
    'inbound',
    null,
    null,
    'Complaint about two damaged pallets, photos attached. Compensated with a credit note.',
  ],
  [240, 'call', 'inbound', 'agent2', 'resolved', null],
];

export const HISTORY: PopInteraction[] = past.map(([days, channel, direction, login, disposition, note]) => ({
  at: ago(days * DAY),
  channel,
  direction,
  agent: login,
  disposition,
  note,
}));

export const INTERACTIONS: Interaction[] = HISTORY.map((item, index) => ({ ...item, id: String(index) }));

const ring = (more: Partial<Card> = {}): Card =>
  card('main-1-7', {
    number: '+37255501234',
    started_at: ago(34),
    queued_at: ago(32),
    waiting_since: ago(32),
    waited_seconds: 32,
    ringing: ['agent1'],
    contact: '17',
    tier: 'A',
    contacts: [{ ...pop(mari), ...WORTH }],
    history: HISTORY,
    ...more,
  });

const talk = (more: Partial<Card> = {}): Card =>
  ring({
    ringing: [],
    waiting: false,
    recording: 'on',
    waited_seconds: 32,
    answered_at: ago(127),
    started_at: ago(160),
    segments: [segment('agent1', { started_at: ago(127) })],
    ...more,
  });

const LONG = `${'Достопримечательность '.repeat(40)}\u202Eexe.gnp <script>alert(1)</script>`;

export const SCENES: Record<string, () => { calls: Card[]; agent: Partial<Agent> }> = {
  rest: () => ({ calls: [], agent: { since: ago(192) } }),
  letter: () => ({ calls: [], agent: { since: ago(192) } }),
  ringing: () => ({ calls: [ring()], agent: { leg: 'ringing', since: ago(3), call: 'main-1-7' } }),
  late: () => ({
    calls: [ring({ contacts: null, history: null })],
    agent: { leg: 'ringing', since: ago(3) },
  }),
  shared: () => ({
    calls: [ring({ contacts: people.map(pop), contact: null })],
    agent: { leg: 'ringing', since: ago(3) },
  }),
  stranger: () => ({
    calls: [
      ring({
        contacts: [],
        history: [],
        contact: null,
        tier: null,
        name: 'PETERSON AS',
        number: '+3725123456',
      }),
    ],
    agent: { leg: 'ringing', since: ago(3) },
  }),
  hostile: () => ({
    calls: [ring({ contacts: [{ ...pop(mari), name: LONG, account: LONG }], name: LONG, queue: 'support' })],
    agent: { leg: 'ringing', since: ago(3) },
  }),
  talking: () => ({ calls: [talk()], agent: { leg: 'talking', since: ago(127) } }),
  'campaign-call': () => ({
    calls: [talk({ direction: 'outbound', queue: 'arved', campaign: SHOWN, lead: SHOWN_LEAD })],
    agent: { leg: 'talking', since: ago(127) },
  }),
  preview: () => ({ calls: [], agent: { since: ago(192), queues: ['arved'] } }),
  received: () => ({ calls: [talk()], agent: { leg: 'talking', since: ago(127) } }),
  veiled: () => ({ calls: [ring()], agent: { leg: 'ringing', since: ago(3) } }),
  forced: () => ({ calls: [], agent: { state: 'wrap_up', since: ago(12) } }),
  two: () => ({
    calls: [talk(), ring({ id: 'main-1-9', contacts: [pop(people[3] as Contact)], history: [] })],
    agent: { leg: 'talking', since: ago(127) },
  }),
  wrap: () => ({ calls: [], agent: { state: 'wrap_up', since: ago(12) } }),
  paused: () => ({ calls: [], agent: { state: 'paused', reason: 'lunch', since: ago(1260) } }),
  missed: () => ({
    calls: [],
    agent: { state: 'paused', reason: 'missed', by: 'system', since: ago(75) },
  }),
  booked: () => ({ calls: [talk()], agent: { leg: 'talking', booked: 'lunch', since: ago(127) } }),
  offline: () => ({ calls: [], agent: { state: 'offline', since: null, queues: [] } }),
  away: () => ({ calls: [], agent: { since: ago(500), reachable: false } }),
};

export const REASONS = [
  { key: 'lunch', labels: { et: 'Lõuna', en: 'Lunch', ru: 'Обед' }, kind: 'rest', limit_minutes: 20 },
  { key: 'break', labels: { et: 'Puhkepaus', en: 'Break', ru: 'Перерыв' }, kind: 'rest', limit_minutes: 15 },
  { key: 'meeting', labels: { et: 'Koosolek', en: 'Meeting', ru: 'Совещание' }, kind: 'work' },
  { key: 'training', labels: { et: 'Koolitus', en: 'Training', ru: 'Обучение' }, kind: 'work' },
  { key: 'other_work', labels: { et: 'Muu töö', en: 'Other work', ru: 'Другая работа' }, kind: 'other' },
].map((reason, position) => ({ limit_minutes: null, ...reason, position, active: true }));

export const WHY = {
  agent: 'agent1',
  free: true,
  causes: [
    { code: 'not_in', params: { queues: ['sales'], waiting: 2 }, stops: false, text: '' },
    { code: 'in_line', params: { queue: 'support', place: 3, free: 5, ahead: 2 }, stops: false, text: '' },
    { code: 'free', params: { seconds: 64 }, stops: false, text: '' },
  ],
};

const waitingOne = (position: number, seconds: number, more: Partial<Waiting>): Waiting => ({
  call: `w${position}`,
  position,
  number: '+37256667788',
  name: null,
  tier: null,
  queued_at: ago(seconds),
  score: 1.8,
  reasons: [
    { reason: 'waited 48 s, promised 20 s', points: 0.24 },
    { reason: 'the next agent comes in about 10 s', points: 0.05 },
    { reason: 'tier A, worth 5', points: 1.16 },
    { reason: '2 wait for the same, 20 s of work', points: 0.35 },
  ],
  ...more,
});

export const WAITING = (): { queue: string; calls: Waiting[] }[] => [
  {
    queue: 'support',
    calls: [
      waitingOne(1, 48, { name: 'Ilmar Kask', tier: 'A' }),
      waitingOne(2, 19, { number: '+79161234567', tier: 'C' }),
      waitingOne(3, 6, { number: null }),
    ],
  },
  { queue: 'sales', calls: [waitingOne(1, 320, { name: 'JOHN SMITH', number: '+442079460123' })] },
];

function today(offered: number, answered: number, within: number, abandoned: number): Today {
  const counts = (share: number): Counts => {
    const [came, got, soon, left] = [offered, answered, within, abandoned].map(each =>
      Math.round(each * share),
    );
    return {
      offered: came ?? 0,
      answered: got ?? 0,
      answered_within: soon ?? 0,
      abandoned: left ?? 0,
      abandoned_within: 0,
      abandoned_short: 0,
      formula: 'offered',
      service_level: came ? (soon ?? 0) / came : null,
    };
  };
  return { since: T0, day: counts(1), recent: counts(0.09) };
}

export const QUEUES = (scene = ''): Queue[] => [
  queue('support', {
    pop_on: scene === 'veiled' ? 'answer' : 'ring',
    pop_url: 'https://crm.example/find?number={number}',
    wrap_up_required: scene === 'forced',
    waiting: 3,
    oldest_queued_at: ago(48),
    agents: { ready: 1, busy: 2, wrap_up: 0, paused: 1, offline: 0 },
    kinds: { callback: 2, mail: 5 },
    today: today(412, 371, 338, 29),
  }),
  queue('sales', {
    wrap_up_required: scene === 'forced',
    waiting: 1,
    oldest_queued_at: ago(320),
    target_seconds: 30,
    today: today(96, 90, 71, 5),
  }),
  queue('arved', { mode: 'direct', today: today(0, 0, 0, 0) }),
];

export const queueSettings = (name: string): QueueSettings => ({
  name,
  mode: name === 'arved' ? 'direct' : 'assist',
  target_seconds: 20,
  max_wait_seconds: 300,
  wrap_up_seconds: 30,
  wrap_up_required: true,
  skills: name === 'arved' ? { billing: 2 } : {},
  agents: USERS.filter(each => each.queues?.includes(name)).map(each => each.login),
  recording_keep_days: 90,
  pop_on: 'ring',
  pop_url: 'https://crm.example/find?number={number}',
  auto_pause: true,
  rule: 'helin',
  tiers: {},
  weights: name === 'arved' ? { billing: 30 } : {},
  relax: name === 'arved' ? [{ after_seconds: 60, skills: { billing: 1 } }] : [],
  last_agent_seconds: name === 'arved' ? 20 : 0,
  short_seconds: 5,
  empty_interval: 'none',
  rule_version: 2,
  version: '1',
  asterisk: name === 'arved' ? null : 'main',
});

const MOVED = [
  ['C', 285, 1, 1],
  ['A', 40, 3, 2],
  ['A', 12, 5, 3],
  ['B', 30, 4, 4],
  ['C', 90, 2, 5],
] as const;

export const previewOf = (rule: Partial<QueueRule>): RulePreview => ({
  sample: true,
  waiting: MOVED.length,
  line: MOVED.map(([tier, waited, now, then]) => ({
    call: null,
    number: null,
    name: null,
    tier,
    waited_seconds: waited,
    now: { position: now, score: 1, reasons: [{ reason: `waited ${waited} s, promised 20 s`, points: 1 }] },
    edited: {
      position: rule.rule === 'helin:misses' ? then : now,
      score: 2,
      reasons: [{ reason: `waited ${waited} s, promised 20 s`, points: 1 }],
    },
  })).sort((a, b) => a.edited.position - b.edited.position),
  doubts: rule.target_seconds === 300 ? [{ code: 'nobody_has', params: { skill: 'latin', level: 3 } }] : [],
});

export const VERSIONS = (name: string): RuleVersion[] => [
  { version: 2, at: ago(86_400), by: 'boss', rule: queueSettings(name) },
  { version: 1, at: ago(864_000), by: 'helin apply', rule: { ...queueSettings(name), rule: 'helin:misses' } },
];

const figuresOf = (one: { name: string; policy: string }, n: number): Figures => {
  const counts = {
    offered: 480,
    answered: 455 + 5 * n,
    abandoned: 25 - 5 * n,
    within_target: 380 + 20 * n,
    wait_mean: 24 - 4 * n,
    wait_p50: 11 - n,
    wait_p90: 60 - 9 * n,
    wait_p99: 170 - 20 * n,
  };
  const hour = (part: number) => (part < 16 || part > 36 ? null : 0.8 + 0.05 * n + 0.12 * Math.sin(part + n));
  return {
    ...one,
    ...counts,
    value_weighted_misses: 0.2 - 0.03 * n,
    value_weighted_cost: 2.7 - 0.4 * n,
    occupancy: 0.88 - 0.03 * n,
    tiers: { A: counts, B: counts, C: counts },
    over_time: Array.from({ length: 48 }, (_, part) => ({
      at: part * 1800,
      offered: hour(part) === null ? 0 : 20,
      in_time: hour(part),
      wait_mean: hour(part) === null ? null : 20,
    })),
  };
};

export const whatIfOf = (wish: { scenarios: WhatIfScenario[] }): WhatIfAnswer => ({
  calls: 480,
  agents: 12,
  seconds: 86_400,
  wrap_up_seconds: 31,
  recorded: figuresOf({ name: '', policy: 'recorded' }, 0),
  results: wish.scenarios.map((one, n) => figuresOf(one, n + 1)),
});

export const AGENTS = (): Agent[] => [
  agent('agent1', { leg: 'talking', since: ago(127), queues: ['support', 'sales'] }),
  agent('agent2', { since: ago(40), queues: ['support'] }),
  agent('agent3', { state: 'paused', reason: 'lunch', since: ago(1260), queues: ['support', 'arved'] }),
  agent('agent4', { state: 'wrap_up', since: ago(14), queues: ['sales', 'arved'], reachable: false }),
];

export const LIVE = (): Card[] => [
  talk({ contacts: null, history: null }),
  ring({
    id: 'main-1-8',
    ringing: ['agent2'],
    number: '+79161234567',
    contact: '19',
    contacts: null,
    history: null,
  }),
  card('main-1-10', {
    number: '+37256667788',
    name: 'Ilmar Kask',
    started_at: ago(50),
    queued_at: ago(48),
    tier: 'A',
  }),
];

const outcomes = ['answered', 'answered', 'abandoned', 'answered', 'timed_out', 'no_answer'] as const;

export const LOG = Array.from({ length: 24 }, (_, index) => {
  const outcome = outcomes[index % outcomes.length] ?? 'answered';
  const start = 900 + index * 4100;
  const person = index % 4 === 3 ? undefined : people[index % 4];
  const answered = outcome === 'answered';
  return call(`main-1-${100 + index}`, {
    state: 'ended',
    waiting: false,
    number: person?.numbers[0] ?? '+37258887766',
    contact: person?.id ?? null,
    contact_name: person?.name ?? null,
    name: person ? null : 'PETERSON AS',
    tier: person?.tier ?? null,
    direction: index % 5 === 4 ? 'outbound' : 'inbound',
    queue: index % 3 ? 'support' : 'sales',
    started_at: ago(start),
    ended_at: ago(start - 300),
    outcome,
    ended_by: answered ? 'caller' : null,
    estimated: index === 3,
    waited_seconds: 4 + ((index * 17) % 90),
    segments: answered
      ? [
          segment('agent1', {
            started_at: ago(start - 20),
            ended_at: ago(start - 300),
            talked_seconds: 280 - index,
            held_seconds: index === 0 ? 40 : 0,
          }),
        ]
      : [],
  });
});

export function story(id: string): CallStory {
  const base = LOG.find(each => each.id === id) ?? LOG[0] ?? call(id);
  const start = Date.parse(base.started_at);
  const fact = (second: number, kind: string, more: object = {}): CallFact => ({
    kind,
    at: new Date(start + second * 1000).toISOString(),
    ...more,
  });
  return {
    ...base,
    id,
    transfers: 1,
    legs: [
      {
        party: 'caller',
        agent: null,
        number: base.number,
        started_at: base.started_at,
        answered_at: fact(1, '').at,
        ended_at: fact(300, '').at,
        cause: 16,
      },
      {
        party: 'agent',
        agent: 'agent2',
        number: null,
        started_at: fact(4, '').at,
        answered_at: null,
        ended_at: fact(19, '').at,
        cause: 19,
      },
      {
        party: 'agent',
        agent: 'agent1',
        number: null,
        started_at: fact(20, '').at,
        answered_at: fact(28, '').at,
        ended_at: fact(210, '').at,
        cause: 16,
      },
      {
        party: 'agent',
        agent: 'agent3',
        number: null,
        started_at: fact(180, '').at,
        answered_at: fact(190, '').at,
        ended_at: fact(300, '').at,
        cause: 16,
      },
    ],
    facts: [
      fact(0, 'CallArrived'),
      fact(0.2, 'CallerKnown'),
      fact(1, 'CallQueued', { queue: 'support' }),
      fact(2, 'RequestRanked', { score: 0.7 }),
      fact(4, 'AgentRinging', { agent: 'agent2' }),
      fact(19, 'AgentMissed', { agent: 'agent2', reason: 'no_answer' }),
      fact(20, 'AgentRinging', { agent: 'agent1' }),
      fact(28, 'CallUnqueued', { queue: 'support', reason: 'answered' }),
      fact(28, 'CallAnswered', { agent: 'agent1' }),
      fact(90, 'CallHeld', { agent: 'agent1' }),
      fact(130, 'CallResumed', { agent: 'agent1' }),
      fact(180, 'AgentRinging', { agent: 'agent3' }),
      fact(190, 'CallAnswered', { agent: 'agent3' }),
      fact(210, 'CallTransferred', { agent: 'agent1', to: 'agent3' }),
      fact(210, 'SegmentEnded', { agent: 'agent1' }),
      fact(300, 'SegmentEnded', { agent: 'agent3' }),
      fact(300, 'CallEnded', { outcome: 'answered', ended_by: 'caller' }),
    ],
  };
}

export const LOST = () =>
  [
    ['+3725550123', 'A', 'Mari Maasikas', 2, 3_000, 94, null],
    ['+3726001234', 'C', null, 1, 7_400, 33, '71'],
    ['+4915112345678', null, null, 1, 40, 12, null],
  ].map(([number, tier, name, calls, since, waited_seconds, request]) => ({
    number,
    numbers: [number],
    queue: 'support',
    tier,
    contact: name ? '17' : null,
    name,
    calls,
    since: ago(Number(since)),
    last_at: ago(Number(since)),
    waited_seconds,
    request,
  }));

export const LIMITS = [
  { measure: 'waiting', limit: 5, after_seconds: 10 },
  { measure: 'service_level', limit: 0.8, after_seconds: 60 },
];

export const ALARMS = () => [
  {
    id: 'queue:sales:waiting',
    level: 'warning' as const,
    text: '',
    since: ago(80),
    queue: 'sales',
    measure: 'waiting',
    value: 6,
    limit: 5,
  },
];

export const ALARM_LOG = () =>
  [
    ['2', 'sales', 'waiting', 80, null, 6, 5],
    ['1', 'support', 'service_level', 4_000, 3_000, 0.74, 0.8],
  ].map(([id, queue, measure, raised, cleared, value, limit]) => ({
    id,
    queue,
    measure,
    asterisk: 'main',
    raised_at: ago(Number(raised)),
    cleared_at: cleared === null ? null : ago(Number(cleared)),
    value,
    limit,
  }));

export const CAMPAIGN_LINES: CampaignLine[] = [
  {
    id: '3',
    name: 'Sügispakkumine',
    queue: 'sales',
    mode: 'predictive',
    leads_left: 1_842,
    ringing: 5,
    connected_now: 3,
    agents: 6,
    idle: 1,
    answered: 412,
    abandoned: 9,
    limit: 0.03,
    pace: 'predictive',
    why: '2.4% of the next may be abandoned',
  },
  {
    id: '4',
    name: 'Lepingu pikendamine',
    queue: 'support',
    mode: 'preview',
    leads_left: 96,
    ringing: 0,
    connected_now: 1,
    agents: 2,
    idle: 1,
    answered: 31,
    abandoned: 0,
    limit: 0.03,
    pace: '',
    why: '',
  },
];
