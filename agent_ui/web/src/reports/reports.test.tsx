// @vitest-environment happy-dom

import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { run } from 'axe-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';
import { queries } from '../queries';
import { queue } from '../samples';
import { network, page, show } from '../test-page';
import { asked, bounds, type Report, type SavedReport, wishOf } from './api';
import { runs } from './chart';
import ReportsPage from './reports-page';

const FORMULA = 'answered within ÷ offered';
const cell = (value: number | null, url: string | null = '/api/v1/calls?counted=offered&queue=support') => ({
  value,
  counts: {},
  calls_url: url,
});
const REPORT: Report = {
  measures: [
    { key: 'service_level', unit: 'share', formula: FORMULA, source: 'calls' },
    { key: 'asa', unit: 'seconds', formula: 'waits ÷ answered', source: 'calls' },
  ],
  by: ['queue'],
  each: 'hour',
  time_zone: 'Europe/Tallinn',
  rows: [
    {
      keys: { queue: 'support' },
      from: '2026-11-24T08:00:00Z',
      to: '2026-11-24T09:00:00Z',
      figures: { service_level: cell(0.815), asa: cell(67) },
    },
    {
      keys: { queue: 'support' },
      from: '2026-11-24T09:00:00Z',
      to: '2026-11-24T10:00:00Z',
      figures: { service_level: cell(null), asa: cell(null) },
    },
  ],
  left_out: ['2 calls last still.'],
  rules: [
    {
      queue: 'support',
      from: '2026-11-24T08:00:00Z',
      target_seconds: 20,
      short_seconds: 7,
      empty_interval: 'left_out',
    },
  ],
};

beforeEach(() => {
  queries.clear();
  window.history.replaceState(null, '', '/reports');
});

it('shows figures that open their calls, and what is left out', async () => {
  network((_, path) =>
    path.startsWith('/reports/figures') ? [200, REPORT] : [200, { items: [], next: null }],
  );
  show({ queues: [queue('support')] });
  const { container } = await page(<ReportsPage />);
  const link = await screen.findByRole('link', { name: '81.5%' });
  expect(link.getAttribute('href')).toBe('/reports/calls?counted=offered&queue=support');
  expect(screen.getByRole('link', { name: '1:07' })).toBeTruthy();
  expect(screen.getByText('2 calls last still.')).toBeTruthy();
  expect(screen.getByText(/in time within 20 s/).textContent).toContain('sooner than 7 s');
  const file = screen.getByRole('link', { name: 'XLSX' });
  expect(file.getAttribute('href')).toContain('format=xlsx');
  expect((await run(container)).violations).toEqual([]);
});

it('asks anew when another report is chosen, and says the server’s sentence', async () => {
  const seen = network((_, path) => {
    if (!path.startsWith('/reports/figures')) return [200, { items: [], next: null }];
    return path.includes('paused') ? [422, { detail: 'only paused is known by reason.' }] : [200, REPORT];
  });
  show({ queues: [queue('support')] });
  // An address of its own: files share their modules, and the browser's is watched in the first file's window only.
  const { hook, searchHook } = memoryLocation({ path: '/reports' });
  await page(
    <Router hook={hook} searchHook={searchHook}>
      <ReportsPage />
    </Router>,
  );
  await screen.findByRole('link', { name: '81.5%' });
  await userEvent.selectOptions(screen.getByLabelText('Report'), 'pauses');
  expect((await screen.findByRole('alert')).textContent).toContain('only paused is known by reason');
  expect(seen.some(each => each.path.includes('measures=paused&by=agent%2Creason'))).toBe(true);
});

const SAVED: SavedReport = {
  id: '7',
  owner: 'agent1',
  name: 'Mondays',
  wish: {
    measures: ['asa'],
    by: ['tier'],
    each: 'day',
    only: { queue: 'sales', agent: 'anna' },
    formula: 'genesys',
  },
  shared: true,
  every: 'day',
  at: '06:30',
  time_zone: 'Europe/Tallinn',
  recipients: ['boss@shop.example'],
  next_at: '2026-11-25T04:30:00Z',
  sent_at: null,
  trouble: '127.0.0.1:25 cannot be reached',
};

