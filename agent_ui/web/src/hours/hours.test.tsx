// @vitest-environment happy-dom

import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { queries } from '../queries';
import { queue } from '../samples';
import { network, page, show } from '../test-page';
import type { Calendar, Preview } from './api';
import CalendarPage from './calendar-page';
import { FRESH } from './fields';
import HoursPage from './hours-page';

const SHOP: Calendar = {
  ...FRESH,
  name: 'shop',
  time_zone: 'Europe/Tallinn',
  queues: ['support'],
  country: 'EE',
  version: 'v1',
  emergency: null,
  now: {
    kind: 'holiday',
    name: 'jõululaupäev',
    until: '2026-12-24T22:00:00Z',
    opens_at: '2026-12-28T07:00:00Z',
  },
  warnings: [],
};
const PREVIEW: Preview = {
  time_zone: 'Europe/Tallinn',
  days: [
    {
      date: '2026-12-24',
      kind: 'holiday',
      name: 'jõululaupäev',
      stretches: [
        { start: '2026-12-23T22:00:00Z', end: '2026-12-24T22:00:00Z', kind: 'holiday', name: 'jõululaupäev' },
      ],
    },
  ],
  at: '2026-12-24T10:00:00Z',
  queue: 'support',
  hears: [
    { kind: 'message', sound: 'helin/closed', why: 'holiday', queue: '', seconds: 0, at: null },
    { kind: 'hang_up', sound: '', why: '', queue: '', seconds: 0, at: null },
  ],
  warnings: [],
};

beforeEach(() => {
  queries.clear();
  show({ queues: [queue('support'), queue('sales')] });
});

it('switches the emergency message on with one click', async () => {
  let calendar = SHOP;
  const asked = network((method, path) => {
    if (method !== 'PUT') return [200, { items: [calendar], next: null }];
    calendar = { ...SHOP, emergency: { since: '', until: '2026-12-24T14:00:00Z', by: 'chief' } };
    return path === '/calendars/shop/emergency' ? [200, calendar] : [404, {}];
  });
  await page(<HoursPage />);
  expect(await screen.findByText(/Opens/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Switch the emergency message on' }));
  expect(await screen.findByRole('button', { name: 'Switch it off' })).toBeTruthy();
  expect(asked.find(each => each.method === 'PUT')?.body).toEqual({ on: true });
});

it('shows what a change would mean before it is kept, and why the server refuses', async () => {
  let refuse = false;
  const asked = network((_, path) => {
    if (path === '/holiday-countries') return [200, { items: [], next: null }];
    if (path === '/calendars/preview')
      return refuse ? [422, { detail: 'calendar shop: it is never open' }] : [200, PREVIEW];
    return [200, SHOP];
  });
  await page(<CalendarPage name="shop" />);
  expect(await screen.findByText('Hears that it is a holiday:', { exact: false })).toBeTruthy();
  expect(screen.getByText('jõululaupäev: closed')).toBeTruthy();
  refuse = true;
  fireEvent.change(screen.getByLabelText('Monday'), { target: { value: '9–12, 13-17' } });
  expect((await screen.findByText(/it is never open/)).textContent).toBeTruthy();
  await waitFor(() => {
    const last = asked.filter(each => each.path === '/calendars/preview').at(-1);
    expect(last?.body).toMatchObject({ calendar: { hours: { monday: ['09:00-12:00', '13:00-17:00'] } } });
  });
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked.some(each => each.method === 'PUT')).toBe(true));
  expect(asked.find(each => each.method === 'PUT')).toMatchObject({
    path: '/calendars/shop',
    body: { version: 'v1', queues: ['support'], country: 'EE' },
  });
});
