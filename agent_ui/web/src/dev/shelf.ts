/** What lies around a call, to look at: results, articles, tasks, a day, what a customer has with us. */

import type { Article, Day, Disposition, Found, Task } from '../api';
import type { PopContact } from '../protocol';

const HOUR = 3600_000;
const at = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

const words: [string, string | null, string, string, string, Disposition['next']?][] = [
  ['solved', null, 'Lahendatud', 'Resolved', 'Решено'],
  ['billing', null, 'Arved', 'Billing', 'Счета'],
  ['invoice_sent', 'billing', 'Arve saadetud uuesti', 'Invoice sent again', 'Счёт отправлен повторно'],
  ['extension', 'billing', 'Maksetähtaega pikendatud', 'More time to pay', 'Срок оплаты продлён'],
  ['dispute', 'billing', 'Vaidlustab arvet', 'Disputes the invoice', 'Оспаривает счёт', 'ticket'],
  ['sale', null, 'Müük', 'Sale', 'Продажа'],
  ['ordered', 'sale', 'Tellis', 'Ordered', 'Заказал'],
  ['offer', 'sale', 'Soovib pakkumist', 'Wants an offer', 'Хочет предложение', 'task'],
  ['thinks', 'sale', 'Mõtleb veel', 'Still thinking', 'Ещё думает', 'callback'],
  ['later', null, 'Helistada tagasi', 'Call back', 'Перезвонить', 'callback'],
  ['complaint', null, 'Kaebus', 'Complaint', 'Жалоба', 'ticket'],
  ['wrong', null, 'Vale number', 'Wrong number', 'Ошиблись номером'],
];

export const DISPOSITIONS: Disposition[] = words.map(([key, parent, et, en, ru, next], position) => ({
  key,
  parent,
  labels: { et, en, ru },
  outcome: 'other',
  queues: [],
  position,
  active: true,
  next: next ?? null,
}));

const bodies: [Article['kind'], string, string, string][] = [
  [
    'answer',
    'Delivery',
    'When will my order come?',
    'Orders that are paid before 14:00 leave on the same day and arrive on the next working day between 10 and 18. You get a message with the hour in the morning.',
  ],
  [
    'article',
    'Delivery',
    'A parcel arrived damaged',
    '# First\nAsk for photos of the parcel and the label, and keep the packaging.\n\n# Then\n1. Open a ticket of the kind “fault”.\n2. Promise an answer within two working days.\n3. Offer a replacement when the sum is below 200 €.\n\nAbove that sum the shift lead decides.',
  ],
  [
    'article',
    'Invoices',
    'Extending the term of payment',
    'Up to 14 days may be given once in a quarter:\n\n- the customer has no other overdue invoice\n- the sum is below 2 000 €\n\nWrite the new date into the note. <b>No exceptions</b> for tier C.',
  ],
  [
    'answer',
    'Invoices',
    'Where do I see my invoices?',
    'All invoices are in the self-service under “Documents”. I can send the last one to your e-mail address right now.',
  ],
  [
    'article',
    'Contracts',
    'Leaving before the end of the term',
    'The fee falls by a twelfth each month. '.repeat(9),
  ],
];

export const ARTICLES: Article[] = bodies.map(([kind, section, title, body], index) => ({
  id: String(index + 1),
  section,
  title,
  body,
  kind,
  language: 'en',
  used: 12,
  helpful: 5,
  not_helpful: 1,
}));

export function found(q: string): Found[] {
  const wanted = q.toLowerCase().split(/\s+/).filter(Boolean);
  return ARTICLES.filter(each =>
    wanted.every(word => `${each.section} ${each.title} ${each.body}`.toLowerCase().includes(word)),
  ).map(({ body, ...rest }) => ({ ...rest, excerpt: body.slice(0, 300) }));
}

const task = (id: string, hours: number, text: string, more: Partial<Task> = {}): Task => ({
  id,
  kind: 'callback',
  text,
  due_at: at(hours),
  time_zone: null,
  owner: 'agent1',
  contact: '17',
  contact_name: 'Mari-Liis Õunapuu',
  number: '+37255501234',
  call: null,
  done_at: null,
  ...more,
});

