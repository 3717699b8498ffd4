// @vitest-environment happy-dom

import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Disposition } from '../api';
import { useLive } from '../live';
import type { Card, PopContact, ShownCampaign, ShownLead } from '../protocol';
import { queries } from '../queries';
import { agent, card, queue, segment, T0 } from '../samples';
import { Attention } from '../shell/attention';
import { Notices } from '../shell/notices';
import { type Answer, type Given, network, page, show, socket } from '../test-page';
import { NOTHING_SAID } from './answers';
import { Desk } from './desk-page';
import { draftOf, sweepDrafts, written } from './drafts';
import { flushDraft } from './flush';
import { NO_STEP } from './step';

const mari: PopContact = {
  id: '17',
  name: 'Mari Maasikas',
  account: null,
  tier: 'A',
  open_tickets: 0,
  time_zone: 'America/New_York',
};

const result = (key: string, parent: string | null, next: Disposition['next'] = null): Disposition => ({
  key,
  parent,
  labels: { en: key.replace('_', ' ') },
  outcome: 'other',
  queues: [],
  position: 0,
  active: true,
  next,
});

const TREE = [
  result('Solved', null),
  result('Sale', null),
  result('Ordered', 'Sale'),
  result('Wants_time', 'Sale', 'callback'),
  ...['Complaint', 'Wrong_number', 'Question', 'Other', 'Silence'].map(key => result(key, null)),
];

const SCRIPT: ShownCampaign['script'] = {
  first: 'hello',
  steps: {
    hello: {
      text: { en: 'Hello' },
      fields: [{ key: 'mail', label: { en: 'E-mail' }, kind: 'email', required: true, choices: [] }],
      next: [
        { label: { en: 'Go on' }, to: 'offer' },
        { label: { en: 'Not now' }, disposition: 'Wants_time' },
      ],
    },
    offer: {
      text: { en: 'Which one?' },
      fields: [{ key: 'size', label: { en: 'Size' }, kind: 'choice', required: false, choices: ['S', 'M'] }],
      next: [],
    },
  },
};
const CAMPAIGN: ShownCampaign = {
  id: '3',
  name: 'Spring',
  mode: 'preview',
  company: null,
  currency: 'EUR',
  script: SCRIPT,
};
const LEAD: ShownLead = {
  id: '7',
  name: 'Mari',
  list: 'all',
  number: '+3725550123',
  fields: {},
  language: null,
  attempt: 1,
  disposition: null,
  answers: { size: 'M' },
};

let asked: ReturnType<typeof network>;
let given: Given[];
let close = () => {};
let draft: { agent: string | null; text: string };

beforeEach(() => {
  queries.clear();
  sweepDrafts(true);
  draft = { agent: null, text: '' };
  asked = network((method, path): Answer => {
    if (path === '/me') return [200, { login: 'agent1', name: 'Agent One', role: 'agent' }];
    if (path === '/panel-ticket') return [200, { ticket: 't', url: 'ws://panel' }];
    if (path.startsWith('/dispositions')) return [200, { items: TREE, next: null }];
    if (path === '/calls/main-helin-attempt-1/lead') return [200, { campaign: CAMPAIGN, lead: LEAD }];
    if (path.endsWith('/draft')) return method === 'PUT' ? [204, null] : [200, draft];
    return [200, { items: [], next: null }];
  });
});

afterEach(() => {
  cleanup();
  close();
});

const ended = (more: Partial<Card> = {}) =>
  card('c1', {
    state: 'ended',
    segments: [segment('agent1', { ended_at: T0 })],
    contacts: [mari],
    history: [],
    ...more,
  });

const talking = (more: Partial<Card> = {}) =>
  ended({ state: 'active', segments: [segment('agent1')], ...more });

async function desk(one: Card, required = false): Promise<void> {
  const over = one.state === 'ended';
  ({ given, close } = await socket({
    calls: over ? [] : [one],
    agent: agent('agent1', over ? { state: 'wrap_up' } : { leg: 'talking' }),
    queues: [queue('support', { wrap_up_required: required })],
  }));
  if (over) act(() => useLive.setState({ desk: { ended: one, missed: null } }));
  await page(
    <>
      <Desk />
      <Notices />
    </>,
  );
  await screen.findByRole('textbox', { name: 'Find a result' });
}

/** Presses keys one after the other; how many. */
async function actions(...keys: string[]): Promise<number> {
  for (const key of keys) await userEvent.keyboard(key);
  return keys.length;
}

const SAVE = '{Control>}{Enter}{/Control}';
const wrapUp = () => given.find(each => each.name === 'wrap_up')?.args;

