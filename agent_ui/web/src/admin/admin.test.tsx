// @vitest-environment happy-dom

import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { queries } from '../queries';
import { queue } from '../samples';
import { network, page, show } from '../test-page';
import QueuePage from './queue-page';
import Users from './users';

const MARI = {
  id: '1',
  login: 'mari',
  name: 'Mari',
  role: 'agent',
  extension: '1001',
  interface: 'PJSIP/1001',
  skills: { estonian: 5 },
  queues: ['support'],
  language: 'et',
  phone: 'sip',
  active: true,
  version: 'v1',
};
const SUPPORT = {
  name: 'support',
  mode: 'assist',
  target_seconds: 20,
  max_wait_seconds: 300,
  wrap_up_seconds: 30,
  wrap_up_required: false,
  skills: {},
  agents: ['mari'],
  recording_keep_days: 90,
  pop_on: 'ring',
  pop_url: null,
  auto_pause: true,
  rule: 'helin',
  tiers: {},
  weights: {},
  relax: [],
  last_agent_seconds: 0,
  short_seconds: 5,
  empty_interval: 'none',
  rule_version: 1,
  version: 'q1',
  asterisk: 'main',
};

const write = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

beforeEach(() => {
  queries.clear();
  show({ queues: [queue('support'), queue('sales')] });
});

const ADMIN = { login: 'admin', name: 'Admin', role: 'admin' };
const BOSS = { login: 'boss', name: 'Boss', role: 'supervisor' };
const place = (position: number) => ({ position, score: 1, reasons: [{ reason: 'waited 40 s', points: 1 }] });
const PREVIEW = {
  sample: false,
  waiting: 2,
  line: [
    {
      call: 'a',
      number: '+3725550100',
      name: 'Ilmar',
      tier: 'A',
      waited_seconds: 5,
      now: place(2),
      edited: place(1),
    },
    {
      call: 'b',
      number: '+3725550101',
      name: null,
      tier: null,
      waited_seconds: 40,
      now: place(1),
      edited: place(2),
    },
  ],
  doubts: [{ code: 'nobody_has', params: { skill: 'latin', level: 3 } }],
};

function shop(me: object, refuse: () => boolean = () => false) {
  return network((method, path) => {
    if (path === '/me') return [200, me];
    if (path === '/users') return [200, { items: [MARI], next: null }];
    if (path.endsWith('/preview')) return [200, PREVIEW];
    if (path.endsWith('/alarms')) return [200, { items: [], next: null }];
    if (path.includes('/rules')) return [200, { items: [], next: null }];
    if (method === 'PATCH' && refuse())
      return [409, { detail: 'somebody else has changed the queue support meanwhile; read it again' }];
    return [200, { ...SUPPORT, version: method === 'PATCH' ? 'q2' : 'q1' }];
  });
}

it('changes a queue, and says when somebody else was faster', async () => {
  let refuse = false;
  const asked = shop(ADMIN, () => refuse);
  await page(<QueuePage name="support" />);
  expect(await screen.findByText('Asterisk “main” has this queue.')).toBeTruthy();
  write(screen.getByLabelText('Wrap-up, seconds'), '10');
  await userEvent.click(screen.getByRole('checkbox', { name: 'Mari' }));
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked.some(each => each.method === 'PATCH')).toBe(true));
  const sent = asked.find(each => each.method === 'PATCH');
  expect(sent).toMatchObject({
    path: '/queues/support',
    body: { wrap_up_seconds: 10, agents: [], version: 'q1', recording_keep_days: 90 },
  });
  expect(sent?.body).not.toHaveProperty('rule');
  refuse = true;
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  expect((await screen.findByText(/Somebody else has changed this meanwhile/)).textContent).toBeTruthy();
});

