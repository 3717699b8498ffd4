// @vitest-environment happy-dom

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { run } from 'axe-core';
import { beforeEach, expect, it, vi } from 'vitest';
import * as dev from '../dev/campaigns';
import type { Role } from '../protocol';
import { queries } from '../queries';
import { queue } from '../samples';
import { type Answer, network, page, show } from '../test-page';
import CampaignPage from './campaign-page';
import CampaignsPage from './campaigns-page';
import { SettingsPart } from './settings-part';

const me = { login: 'liis', name: 'Liis Saar', extension: null, can: [] };

/** The server inside the page, for somebody of this role; `first` may answer before it. */
function as(role: Role, first: (method: string, path: string) => Answer | null = () => null) {
  queries.clear();
  queries.setQueryData(['me'], { ...me, role });
  show({ me: { ...me, role }, queues: [queue('arved', { mode: 'direct' }), queue('support')] });
  return network((method, path, body) => {
    const url = new URL(path, 'http://helin');
    if (path === '/country-profiles') return [200, { items: dev.PROFILES, next: null }];
    if (!path.startsWith('/campaigns')) return [200, { items: [], next: null }];
    return first(method, path) ?? dev.answer(method, url.pathname, url.searchParams, body);
  });
}

const write = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

beforeEach(() => queries.clear());

it('lists campaigns, and says plainly why one cannot start', async () => {
  const asked = as('campaign_manager');
  const { container } = await page(<CampaignsPage />);
  const running = await screen.findByRole('row', { name: /Kevad 2026/ });
  await within(running).findByText('42.5%');
  expect(within(running).getByText('685 of 1,610')).toBeTruthy();
  expect(within(running).getByRole('button', { name: 'Pause Kevad 2026' })).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Start Uuring: rahulolu' }));
  const why = await screen.findByRole('alert');
  expect(within(why).getByText('It cannot start yet, for 3 reasons:')).toBeTruthy();
  expect(within(why).getByText('It has no script. Write what the agents say.')).toBeTruthy();
  expect(asked.some(each => each.method === 'POST' && each.path === '/campaigns/2/start')).toBe(true);
  await userEvent.click(screen.getByRole('button', { name: 'Stop Kevad 2026' }));
  expect(asked.some(each => each.path === '/campaigns/3/stop')).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
  await waitFor(() => expect(asked.some(each => each.path === '/campaigns/3/stop')).toBe(true));
  expect((await run(container)).violations).toEqual([]);
});

it('says what a campaign is while there is none', async () => {
  as('admin', () => [200, { items: [], next: null }]);
  await page(<CampaignsPage />);
  expect(await screen.findByText(/A campaign calls the people of a list/)).toBeTruthy();
  expect(screen.getByRole('link', { name: 'New campaign' }).getAttribute('href')).toBe('/new-campaign');
});

it('shows supervisors everything and lets them change nothing', async () => {
  as('supervisor');
  const { unmount } = await page(<CampaignsPage />);
  await screen.findByText('Kevad 2026');
  expect(screen.queryByRole('button', { name: /Start|Pause|Stop/ })).toBeNull();
  expect(screen.queryByRole('link', { name: 'New campaign' })).toBeNull();
  unmount();
  await page(<CampaignPage id="3" part="settings" />);
  expect((await screen.findByLabelText('Company')).closest('fieldset')?.disabled).toBe(true);
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull();
});

it('says before launch what would be dialled, and whom not and why', async () => {
  as('campaign_manager');
  const { container } = await page(<CampaignPage id="3" part="overview" />);
  expect(await screen.findByText(/1,204 can be dialled now, 310 later, 96 not\./)).toBeTruthy();
  await userEvent.click(screen.getByText('On the do-not-call list'));
  expect(screen.getByText('Jaan Tamm')).toBeTruthy();
  expect((await run(container)).violations).toEqual([]);
});

it('makes a campaign with the fields of its mode', async () => {
  const asked = as('campaign_manager');
  await page(<SettingsPart campaign={null} />);
  write('Name', 'Suvi');
  await userEvent.selectOptions(screen.getByLabelText('Queue'), 'arved');
  expect(within(screen.getByLabelText('Queue')).queryByText('support')).toBeNull();
  await userEvent.selectOptions(await screen.findByLabelText('Country profile'), 'US – United States');
  expect(screen.getByText(/Version 2027\.1 follows on/)).toBeTruthy();
  await userEvent.selectOptions(screen.getByLabelText('Country profile'), 'EE');
  const retry = screen.getByRole('group', { name: 'Try again after an outcome' });
  for (const _ of [1, 2]) await userEvent.click(within(retry).getByRole('button', { name: 'Add' }));
  await userEvent.selectOptions(within(retry).getAllByLabelText('Outcome')[1] as Element, 'busy');
  await userEvent.click(within(retry).getAllByRole('button', { name: 'Remove' })[0] as Element);
  await userEvent.selectOptions(screen.getByLabelText('Leads are shared out'), 'quota');
  expect(screen.queryByLabelText('Why it dials ahead')).toBeNull();
  await userEvent.selectOptions(screen.getByLabelText('Mode'), 'predictive');
  write('Why it dials ahead', 'Each answer has an agent');
  write('May be abandoned at most, %', '2');
  await userEvent.click(screen.getByRole('button', { name: 'Make it' }));
  await waitFor(() => expect(asked.some(each => each.method === 'POST')).toBe(true));
  expect(asked.find(each => each.method === 'POST')?.body).toMatchObject({
    name: 'Suvi',
    queue: 'arved',
    mode: 'predictive',
    profile: 'EE',
    reason: 'Each answer has an agent',
    settings: {
      abandonment_limit: 0.02,
      amd: true,
      reserve_seconds: 120,
      retry: { busy: 60 },
      recycle: {},
      share: 'quota',
      callback_hours: 48,
    },
  });
});