describe('a normal wrap-up', () => {
  it('takes two actions: a digit, and save', async () => {
    await desk(ended());
    expect(await actions('1', SAVE)).toBeLessThanOrEqual(3);
    await waitFor(() =>
      expect(wrapUp()).toEqual({ call: 'c1', disposition: 'Solved', note: '', contact: '17' }),
    );
  });

  it('takes three with a level between, the callback that it means included', async () => {
    await desk(ended());
    expect(await actions('2', '2', SAVE)).toBeLessThanOrEqual(3);
    await waitFor(() => expect(wrapUp()?.disposition).toBe('Wants_time'));
    expect(wrapUp()).toMatchObject({
      next: 'callback',
      next_text: 'Wants time',
      next_zone: 'America/New_York',
    });
    const there = new Date(wrapUp()?.next_at ?? '').toLocaleTimeString('en-GB', {
      timeZone: 'America/New_York',
    });
    expect(there).toBe('10:00:00');
  });

  it('takes three by typing what came of it', async () => {
    await desk(ended());
    await actions('w');
    await userEvent.keyboard('wan{Enter}');
    expect(screen.getByRole('radio', { name: /Wants time/ })).toHaveProperty('checked', true);
    await actions(SAVE);
    await waitFor(() => expect(wrapUp()?.disposition).toBe('Wants_time'));
  });
});

describe('a campaign’s call', () => {
  const field = (name: string | RegExp) => screen.getByRole('textbox', { name });

  it('goes through the script, asks for what it needs, takes an order, and keeps all of it over a reload', async () => {
    await desk(ended({ campaign: CAMPAIGN, lead: LEAD }));
    await userEvent.click(await screen.findByRole('button', { name: 'Go on' }));
    expect(screen.getByText('Fill this in.')).toBeTruthy();
    await userEvent.type(field(/E-mail/), 'mari@');
    await userEvent.click(screen.getByRole('button', { name: 'Not now' }));
    expect(screen.getByText('Write an address like name@example.com.')).toBeTruthy();
    await userEvent.type(field(/E-mail/), 'example.com');
    await userEvent.click(screen.getByRole('button', { name: 'Go on' }));
    expect(screen.getByText('Which one?')).toBeTruthy();
    expect(screen.getByRole('combobox', { name: 'Size' })).toHaveProperty('value', 'M');
    await userEvent.click(screen.getByRole('button', { name: 'Take an order' }));
    await userEvent.type(screen.getByRole('combobox', { name: 'Product' }), 'Pump');
    await actions('{Control>}{Enter}{/Control}');
    expect(screen.getByRole('alert').textContent).toContain('Each line of the order');
    await userEvent.type(field('Price of one, EUR'), '9,90');
    expect(screen.getByText('Total €9.90')).toBeTruthy();
    cleanup();
    close();
    await desk(ended({ campaign: CAMPAIGN, lead: LEAD }));
    expect(await screen.findByText('Total €9.90')).toBeTruthy();
    expect(screen.getByText('Which one?')).toBeTruthy();
    await actions('2', '1', SAVE);
    await waitFor(() => expect(wrapUp()?.disposition).toBe('Ordered'));
    expect(JSON.parse(wrapUp()?.answers ?? '')).toEqual({
      path: ['hello', 'offer'],
      values: { mail: 'mari@example.com', size: 'M' },
    });
    expect(JSON.parse(wrapUp()?.order ?? '')).toEqual([{ product: 'Pump', quantity: 1, price: 9.9 }]);
  });

  it('takes the result that the script ends with, and what it proposes', async () => {
    await desk(ended({ campaign: CAMPAIGN, lead: { ...LEAD, answers: { mail: 'a@example.com' } } }));
    await userEvent.click(await screen.findByRole('button', { name: 'Not now' }));
    await actions(SAVE);
    await waitFor(() => expect(wrapUp()).toMatchObject({ disposition: 'Wants_time', next: 'callback' }));
    expect(JSON.parse(wrapUp()?.answers ?? '').values).toEqual({ mail: 'a@example.com' });
  });
});

describe('where the queue asks for a result', () => {
  it('does not end without one, and says so', async () => {
    await desk(ended(), true);
    expect(screen.queryByRole('button', { name: 'Skip' })).toBeNull();
    await actions(SAVE);
    expect(screen.getByRole('alert').textContent).toContain('Choose a result first:');
    expect(wrapUp()).toBeUndefined();
    await actions('1', SAVE);
    await waitFor(() => expect(wrapUp()?.disposition).toBe('Solved'));
  });
});

describe('the next step', () => {
  it('may be a ticket, all of it from the keyboard', async () => {
    await desk(ended());
    await userEvent.keyboard('n');
    await userEvent.keyboard('Router is dead');
    await userEvent.tab();
    await userEvent.keyboard('f');
    await userEvent.tab();
    await userEvent.keyboard(`{Enter}${SAVE}`);
    await waitFor(() => expect(wrapUp()?.note).toBe('Router is dead'));
    expect(wrapUp()).toMatchObject({ next: 'ticket', next_text: 'Router is dead' });
  });

  it('is not lost in the past', async () => {
    await desk(ended());
    await userEvent.click(screen.getByRole('button', { name: 'Callback' }));
    const when = screen.getByLabelText(/^When/);
    await userEvent.clear(when);
    await userEvent.type(when, '2020-01-01T10:00');
    await actions(SAVE);
    expect(screen.getByRole('alert').textContent).toContain('This time is over.');
    expect(wrapUp()).toBeUndefined();
  });
});

