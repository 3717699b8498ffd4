// @vitest-environment happy-dom

import { fireEvent, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Keys, nameOf, setSingleKeys, useShortcuts } from './shortcuts';

function Page({ keys }: { keys: Keys }) {
  useShortcuts(keys);
  return (
    <>
      <input aria-label="field" />
      <input type="radio" aria-label="choice" />
    </>
  );
}

beforeEach(() => setSingleKeys(true));

it('hears single keys, chords and sequences', async () => {
  const keys = { r: vi.fn(), 'ctrl+k': vi.fn(), 'g h': vi.fn(), h: vi.fn() };
  render(<Page keys={keys} />);
  await userEvent.keyboard('r{Control>}k{/Control}ghh');
  expect(Object.values(keys).map(key => key.mock.calls.length)).toEqual([1, 1, 1, 1]);
});

it('is quiet while somebody types, except for chords', async () => {
  const keys = { r: vi.fn(), 'ctrl+k': vi.fn(), 1: vi.fn() };
  const { getByLabelText } = render(<Page keys={keys} />);
  getByLabelText('field').focus();
  await userEvent.keyboard('r{Control>}k{/Control}');
  expect([keys.r.mock.calls.length, keys['ctrl+k'].mock.calls.length]).toEqual([0, 1]);
  getByLabelText('choice').focus();
  await userEvent.keyboard('1');
  expect(keys[1]).toHaveBeenCalledOnce();
});

it('can be switched off', async () => {
  const keys = { r: vi.fn(), 'ctrl+k': vi.fn() };
  render(<Page keys={keys} />);
  setSingleKeys(false);
  await userEvent.keyboard('r{Control>}k{/Control}');
  expect([keys.r.mock.calls.length, keys['ctrl+k'].mock.calls.length]).toEqual([0, 1]);
});

it('lets what lies on top win, and goes with its component', () => {
  const below = { r: vi.fn() };
  const above = { r: vi.fn() };
  render(<Page keys={below} />);
  const top = render(<Page keys={above} />);
  fireEvent.keyDown(document.body, { key: 'r', code: 'KeyR' });
  top.unmount();
  fireEvent.keyDown(document.body, { key: 'r', code: 'KeyR' });
  expect([below.r.mock.calls.length, above.r.mock.calls.length]).toEqual([1, 1]);
});

it('finds the letter on a Cyrillic layout', () => {
  expect(nameOf({ key: 'к', code: 'KeyR' })).toBe('r');
  expect(nameOf({ key: 'R', code: 'KeyR' })).toBe('r');
  expect(nameOf({ key: '?', code: 'Digit7' })).toBe('?');
});
