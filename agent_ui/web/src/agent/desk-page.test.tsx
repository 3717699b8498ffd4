// @vitest-environment happy-dom

import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { useLive } from '../live';
import type { Card, PopContact } from '../protocol';
import { queries } from '../queries';
import { reduce } from '../reduce';
import { agent, call, card, segment, T0 } from '../samples';
import { Attention } from '../shell/attention';
import { Notices } from '../shell/notices';
import { type Answer, network, page, show } from '../test-page';
import { Desk } from './desk-page';
import { sweepDrafts } from './drafts';

const mari: PopContact = { id: '17', name: 'Mari Maasikas', account: 'Aed OÜ', tier: 'A', open_tickets: 2 };
const tonu: PopContact = { ...mari, id: '18', name: 'Tõnu Maasikas', tier: null };
const visit = {
  at: '2026-11-20T10:00:00Z',
  channel: 'call',
  direction: 'inbound',
  agent: 'agent2',
  disposition: 'resolved',
  note: 'Invoice <b>settled</b>',
};
const ringing = (more: Partial<Card> = {}) =>
  card('c1', { ringing: ['agent1'], contacts: [mari], history: [visit], ...more });

let asked: ReturnType<typeof network>;

beforeEach(() => {
  queries.clear();
  sweepDrafts(true);
  asked = network((method, path): Answer => {
    if (path.startsWith('/me')) return [200, { login: 'agent1', name: 'Agent One', role: 'agent' }];
    if (path.startsWith('/contacts') && method === 'POST') return [201, { ...tonu, id: '99', numbers: [] }];
    return [200, { items: [], next: null }];
  });
});

async function desk(calls: Card[], state = {}): Promise<void> {
  show({ calls, agent: agent('agent1', state) });
  await page(
    <>
      <Attention />
      <Desk />
    </>,
  );
}

describe('a ring', () => {
  it('shows who calls, what they are worth and what happened before', async () => {
    await desk([ringing()]);
    const pop = screen.getByRole('article');
    expect(pop.dataset.phase).toBe('ringing');
    for (const words of ['Mari Maasikas', '+372 555 0123', 'Aed OÜ', '2 open tickets', 'support'])
      expect(within(pop).getByText(words), words).toBeTruthy();
    expect(within(pop).getByText('Invoice <b>settled</b>')).toBeTruthy();
    expect(document.title).toBe('☎ Mari Maasikas – Ringing');
    expect(screen.getByText('Incoming call: Mari Maasikas, queue support')).toBeTruthy();
  });

  it('lets one choose among those who share the number', async () => {
    await desk([ringing({ contacts: [mari, tonu] })]);
    expect(screen.getByText('2 people share this number. Who is calling?')).toBeTruthy();
    expect(screen.queryByRole('heading', { name: 'Tõnu Maasikas' })).toBeNull();
    await userEvent.click(screen.getByRole('radio', { name: /Tõnu/ }));
    expect(screen.getByRole('heading', { name: 'Tõnu Maasikas' })).toBeTruthy();
    await waitFor(() =>
      expect(asked.some(each => each.path.startsWith('/contacts/18/interactions'))).toBe(true),
    );
  });

  it('makes a contact of a stranger in one tap', async () => {
    await desk([ringing({ contacts: [], history: [], name: 'PETERSON AS' })]);
    await userEvent.click(screen.getByRole('button', { name: 'Save contact' }));
    await waitFor(() => expect(screen.getByRole('heading', { name: 'Tõnu Maasikas' })).toBeTruthy());
    expect(asked.find(each => each.method === 'POST')?.body).toEqual({
      name: 'PETERSON AS',
      account: null,
      numbers: ['+3725550123'],
    });
  });

  it('fills in what the look-up brings later, without losing what was typed', async () => {
    await desk([ringing({ contacts: null, history: null })]);
    expect(screen.getByText('Looking up…')).toBeTruthy();
    await userEvent.type(screen.getByRole('textbox', { name: /Note/ }), 'asks for');
    act(() => {
      const { picture } = useLive.getState();
      if (!picture) return;
      const late = { type: 'call.contact' as const, seq: 2, at: T0, contacts: [mari], history: [] };
      useLive.setState({ picture: reduce(picture, { ...late, call: call('c1', { ringing: ['agent1'] }) }) });
    });
    expect(screen.getByRole('heading', { name: /Mari/ })).toBeTruthy();
    expect(screen.getByRole('textbox', { name: /Note/ })).toHaveProperty('value', 'asks for');
  });

  it('shows whatever a caller chose as text, clipped, whole on demand', async () => {
    const name = `<img src=x onerror="alert(1)">\u202e${'щ'.repeat(3000)}`;
    await desk([ringing({ contacts: [{ ...mari, name, account: name }], name, queue: name.slice(0, 40) })]);
    expect(document.querySelector('img')).toBeNull();
    const heading = screen.getByRole('heading', { level: 2, name: /img/ });
    expect(heading.querySelector('bdi')?.textContent?.length).toBeLessThan(100);
    await userEvent.click(within(heading).getByRole('button', { name: 'show all' }));
    expect(heading.querySelector('bdi')?.textContent).toBe(name);
    expect(document.title.length).toBeLessThan(80);
    expect(document.title).not.toContain('\u202e');
  });
});