describe('the session goes with the call', () => {
  it('keeps what is typed at the server, at once before it is passed on', async () => {
    await desk(talking());
    await userEvent.keyboard('n');
    await userEvent.keyboard('half a sen');
    const kept = () => asked.filter(each => each.method === 'PUT' && each.path === '/calls/c1/draft');
    await act(() => flushDraft('c1'));
    const last = kept().at(-1)?.body as { text: string } | undefined;
    expect(JSON.parse(last?.text ?? '{}').note).toBe('half a sen');
    const before = kept().length;
    await act(() => flushDraft('c1'));
    expect(kept()).toHaveLength(before);
  });

  it('fills the form of the one who gets the call, and says from whom', async () => {
    draft = {
      agent: 'agent2',
      text: written({
        ...NOTHING_SAID,
        note: 'wants an offer',
        disposition: 'Ordered',
        contact: '',
        step: { ...NO_STEP, kind: 'task', text: 'offer', due: '2030-01-01T10:00', zone: 'Europe/Tallinn' },
        from: null,
        touched: true,
      }),
    };
    await desk(talking());
    expect(await screen.findByDisplayValue('wants an offer')).toBeTruthy();
    expect(screen.getByText('Begun by agent2. Go on from here.')).toBeTruthy();
    expect(screen.getByRole('radio', { name: /Ordered/ })).toHaveProperty('checked', true);
    expect(screen.getByRole('button', { name: 'Task' }).getAttribute('aria-pressed')).toBe('true');
    expect(asked.some(each => each.method === 'PUT')).toBe(false);
  });

  it('writes nothing over what was typed here, and survives a form that is none', async () => {
    draft = { agent: 'agent2', text: '{"note": 7, "step": {"kind": "bomb"}}' };
    await desk(talking());
    await userEvent.type(screen.getByRole('textbox', { name: /Note/ }), 'mine');
    draft = { agent: 'agent2', text: '{"note": "theirs"}' };
    await queries.invalidateQueries({ queryKey: ['draft'] });
    expect(draftOf('agent1', 'c1').note).toBe('mine');
    expect(screen.queryByText(/Begun by/)).toBeNull();
  });
});

describe('the pop', () => {
  it('tells promises, tickets, orders, how often they called and what time it is there', async () => {
    const much: PopContact = {
      ...mari,
      open_tickets: 4,
      calls_7d: 2,
      last_agent: 'agent2',
      owns: ['Fibre 300'],
      promises: [{ id: '1', text: 'An answer', promised_by: 'agent2', due_at: '2020-01-01T10:00:00Z' }],
      tickets: [
        {
          id: '1',
          subject: 'No <b>signal</b>',
          kind: 'bug',
          status: 'open',
          priority: 'urgent',
          due_at: null,
        },
      ],
      orders: [{ id: '1', at: T0, what: 'Router × 2', total: 100, currency: 'EUR', status: 'new' }],
    };
    await desk(talking({ contacts: [much] }));
    const pop = screen.getByRole('article');
    for (const words of [
      '3rd call in 7 days',
      'Last spoke with agent2',
      'An answer',
      'Overdue',
      'No <b>signal</b>',
      'Urgent',
      'and 3 more',
      'Fibre 300',
      'Router × 2',
      '€100.00',
    ])
      expect(within(pop).getByText(words), words).toBeTruthy();
    expect(within(pop).getByText(/^\d\d:\d\d in New York$/)).toBeTruthy();
  });

  it('waits for the answer where the queue wants it so', async () => {
    show({
      calls: [card('c1', { ringing: ['agent1'], contacts: [mari], history: [] })],
      queues: [queue('support', { pop_on: 'answer', pop_url: 'https://crm.example/{number}' })],
    });
    await page(
      <>
        <Attention />
        <Desk />
      </>,
    );
    expect(document.title).toBe('☎ +372 555 0123 – Ringing');
    const pop = screen.getByRole('article');
    expect(within(pop).getByText('Who it is will be shown when you answer.')).toBeTruthy();
    expect(within(pop).queryByText('Mari Maasikas')).toBeNull();
    act(() => useLive.setState(({ picture }) => ({ picture: picture && answered(picture) })));
    expect(within(pop).getByText('Mari Maasikas')).toBeTruthy();
    const link = within(pop).getByRole('link', { name: 'Open the customer’s page' });
    expect(link.getAttribute('href')).toBe('https://crm.example/%2B3725550123');
  });
});

function answered(picture: NonNullable<ReturnType<typeof useLive.getState>['picture']>) {
  return { ...picture, calls: { c1: talking() } };
}
