// @vitest-environment happy-dom

import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { whatIfOf } from '../dev/people';
import { queries } from '../queries';
import { network, page } from '../test-page';
import WhatIfPage from './what-if-page';

beforeEach(() => queries.clear());

it('plays a recorded day and shows it beside the day as it was', async () => {
  const asked = network((_, __, body) => [200, whatIfOf(body as Parameters<typeof whatIfOf>[0])]);
  await page(<WhatIfPage />);
  fireEvent.change(screen.getByLabelText('Day'), {
    target: { value: '2026-11-24' },
  });
  fireEvent.change(screen.getAllByLabelText('Agents more or fewer')[1] as HTMLElement, {
    target: { value: '2' },
  });
  await userEvent.click(screen.getByRole('button', { name: 'Play the day' }));
  await waitFor(() => expect(asked.find(each => each.path === '/what-if')).toBeTruthy());
  expect(asked.find(each => each.path === '/what-if')?.body).toMatchObject({
    date: '2026-11-24',
    scenarios: [
      { name: 'Scenario 1', policy: 'rules', agents: 0 },
      { name: 'Scenario 2', policy: 'helin:misses', agents: 2 },
    ],
  });
  const heads = (await screen.findAllByRole('columnheader')).map(each => each.textContent);
  expect(heads).toEqual(['', 'As it was', 'Scenario 1', 'Scenario 2']);
  expect(screen.getByRole('row', { name: /^Answered in time 79.2%/ })).toBeTruthy();
  expect(screen.getByRole('row', { name: /^Waits of tier A: half · 99 %/ })).toBeTruthy();
});

it('says the server’s sentence when a day cannot be played', async () => {
  network(() => [422, { detail: 'There is no call in this time; choose another day.' }]);
  await page(<WhatIfPage />);
  await userEvent.click(screen.getByRole('button', { name: 'Play the day' }));
  expect((await screen.findByRole('alert')).textContent).toContain('There is no call in this time');
});
