// @vitest-environment happy-dom

import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setClock } from '../clock';
import type { Agent, Snapshot } from '../protocol';
import { queries } from '../queries';
import { agent, card, queue, segment, T0 } from '../samples';
import { Banners } from '../shell/banners';
import { StateSwitch } from '../shell/state-switch';
import { type Answer, type Given, network, page, socket } from '../test-page';
import { OwnWhy } from './why-button';

const REASONS = [
  {
    key: 'gym',
    labels: { en: 'Gym', et: 'Trenn' },
    kind: 'rest',
    limit_minutes: 45,
    position: 0,
    active: true,
  },
  { key: 'old', labels: { en: 'Old one' }, kind: 'other', limit_minutes: null, position: 1, active: false },
  { key: 'audit', labels: { en: 'Audit' }, kind: 'work', limit_minutes: null, position: 2, active: true },
];
const CAUSES = [
  { code: 'not_in', params: { queues: ['sales', 'night'], waiting: 2 }, stops: false, text: '' },
  { code: 'in_line', params: { queue: 'support', place: 2, free: 3, ahead: 1 }, stops: false, text: '' },
  { code: 'from_the_future', params: {}, stops: false, text: 'Something newer.' },
];

let close: () => void;

beforeEach(() => {
  queries.clear();
  network((_, path): Answer => {
    if (path === '/pause-reasons') return [200, { items: REASONS, next: null }];
    if (path.endsWith('/why')) return [200, { free: true, causes: CAUSES }];
    return [200, path === '/me' ? { login: 'agent1', name: 'Agent One', role: 'agent' } : { items: [] }];
  });
});
afterEach(() => {
  cleanup();
  close();
});

async function desk(own: Partial<Agent>, more: Partial<Snapshot> = {}, language?: 'et'): Promise<Given[]> {
  const me = agent('agent1', own);
  const end = await socket({ agent: me, agents: [me], queues: [queue('support'), queue('sales')], ...more });
  close = end.close;
  await page(
    <>
      <Banners />
      <StateSwitch />
      <OwnWhy />
    </>,
    language,
  );
  return end.given;
}

const talking = { calls: [card('c1', { segments: [segment('agent1')] })] };

it('offers the reasons of the shop, by number', async () => {
  const given = await desk({});
  await userEvent.keyboard('p');
  const menu = await screen.findByRole('menu');
  expect(await within(menu).findByText('Gym')).toBeTruthy();
  expect(within(menu).getByText('· 45 min')).toBeTruthy();
  expect(within(menu).queryByText('Old one')).toBeNull();
  within(menu).getAllByRole('menuitem')[0]?.focus();
  await userEvent.keyboard('2');
  expect(given).toEqual([{ name: 'pause', args: { reason: 'audit' } }]);
});

it('shows a booked pause during the call, and takes it back with one key', async () => {
  const given = await desk({ leg: 'talking', booked: 'gym' }, talking);
  expect(await screen.findByText('After this call you pause: Gym.')).toBeTruthy();
  await userEvent.keyboard('r');
  expect(given).toEqual([{ name: 'ready', args: {} }]);
});

it('says that a call was missed, and comes back with one key', async () => {
  const given = await desk({ state: 'paused', reason: 'missed', by: 'system' });
  expect(screen.getByText('You are paused because a call was not answered.')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: /Take calls again/ }));
  expect(given).toEqual([{ name: 'ready', args: {} }]);
});

it('warns when a pause lasts longer than it should, in the language of the page', async () => {
  await desk({ state: 'paused', reason: 'gym', since: T0 }, {}, 'et');
  expect(await screen.findByText('Trenn')).toBeTruthy();
  setClock(new Date(Date.parse(T0) + 46 * 60_000).toISOString());
  await waitFor(
    () => expect(screen.getByText('Kauem kui selle pausi jaoks ette nähtud 45 minutit')).toBeTruthy(),
    { timeout: 5_000 },
  );
});

it('lets the agent into, and out of, each queue alone', async () => {
  const given = await desk({ queues: ['support'] });
  await userEvent.click(screen.getByRole('button', { name: /Change your state/ }));
  const inside = await screen.findByRole('menuitemcheckbox', { name: 'support' });
  expect(inside.getAttribute('aria-checked')).toBe('true');
  await userEvent.click(inside);
  await userEvent.click(screen.getByRole('menuitemcheckbox', { name: 'sales' }));
  expect(given).toEqual([
    { name: 'log_out', args: { queues: 'support' } },
    { name: 'log_in', args: { queues: 'sales' } },
  ]);
});

it('says why no calls come, in plain words', async () => {
  await desk({});
  await userEvent.keyboard('y');
  const view = await screen.findByRole('dialog');
  expect(await within(view).findByText('Nothing stops the calls.')).toBeTruthy();
  expect(within(view).getByText('Not in sales and night. 2 callers wait there.')).toBeTruthy();
  expect(
    within(view).getByText('support: place 2 of 3. One colleague has been free for longer.'),
  ).toBeTruthy();
  expect(within(view).getByText('Something newer.')).toBeTruthy();
});
