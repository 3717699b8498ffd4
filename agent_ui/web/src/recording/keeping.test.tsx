// @vitest-environment happy-dom

import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import { queries } from '../queries';
import { network, page } from '../test-page';
import { Recordings } from './player';

afterEach(() => {
  cleanup();
  queries.clear();
});

function recorded(role: string, held: string | null) {
  return network((method, path) => {
    if (path === '/me') return [200, { login: role, name: 'Ad Min', role }];
    if (path === '/users') return [200, { items: [], next: null }];
    if (path.endsWith('/peaks')) return [200, { seconds: 5, peaks: [1, 2] }];
    if (method !== 'GET') return [204, null];
    const item = {
      n: 1,
      state: 'ready',
      started_at: '2026-11-24T08:15:00Z',
      ended_at: '2026-11-24T08:16:00Z',
    };
    const more = { seconds: 5, pauses: [], erased_at: null, erased_by: null, held_by: held, listened: [] };
    return [200, { items: [{ ...item, ...more }], next: null }];
  });
}

it('erases a recording for a reason, and only for an administrator', async () => {
  const asked = recorded('admin', null);
  await page(<Recordings call="c1" active={false} />);
  await userEvent.click(await screen.findByRole('button', { name: 'Erase the sound' }));
  const erase = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Erase the sound' });
  expect(erase().disabled).toBe(true);
  fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'asked for' } });
  await userEvent.click(erase());
  await waitFor(() =>
    expect(asked.find(each => each.method === 'DELETE')?.path).toBe(
      '/calls/c1/recordings/1?reason=asked+for',
    ),
  );
  cleanup();
  queries.clear();
  recorded('supervisor', null);
  await page(<Recordings call="c1" active={false} />);
  await screen.findByRole('button', { name: 'Play' });
  expect(screen.queryByRole('button', { name: 'Erase the sound' })).toBeNull();
});

it('ends a hold; what is held cannot be erased', async () => {
  const asked = recorded('admin', 'boss');
  await page(<Recordings call="c1" active={false} />);
  await userEvent.click(await screen.findByRole('button', { name: 'End the legal hold' }));
  expect(screen.queryByRole('button', { name: 'Erase the sound' })).toBeNull();
  fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'over' } });
  await userEvent.click(screen.getByRole('button', { name: 'End the legal hold' }));
  await waitFor(() =>
    expect(asked.find(each => each.method === 'POST')).toMatchObject({
      path: '/calls/c1/hold',
      body: { on: false, reason: 'over' },
    }),
  );
});