describe('a talk', () => {
  it('can be hung up and noted; the note outlives the page', async () => {
    await desk([ringing({ ringing: [], segments: [segment('agent1')], waiting: false, waited_seconds: 32 })]);
    expect(screen.getByRole('article').dataset.phase).toBe('talking');
    expect(screen.getByRole('button', { name: 'Hang up' })).toBeTruthy();
    await userEvent.keyboard('n');
    await userEvent.keyboard('calls back');
    expect(localStorage.getItem('helin.draft.agent1.c1')).toContain('calls back');
    expect(screen.getByText('Kept on this computer')).toBeTruthy();
  });

  it('turns to wrap-up in the same place, with its note', async () => {
    await desk([ringing({ ringing: [], segments: [segment('agent1')] })]);
    await userEvent.type(screen.getByRole('textbox', { name: /Note/ }), 'all well');
    act(() => {
      const ended = ringing({ state: 'ended', ringing: [], segments: [segment('agent1', { ended_at: T0 })] });
      show({ calls: [], agent: agent('agent1', { state: 'wrap_up' }) });
      useLive.setState({ desk: { ended, missed: null } });
    });
    expect(screen.getByRole('article').dataset.phase).toBe('ended');
    expect(screen.getByRole('textbox', { name: /Note/ })).toHaveProperty('value', 'all well');
    await userEvent.click(document.body);
    await userEvent.keyboard('3');
    expect(screen.getByRole('radio', { name: /Call back/ })).toHaveProperty('checked', true);
    expect(screen.getByRole('button', { name: /Save, be ready/ })).toBeTruthy();
  });
});

it('does not let a note about nobody be lost unseen', async () => {
  show({ calls: [], agent: agent('agent1', { state: 'wrap_up' }) });
  act(() =>
    useLive.setState({
      desk: { ended: ringing({ state: 'ended', contacts: [], history: [] }), missed: null },
    }),
  );
  await page(
    <>
      <Desk />
      <Notices />
    </>,
  );
  expect(screen.getByText('Save the caller as a contact to keep the note.')).toBeTruthy();
  await userEvent.type(screen.getByRole('textbox', { name: /Note/ }), 'important');
  await userEvent.click(screen.getByRole('button', { name: /Save, be ready/ }));
  expect(screen.getByRole('textbox', { name: /Note/ })).toHaveProperty('value', 'important');
  expect(screen.getByRole('alert').textContent).toBe('Save the caller as a contact to keep the note.');
  expect(screen.getByRole('button', { name: 'Skip' })).toBeTruthy();
});

it('finds the unfinished call again after a reload in wrap-up', async () => {
  asked = network((_, path) =>
    path.startsWith('/calls')
      ? [
          200,
          {
            items: [
              call('c7', { state: 'ended', contact: '17', segments: [segment('agent1', { ended_at: T0 })] }),
            ],
            next: null,
          },
        ]
      : path === '/contacts/17'
        ? [200, { ...mari, numbers: [] }]
        : [200, { items: [], next: null }],
  );
  await desk([], { state: 'wrap_up' });
  await waitFor(() => expect(screen.getByRole('article').dataset.phase).toBe('ended'));
  expect(screen.getByRole('heading', { level: 2, name: /Mari/ })).toBeTruthy();
});

it('shows two calls as two, the talk on top', async () => {
  await desk([
    ringing(),
    ringing({ id: 'c2', ringing: [], segments: [segment('agent1')], contacts: [tonu] }),
  ]);
  expect(screen.getByRole('article').dataset.phase).toBe('talking');
  await userEvent.click(screen.getByRole('tab', { name: /Mari/ }));
  expect(screen.getByRole('article').dataset.phase).toBe('ringing');
});