it('shows how a file is read, what was taken, and each row that was not', async () => {
  const asked = as('campaign_manager');
  await page(<CampaignPage id="3" part="lists" />);
  const file = new File(['Nimi;Telefon;Linn\nMari;5550101;Tartu\n'], 'aprill.csv', { type: 'text/csv' });
  await userEvent.upload(await screen.findByLabelText('File'), file);
  const column = (await screen.findByLabelText('Read as: Telefon')) as HTMLSelectElement;
  expect(column.value).toBe('number');
  expect((screen.getByLabelText('Name of the list') as HTMLInputElement).value).toBe('aprill');
  await userEvent.selectOptions(screen.getByLabelText('Read as: Linn'), 'time_zone');
  await waitFor(() =>
    expect(asked.at(-1)?.path).toContain('/look?list=aprill&dedupe=campaign&map=time_zone%3DLinn'),
  );
  const made = vi.fn((_: Blob) => 'blob:x');
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: made, revokeObjectURL: vi.fn() }));
  await userEvent.click(screen.getByRole('button', { name: 'Import' }));
  expect(await screen.findByText('480 leads taken, 19 were in already, 3 rows refused.')).toBeTruthy();
  expect(screen.getByText('the number stands twice in the file (row 17)')).toBeTruthy();
  const sent = asked.filter(each => each.method === 'POST').at(-1);
  expect(sent?.path).not.toContain('look');
  await userEvent.click(screen.getByRole('button', { name: 'Save the refused rows' }));
  expect(await made.mock.calls[0]?.[0].text()).toContain('"77";"the number is too short (12)"');
});

it('opens an attempt to what was known when it left', async () => {
  as('supervisor');
  await page(<CampaignPage id="3" part="attempts" />);
  const [, second] = await screen.findAllByRole('button', { expanded: false });
  if (!second) throw new Error('no attempts');
  second.focus();
  await userEvent.keyboard('{Enter}');
  expect(await screen.findByText('ee-turundus')).toBeTruthy();
  expect(screen.getByText('May be dialled')).toBeTruthy();
});

it('edits a script and walks through it', async () => {
  const asked = as('campaign_manager');
  await page(<CampaignPage id="3" part="script" />);
  expect(await screen.findByText(/Tere, Mari-Liis Õunapuu!.*L-2041/)).toBeTruthy();
  await userEvent.click(screen.getByText('Jah'));
  await userEvent.click(screen.getByText('Sobib'));
  expect(screen.getByText('Result: Sold')).toBeTruthy();
  const [first] = screen.getAllByLabelText('What the agent says');
  if (!first) throw new Error('no step');
  fireEvent.change(first, { target: { value: 'Tere, {name}, {pet}' } });
  expect(screen.getByText(/has no \{pet\}/)).toBeTruthy();
  fireEvent.submit(first.closest('form') as HTMLFormElement);
  await waitFor(() => expect(asked.some(each => each.method === 'PATCH')).toBe(true));
  expect(asked.find(each => each.method === 'PATCH')?.body).toMatchObject({
    version: 3,
    script: { first: 'start', steps: { start: { text: { et: 'Tere, {name}, {pet}' } } } },
  });
});

it('splits results by list, hour, attempt and agent', async () => {
  as('supervisor');
  const { container } = await page(<CampaignPage id="3" part="results" />);
  expect(await screen.findByRole('row', { name: /^Endised kliendid/ })).toBeTruthy();
  await userEvent.selectOptions(screen.getByLabelText('Split by'), 'attempt');
  expect(await screen.findByRole('row', { name: /^Attempt 3/ })).toBeTruthy();
  expect((await run(container)).violations).toEqual([]);
});

it('makes a list of the contacts that fit', async () => {
  const asked = as('campaign_manager');
  await page(<CampaignPage id="3" part="lists" />);
  const form = (await screen.findByRole('button', { name: 'Make the list' })).closest('form') as HTMLElement;
  fireEvent.change(within(form).getByLabelText('List'), { target: { value: 'Best' } });
  await userEvent.selectOptions(within(form).getByLabelText('Tier'), 'A');
  fireEvent.change(within(form).getByLabelText('No contact for, days'), { target: { value: '90' } });
  await userEvent.click(screen.getByRole('button', { name: 'Make the list' }));
  await waitFor(() =>
    expect(asked.find(each => each.path === '/campaigns/3/lists' && each.method === 'POST')?.body).toEqual({
      name: 'Best',
      segment: { tier: 'A', last_contact_days: 90 },
    }),
  );
});
