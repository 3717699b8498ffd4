// @vitest-environment happy-dom

import { screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { page } from '../test-page';
import { Mishap } from './mishap';

function Broken(): never {
  throw new Error('broken');
}

it('says a sentence instead of a blank page, and tries again elsewhere', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { unmount } = await page(
    <Mishap place="/">
      <Broken />
    </Mishap>,
  );
  expect(screen.getByRole('alert').textContent).toContain('Your calls are not affected.');
  unmount();
  await page(<Mishap place="/calls">fine</Mishap>);
  expect(screen.getByText('fine')).toBeTruthy();
});
