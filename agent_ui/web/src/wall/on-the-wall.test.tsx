// @vitest-environment happy-dom

import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import Inside from '../inside';
import { openLive } from '../live';
import type { Me, Role, Snapshot } from '../protocol';
import { queries } from '../queries';
import { queue, snapshot } from '../samples';
import { network, page } from '../test-page';

const VIEWER: Role = 'viewer';
const STALE = /The connection is lost; these figures are the last known/;
const WALL = { ...snapshot({}).me, login: 'wall', name: 'Wall', role: 'viewer', can: ['snapshot'] } as Me;

/** The server: away, or here with so many callers who wait. */
let server: { away: boolean; waiting: number };
let sockets: Panel[] = [];

class Panel {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    sockets.push(this);
    queueMicrotask(() => (server.away ? this.onclose?.({ code: 1006 }) : this.onopen?.()));
  }
  send(): void {
    const queues = [{ ...queue('support'), waiting: server.waiting }];
    const seen: Partial<Snapshot> = { me: WALL, queues, waiting: [], calls: [] };
    this.onmessage?.({ data: JSON.stringify(snapshot(seen)) });
  }
  close(): void {}
}

beforeEach(() => {
  server = { away: false, waiting: 3 };
  sockets = [];
  queries.clear();
  vi.stubGlobal('WebSocket', Panel);
  network((_, path) => {
    if (server.away) throw new TypeError('Failed to fetch');
    if (path === '/panel-ticket') return [200, { ticket: 't', url: 'ws://here/ws' }];
    return [200, path === '/me' ? WALL : { items: [] }];
  });
  history.replaceState(null, '', '/calls');
});

afterEach(() => act(() => openLive()()));

it('shows a screen the wall and nowhere to go', async () => {
  await page(<Inside role={VIEWER} />);
  expect((await screen.findByRole('article', { name: 'support' })).textContent).toContain('Waiting3');
  expect(screen.queryByRole('navigation')).toBeNull();
  expect(screen.queryByRole('link')).toBeNull();
  expect(screen.getByRole('button', { name: 'Sign out' })).toBeTruthy();
});

it('says at once that the server is away, keeps the last figures, and comes back by itself', async () => {
  await page(<Inside role={VIEWER} />);
  await screen.findByRole('article', { name: 'support' });
  expect(screen.queryByText(STALE)).toBeNull();
  server = { away: true, waiting: 7 };
  act(() => sockets.at(-1)?.onclose?.({ code: 1012 }));
  expect(screen.getByRole('status').textContent).toMatch(STALE);
  expect(screen.getByRole('article', { name: 'support' }).textContent).toContain('Waiting3');
  server.away = false;
  await waitFor(() => expect(screen.queryByText(STALE)).toBeNull(), { timeout: 10_000 });
  expect(screen.getByRole('article', { name: 'support' }).textContent).toContain('Waiting7');
});