it('shows a supervisor who would be next, and saves the rule alone', async () => {
  const asked = shop(BOSS);
  await page(<QueuePage name="support" />);
  await userEvent.selectOptions(await screen.findByLabelText('The queue lives by'), 'helin:misses');
  write(screen.getByLabelText('Answer within, seconds'), '15');
  write(screen.getByLabelText('Value tier A'), '9');
  expect(screen.queryByLabelText('Wrap-up, seconds')).toBeNull();
  const seen = { rule: 'helin:misses', target_seconds: 15, tiers: { A: 9 } };
  await waitFor(() =>
    expect(asked.findLast(each => each.path.endsWith('/preview'))?.body).toMatchObject(seen),
  );
  expect(await screen.findByText('Nobody has latin at level 3.')).toBeTruthy();
  const first = screen.getByRole('button', { name: /Ilmar.*now at place 2/ });
  await userEvent.click(first);
  expect(first.getAttribute('aria-expanded')).toBe('true');
  expect(asked.some(each => each.method === 'PATCH')).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Save the rule' }));
  await waitFor(() => expect(asked.some(each => each.method === 'PATCH')).toBe(true));
  expect(asked.find(each => each.method === 'PATCH')).toMatchObject({
    path: '/queues/support/rule',
    body: { ...seen, version: 'q1', skills: {}, relax: [] },
  });
});

it('makes a queue and says what Asterisk needs for it', async () => {
  const asked = network((method, path) =>
    path === '/users'
      ? [200, { items: [MARI], next: null }]
      : [method === 'POST' ? 201 : 200, { ...SUPPORT, name: 'billing', asterisk: null }],
  );
  await page(<QueuePage name={null} />);
  write(await screen.findByLabelText('Name'), 'billing');
  expect(screen.getByText(/^\[billing\]\(helin-queue\)/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Add a skill' }));
  write(screen.getByLabelText('Skill'), 'estonian');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked.find(each => each.method === 'POST')?.path).toBe('/queues'));
  expect(asked.find(each => each.method === 'POST')?.body).toMatchObject({
    name: 'billing',
    skills: { estonian: 5 },
  });
});

it('asks before it removes a queue', async () => {
  const asked = network((method, path) => {
    if (path === '/me') return [200, ADMIN];
    if (path.endsWith('/preview')) return [200, PREVIEW];
    if (path.endsWith('/alarms')) return [200, { items: [], next: null }];
    if (path === '/users' || path.includes('/rules')) return [200, { items: [], next: null }];
    return method === 'DELETE' ? [204, null] : [200, SUPPORT];
  });
  await page(<QueuePage name="support" />);
  await userEvent.click(await screen.findByRole('button', { name: 'Remove the queue' }));
  expect(asked.some(each => each.method === 'DELETE')).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Remove the queue' }));
  await waitFor(() => expect(asked.find(each => each.method === 'DELETE')?.path).toBe('/queues/support'));
});

it('changes a user’s skills, queues and password', async () => {
  const asked = network((method, path) =>
    path === '/me'
      ? [200, { login: 'admin', name: 'Admin', role: 'admin' }]
      : method === 'PATCH'
        ? [200, MARI]
        : [200, { items: [MARI], next: null }],
  );
  await page(<Users />);
  await userEvent.click(await screen.findByRole('button', { name: 'Edit Mari' }));
  await userEvent.click(await screen.findByRole('checkbox', { name: 'sales' }));
  write(screen.getByLabelText('Level, 1 to 100'), '7');
  write(screen.getByLabelText('New password'), 'a-good-password');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked.some(each => each.method === 'PATCH')).toBe(true));
  expect(asked.find(each => each.method === 'PATCH')).toMatchObject({
    path: '/users/mari',
    body: {
      skills: { estonian: 7 },
      queues: ['sales', 'support'],
      password: 'a-good-password',
      phone: 'sip',
      language: 'et',
      version: 'v1',
    },
  });
});

it('makes somebody the leader of a team, which must be named', async () => {
  const asked = shop(ADMIN);
  await page(<Users />);
  await userEvent.click(await screen.findByRole('button', { name: 'Edit Mari' }));
  const team = (await screen.findByLabelText('Team')) as HTMLInputElement;
  expect(team.required).toBe(false);
  await userEvent.selectOptions(screen.getByLabelText('Role'), 'leader');
  expect(team.required).toBe(true);
  write(team, ' North ');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked.some(each => each.method === 'PATCH')).toBe(true));
  expect(asked.find(each => each.method === 'PATCH')?.body).toMatchObject({ role: 'leader', team: 'North' });
});
