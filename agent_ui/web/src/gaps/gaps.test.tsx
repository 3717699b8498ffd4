// @vitest-environment happy-dom

import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import Webhooks from '../admin/webhooks';
import { GAPS, WEBHOOKS } from '../dev/shelf';
import { queries } from '../queries';
import { network, page } from '../test-page';
import GapsPage from './gaps-page';

beforeEach(() => queries.clear());

const list = (items: unknown[]): [number, unknown] => [200, { items, next: null }];

it('shows what a gap cost, and opens what nothing explains', async () => {
  network(() => list(GAPS));
  await page(<GapsPage />);
  expect(await screen.findByText('14 (cdr, queue_log)')).toBeTruthy();
  const link = screen.getByRole('link', { name: /1795771200/ });
  expect(link.getAttribute('href')).toBe('/calls/main-20261127T080000-1795771200.4');
  expect(link.closest('details')?.open).toBe(true);
});

it('says so where nothing was missed', async () => {
  network(() => list([]));
  await page(<GapsPage />);
  expect(await screen.findByText(/No gap so far/)).toBeTruthy();
});

it('makes a webhook and shows its secret once', async () => {
  const asked = network((method, path) => {
    if (method === 'POST' && path === '/webhooks') return [201, { ...WEBHOOKS[0], secret: 'whsec_x' }];
    return list(WEBHOOKS);
  });
  await page(<Webhooks />);
  expect(await screen.findByText('it answered 503')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'New webhook' }));
  await userEvent.type(await screen.findByLabelText('Name'), 'crm');
  await userEvent.type(screen.getByLabelText('Address'), 'https://crm.example/');
  await userEvent.click(screen.getByRole('checkbox', { name: 'Alarms' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByDisplayValue('whsec_x')).toBeTruthy();
  expect(asked.find(each => each.method === 'POST')?.body).toEqual({
    name: 'crm',
    url: 'https://crm.example/',
    events: ['call', 'alarm'],
    active: true,
  });
});

it('turns one off', async () => {
  const asked = network(method => (method === 'GET' ? list(WEBHOOKS) : [200, WEBHOOKS[0]]));
  await page(<Webhooks />);
  await userEvent.click(await screen.findByRole('button', { name: 'Edit shop' }));
  await userEvent.click(await screen.findByRole('switch', { name: 'Told' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked.some(each => each.method === 'PATCH')).toBe(true));
  expect(asked.find(each => each.method === 'PATCH')).toMatchObject({
    path: '/webhooks/shop',
    body: { active: false, events: ['call'] },
  });
});
