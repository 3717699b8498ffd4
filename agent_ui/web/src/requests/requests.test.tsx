// @vitest-environment happy-dom

import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { run } from 'axe-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Desk } from '../agent/desk-page';
import { sweepDrafts } from '../agent/drafts';
import { useLive } from '../live';
import type { Written } from '../protocol';
import { queries } from '../queries';
import { reduce } from '../reduce';
import { agent, call, queue, T0 } from '../samples';
import { type Answer, network, page, show, socket } from '../test-page';
import Offer from './offer';

const HOSTILE = '<img src=x onerror=alert(1)> \u202eliam';
const letter = (more: Partial<Written> = {}): Written => ({
  id: '7',
  kind: 'mail',
  queue: 'support',
  state: 'offered',
  agent: 'agent1',
  since: T0,
  due_at: T0,
  until: T0,
  contact: null,
  tier: 'A',
  name: 'Mari Maasikas',
  title: HOSTILE,
  ...more,
});

let asked: ReturnType<typeof network>;
let reply: Answer;
let draft: { agent: string | null; text: string };
let close: () => void = () => {};

async function connected(picture: Parameters<typeof socket>[0]) {
  const panel = await socket(picture);
  close = panel.close;
  return panel;
}

afterEach(() => {
  cleanup();
  close();
});

beforeEach(() => {
  queries.clear();
  sweepDrafts(true);
  reply = [200, { id: '1', agent: 'agent1', text: 'Ten euros.', state: 'sent', trouble: null, at: T0 }];
  draft = { agent: null, text: '' };
  asked = network((method, path): Answer => {
    if (path.startsWith('/me')) return [200, { login: 'agent1', name: 'Agent One', role: 'agent' }];
    if (path === '/requests/7/replies' && method === 'POST') return reply;
    if (path === '/requests/7/draft') return [200, draft];
    if (path === '/requests/7')
      return [
        200,
        {
          ...letter(),
          subject: HOSTILE,
          text: `What does it cost?\n${HOSTILE}`,
          email: 'mari@home.example',
          number: null,
          contact_name: null,
          details: {
            attachments: [
              { n: 1, name: '../plan.pdf', type: 'application/pdf', size: 2048, kept: true },
              { n: 2, name: 'film.mp4', type: 'video/mp4', size: 20_000_000, kept: false },
            ],
          },
        },
      ];
    if (path === '/panel-ticket') return [200, { ticket: 't', url: 'ws://127.0.0.1/panel' }];
    return [200, { items: [], next: null }];
  });
});

it('offers a request on any page, as text, with keys', async () => {
  const { given } = await connected({ requests: [letter()], agent: agent('agent1') });
  await page(<Offer deskPath="/" />);
  const offer = screen.getByRole('region', { name: 'Offered request' });
  expect(within(offer).getAllByText(/<img src=x/).length).toBeGreaterThan(0);
  expect(offer.querySelector('img')).toBeNull();
  expect((await run(offer)).violations).toEqual([]);
  await userEvent.keyboard('v');
  await waitFor(() => expect(given).toContainEqual({ name: 'accept', args: { request: '7' } }));
});

it('shows what was taken beside the desk, answers it once, and ends it with a note', async () => {
  const mine = { requests: [letter({ state: 'taken' })], agent: agent('agent1') };
  const { given } = await connected(mine);
  await page(<Desk />);
  const card = await screen.findByRole('article', {}, { timeout: 20_000 });
  expect(await within(card).findByText(/What does it cost/)).toBeTruthy();
  const plan = within(card).getByRole('link', { name: '../plan.pdf' });
  expect([plan.getAttribute('href'), plan.hasAttribute('download')]).toEqual([
    '/api/v1/requests/7/attachments/1',
    true,
  ]);
  expect(within(card).queryByRole('link', { name: 'film.mp4' })).toBeNull();
  expect(card.querySelector('img')).toBeNull();
  expect((await run(card)).violations).toEqual([]);
  await userEvent.type(within(card).getByLabelText('Answer by e-mail'), 'Ten euros.');
  await userEvent.click(within(card).getByRole('button', { name: 'Send' }));
  const sent = () => asked.filter(each => each.path.endsWith('/replies') && each.method === 'POST');
  await waitFor(() => expect(sent()).toHaveLength(1));
  expect(sent()[0]?.body).toEqual({ text: 'Ten euros.' });
  await userEvent.type(within(card).getByLabelText(/What came of it/), 'Told her.');
  await userEvent.click(within(card).getByRole('button', { name: 'Done' }));
  const done = { name: 'done', args: { request: '7', note: 'Told her.' } };
  await waitFor(() => expect(given).toContainEqual(done));
});