/** The page with an address of its own; `mine`: the saved report is the reader's own. */
async function savedPage(mine: boolean) {
  const seen = network((method, path) => {
    if (path.startsWith('/reports/figures')) return [200, REPORT];
    if (path === '/me') return [200, { login: mine ? 'agent1' : 'other', name: 'A', role: 'supervisor' }];
    if (method === 'DELETE') return [204, null];
    if (method !== 'GET') return [method === 'POST' ? 201 : 200, SAVED];
    return [200, { items: path === '/reports/saved' ? [SAVED] : [], next: null }];
  });
  show({ queues: [queue('support')] });
  const { hook, searchHook } = memoryLocation({ path: '/reports' });
  const shown = await page(
    <Router hook={hook} searchHook={searchHook}>
      <ReportsPage />
    </Router>,
  );
  await screen.findByRole('button', { name: 'Mondays' });
  return { seen, ...shown };
}

it('opens a saved report with all that was chosen, and says why it was not sent', async () => {
  const { seen, container } = await savedPage(false);
  expect(screen.getByText(/Not sent: 127.0.0.1:25 cannot be reached/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Edit Mondays' })).toBeNull();
  expect((await run(container)).violations).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Mondays' }));
  await vi.waitFor(() => {
    const last = seen.filter(each => each.path.startsWith('/reports/figures')).at(-1)?.path ?? '';
    for (const part of [
      'measures=asa',
      'by=tier',
      'each=day',
      'queue=sales',
      'agent=anna',
      'formula=genesys',
    ])
      expect(last).toContain(part);
  });
});

it('saves what is chosen, with times and addresses', async () => {
  const { seen } = await savedPage(true);
  await userEvent.click(screen.getByRole('button', { name: 'Save this report' }));
  await userEvent.type(await screen.findByLabelText('Name'), 'Board');
  await userEvent.selectOptions(screen.getByLabelText('Send by e-mail'), 'week');
  await userEvent.type(screen.getByLabelText('Addresses, one a line'), 'a@shop.example b@shop.example');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await vi.waitFor(() => expect(seen.find(each => each.method === 'POST')).toBeTruthy());
  expect(seen.find(each => each.method === 'POST')?.body).toMatchObject({
    name: 'Board',
    measures: ['service_level', 'offered', 'answered', 'abandoned', 'asa', 'longest_wait'],
    by: ['queue'],
    each: 'hour',
    every: 'week',
    at: '07:00',
    recipients: ['a@shop.example', 'b@shop.example'],
  });
});

it('changes the own report without taking what is on the page, and asks before it removes it', async () => {
  const { seen } = await savedPage(true);
  await userEvent.click(await screen.findByRole('button', { name: 'Edit Mondays' }));
  await screen.findByRole('button', { name: 'Save' });
  await userEvent.keyboard('{Escape}');
  await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Edit Mondays'));
  await userEvent.keyboard('{Enter}');
  await userEvent.click(await screen.findByRole('button', { name: 'Save' }));
  await vi.waitFor(() => expect(seen.find(each => each.method === 'PUT')).toBeTruthy());
  expect(seen.find(each => each.method === 'PUT')?.body).toMatchObject({ ...SAVED.wish, at: '06:30' });
  await userEvent.click(await screen.findByRole('button', { name: 'Edit Mondays' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Remove the report' }));
  expect(seen.some(each => each.method === 'DELETE')).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Remove the report' }));
  await vi.waitFor(() => expect(seen.some(each => each.method === 'DELETE')).toBe(true));
});

it('keeps all of a report in the address', () => {
  const wish = wishOf(
    new URLSearchParams('report=repeats&each=day&first=2026-11-01'),
    new Date(2026, 10, 24),
  );
  expect(wish).toMatchObject({ by: ['queue'], each: 'day', first: '2026-11-01', last: '2026-11-24' });
  expect(asked({ ...wish, measures: [] })).toBeNull();
  expect(bounds('', '2026-11-24')).toBeNull();
  const day = bounds('2026-11-24', '2026-11-24');
  expect(new Date(day?.to ?? 0).getTime() - new Date(day?.from ?? 0).getTime()).toBe(86_400_000);
});

it('breaks a line where nothing counts', () => {
  expect(runs([1, 2, null, 3])).toEqual([
    [
      [0, 1],
      [1, 2],
    ],
    [
      [3, 3],
      [3.15, 3],
    ],
  ]);
});