export const TASKS: Task[] = [
  task('1', -1.2, 'Arve 20261187: raamatupidamise vastus'),
  task('2', 1.5, 'Offer for 40 pallets, compare with last year', {
    contact: '20',
    contact_name: 'Thomas Whitfield',
    number: '+442079460123',
    time_zone: 'Europe/London',
  }),
  task('3', 3, 'Прислать договор на русском языке', {
    kind: 'task',
    owner: null,
    contact: '19',
    contact_name: 'Елена Михайловна Воронцова',
    number: null,
  }),
  task('4', 26, 'Kontrollida tarneaega', { kind: 'task', contact: null, contact_name: null, number: null }),
];

export const DAY = (empty: boolean): Day => ({
  from: at(-6),
  to: at(0),
  answered: empty ? 0 : 14,
  missed: empty ? 0 : 1,
  placed: empty ? 0 : 3,
  talk_seconds: empty ? 0 : 4210.5,
  hold_seconds: empty ? 0 : 120,
  wrap_up_seconds: empty ? 0 : 640,
  pause_seconds: empty ? 0 : 1800,
  ready_seconds: empty ? 0 : 9000,
  average_talk_seconds: empty ? null : 300.7,
  dispositions: empty ? {} : { resolved: 9, callback: 3, complaint: 1, wrong_number: 1 },
  team: {
    agents: empty ? 0 : 5,
    answered: empty ? 0 : 12.4,
    talk_seconds: 3900.2,
    average_talk_seconds: 314.5,
  },
  callbacks_due: 2,
  tasks_due: 1,
  next: [],
});

/** What a good customer has with us. */
export const WORTH: Partial<PopContact> = {
  language: 'et',
  time_zone: 'Europe/Tallinn',
  tickets: [
    {
      id: '1',
      subject: 'Two pallets arrived damaged',
      kind: 'bug',
      status: 'open',
      priority: 'high',
      due_at: at(5),
    },
    {
      id: '2',
      subject: 'Arve 20261187 summa ei klapi',
      kind: 'question',
      status: 'waiting',
      priority: 'normal',
      due_at: null,
    },
  ],
  orders: [
    {
      id: '1',
      at: at(-24 * 9),
      what: 'Storage of 40 pallets, a month',
      total: 1290,
      currency: 'EUR',
      status: 'confirmed',
    },
    {
      id: '2',
      at: at(-24 * 80),
      what: 'Express to Riga × 3',
      total: 214.5,
      currency: 'EUR',
      status: 'delivered',
    },
  ],
  owns: ['Storage 40', 'Express', 'Customs service'],
  promises: [
    { id: '1', text: 'Vastus raamatupidamiselt arve kohta', promised_by: 'agent2', due_at: at(-3) },
    { id: '2', text: 'New price list', promised_by: 'agent1', due_at: at(30) },
  ],
  calls_7d: 2,
  last_agent: 'agent2',
};

/** What the one before had written when the call was passed on. */
export const BEGUN = JSON.stringify({
  note: 'Arve 20261187: summa ei klapi pakkumisega.\nOotab vastust täna.',
  disposition: 'dispute',
  contact: '',
  step: { kind: 'ticket', text: '', due: '', zone: 'Europe/Tallinn', anyone: false },
});

export const GAPS = [
  {
    id: '2',
    asterisk: 'main',
    from: '2026-11-27T10:20:00Z',
    to: '2026-11-27T10:24:10Z',
    why: 'Helin was not running',
    sources: ['cdr', 'queue_log'],
    troubles: [],
    witnessed: 14,
    repaired: 1,
    unexplained: 1,
    differences: [
      {
        kind: 'end',
        call: 'main-20261127T080000-1795771200.4',
        text: 'it was answered and ended 12 s later in Asterisk’s records',
        repaired: false,
      },
      { kind: 'missing_here', call: 'main-20261127T080000-1795771220.9', text: '', repaired: true },
    ],
  },
];

export const WEBHOOKS = [
  {
    name: 'shop',
    url: 'https://shop.example/helin',
    events: ['call'],
    active: true,
    state: 'away',
    trouble: 'it answered 503',
    delivered_at: '2026-11-27T10:20:00Z',
    behind: 12,
    failures: 0,
    replaying: false,
  },
];