async function writing(): Promise<HTMLElement> {
  const card = await screen.findByRole('article', { name: /E-mail/ }, { timeout: 20_000 });
  return within(card).findByLabelText('Answer by e-mail');
}

it('keeps a half-written answer over a reload and a call that rings, until it is sent', async () => {
  const mine = { requests: [letter({ state: 'taken' })], agent: agent('agent1') };
  show(mine);
  const before = await page(<Desk />);
  await userEvent.type(await writing(), 'Dear Mari');
  before.unmount();
  await waitFor(() =>
    expect(asked.filter(each => each.path === '/requests/7/draft' && each.method === 'PUT')).toHaveLength(1),
  );
  show(mine);
  await page(<Desk />);
  const field = await writing();
  expect(field).toHaveProperty('value', 'Dear Mari');
  await userEvent.type(field, ', ten');
  act(() => {
    const { picture } = useLive.getState();
    const rings = { type: 'call.ringing' as const, seq: 2, at: T0, agent: 'agent1', suggestion: null };
    const ring = { ...rings, call: call('c1', { ringing: ['agent1'] }), contacts: [], history: [] };
    if (picture) useLive.setState({ picture: reduce(picture, ring) });
  });
  expect(screen.getAllByRole('article')).toHaveLength(2);
  await userEvent.keyboard(' euros.');
  expect(await writing()).toHaveProperty('value', 'Dear Mari, ten euros.');
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  await waitFor(async () => expect(await writing()).toHaveProperty('value', ''));
  expect(Object.keys(localStorage)).toEqual([]);
});

it('never sends what may have left under another key, even after a reload, and forgets all at sign-out', async () => {
  reply = [503, { title: 'away' }];
  const mine = { requests: [letter({ state: 'taken' })], agent: agent('agent1') };
  for (let round = 0; round < 2; round++) {
    show(mine);
    const view = await page(<Desk />);
    const field = await writing();
    if (round === 0) await userEvent.type(field, 'Ten euros.');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByText(/Nobody knows whether it was sent/)).toBeTruthy();
    view.unmount();
  }
  const keys = asked.filter(each => each.path.endsWith('/replies') && each.key).map(each => each.key);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  sweepDrafts(true);
  expect(Object.keys(localStorage)).toEqual([]);
});

it('goes on from what the agent before had begun', async () => {
  draft = { agent: 'agent2', text: JSON.stringify({ reply: 'Dear Mari', note: 7, once: 'theirs' }) };
  show({ requests: [letter({ state: 'taken' })], agent: agent('agent1') });
  await page(<Desk />);
  await waitFor(async () => expect(await writing()).toHaveProperty('value', 'Dear Mari'));
  expect(screen.getByText(/Begun by agent2/)).toBeTruthy();
});

it('lists written requests among those who wait', async () => {
  const waiting = [
    {
      queue: 'support',
      calls: [
        {
          kind: 'mail' as const,
          call: null,
          request: '9',
          title: HOSTILE,
          due_at: T0,
          position: 1,
          number: null,
          name: 'Mari',
          tier: null,
          queued_at: T0,
          score: 1,
          reasons: [],
        },
      ],
    },
  ];
  show({ waiting, queues: [queue('support', { written: 1 })], agent: agent('agent1') });
  await page(<Desk />);
  expect(screen.getByText(/<img src=x/)).toBeTruthy();
});

it('dials a callback with the key that accepts it, and says how long it stands in line', async () => {
  const since = new Date(Date.parse(T0) - 14 * 60_000 - 5_000).toISOString();
  const { given } = await connected({
    requests: [letter({ kind: 'callback', title: 'Callback', since })],
    agent: agent('agent1'),
  });
  await page(<Offer deskPath="/" />);
  expect(await screen.findByText('Callback, 14 min in line')).toBeTruthy();
  await userEvent.keyboard('v');
  await waitFor(() => expect(given).toContainEqual({ name: 'call_back', args: { request: '7' } }));
});
