// @vitest-environment happy-dom

import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Answer, network, page } from '../test-page';
import KeySheet from './key-sheet';
import { Notices } from './notices';
import { forgetOwn, keepOwn, recallOwn } from './own';
import { useShortcuts } from './shortcuts';

const run = vi.fn();
let kept: unknown;

function Page() {
  useShortcuts({ r: run });
  return null;
}

beforeEach(async () => {
  forgetOwn();
  run.mockClear();
  kept = { theme: 'dark', devices: { ring: 'x' } };
  network((method, path, body): Answer => {
    if (path !== '/me/preferences') return [404, {}];
    if (method === 'PUT') kept = (body as { preferences: unknown }).preferences;
    return [200, { preferences: kept }];
  });
});

const keyOf = (name: RegExp) => screen.getByRole('button', { name });

it('gives an action another key and keeps it with what else was chosen', async () => {
  await recallOwn();
  await page(
    <>
      <Page />
      <KeySheet places={[]} close={() => {}} />
    </>,
  );
  await userEvent.click(keyOf(/“Ready”, now R/));
  await userEvent.keyboard('z');
  await waitFor(() => expect(kept).toEqual({ theme: 'dark', devices: { ring: 'x' }, keys: { r: 'z' } }));
  expect(within(keyOf(/“Ready”, now Z/)).getByText('Z')).toBeTruthy();
  (document.activeElement as HTMLElement).blur();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'r', code: 'KeyR', bubbles: true }));
  expect(run).not.toHaveBeenCalled();
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', code: 'KeyZ', bubbles: true }));
  expect(run).toHaveBeenCalledOnce();
  await userEvent.click(screen.getByRole('button', { name: 'All keys as they were' }));
  expect(keyOf(/“Ready”, now R/)).toBeTruthy();
});

it('refuses a key that is taken, with a sentence, and listens on', async () => {
  const close = vi.fn();
  await page(<KeySheet places={[]} close={close} />);
  await userEvent.click(keyOf(/“Ready”/));
  await userEvent.keyboard('p');
  expect(screen.getByRole('alert').textContent).toMatch(/^P is already “Pause.*Choose another key/);
  await userEvent.keyboard('4');
  expect(screen.getByRole('alert').textContent).toMatch(/^4 chooses from lists/);
  await userEvent.keyboard('{Escape}');
  expect(screen.queryByRole('alert')).toBeNull();
  expect(keyOf(/“Ready”, now R/)).toBeTruthy();
  expect(close).not.toHaveBeenCalled();
});

it('says so when the server did not keep it', async () => {
  await recallOwn();
  network(() => [503, {}]);
  await page(
    <>
      <KeySheet places={[]} close={() => {}} />
      <Notices />
    </>,
  );
  await userEvent.click(keyOf(/“Ready”/));
  await userEvent.keyboard('z');
  expect(await screen.findByText(/the server could not keep it/)).toBeTruthy();
  expect(keyOf(/“Ready”, now Z/)).toBeTruthy();
});

it('keeps what was chosen before signing in', async () => {
  await keepOwn({ language: 'et' });
  expect(kept).not.toHaveProperty('language');
  await recallOwn();
  expect(kept).toEqual({ theme: 'dark', devices: { ring: 'x' }, language: 'et' });
  expect(document.documentElement.lang).toBe('et');
});
