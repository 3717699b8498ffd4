// @vitest-environment happy-dom

import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { queries } from '../queries';
import { agent, queue } from '../samples';
import { type Answer, network, page, socket } from '../test-page';
import Preview from './preview';

const kept = {
  campaign: { id: '3', name: 'Spring', mode: 'preview', company: 'Aed OÜ', script: null },
  lead: {
    id: '7',
    name: '<b>Mari</b>',
    list: 'all',
    number: '+3725550123',
    fields: { Plan: 'Small' },
    language: null,
    attempt: 0,
    disposition: null,
  },
  until: '2026-11-24T10:02:00Z',
};

let asked: ReturnType<typeof network>;
let campaigns: { id: string; name: string }[];
let next: Answer;
let close: () => void = () => {};

beforeEach(() => {
  queries.clear();
  campaigns = [{ id: '3', name: 'Spring' }];
  next = [200, kept];
  asked = network((_, path): Answer => {
    if (path === '/leads/previews') return [200, { items: campaigns, next: null }];
    if (path === '/leads/next') return next;
    if (path === '/leads/7/release') return [204, null];
    if (path === '/panel-ticket') return [200, { ticket: 't', url: 'ws://panel' }];
    return [200, { login: 'agent1', name: 'Agent One', role: 'agent' }];
  });
});

afterEach(() => {
  cleanup();
  close();
});

async function shown() {
  const panel = await socket({
    agent: agent('agent1'),
    queues: [queue('support', { mode: 'direct' })],
  });
  close = panel.close;
  await page(<Preview />);
  return panel;
}

it('shows the next lead, and has it dialled', async () => {
  const { given } = await shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Next lead' }));
  expect(await screen.findByText('<b>Mari</b>')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Dial +3725550123' }));
  await waitFor(() => expect(given).toContainEqual({ name: 'dial_lead', args: { lead: '7' } }));
  expect(await screen.findByRole('button', { name: 'Next lead' })).toBeTruthy();
});

it('gives it back', async () => {
  await shown();
  await userEvent.click(await screen.findByRole('button', { name: 'Next lead' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Give back' }));
  await screen.findByRole('button', { name: 'Next lead' });
  expect(asked.some(each => each.method === 'POST' && each.path === '/leads/7/release')).toBe(true);
});

it('is not there where nothing is to be looked at', async () => {
  campaigns = [];
  await shown();
  await waitFor(() => expect(asked.some(each => each.path === '/leads/previews')).toBe(true));
  expect(screen.queryByRole('button')).toBeNull();
});
