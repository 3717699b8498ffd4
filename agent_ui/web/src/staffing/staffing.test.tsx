// @vitest-environment happy-dom

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { run } from 'axe-core';
import { beforeEach, expect, it } from 'vitest';
import { HALF_HOURS, staffingOf } from '../dev/reckoned';
import { queries } from '../queries';
import { queue } from '../samples';
import { network, page, show } from '../test-page';
import StaffingPage from './staffing-page';

beforeEach(() => queries.clear());

it('reckons from the busiest half hour of a recorded day, by keyboard', async () => {
  const asked = network((_, path) =>
    path.startsWith('/queues/support/half-hours')
      ? [200, { items: HALF_HOURS, next: null }]
      : [200, path === '/staffing' ? staffingOf() : { items: [], next: null }],
  );
  show({ queues: [queue('support')] });
  const { container } = await page(<StaffingPage />);
  const half = (await screen.findByLabelText('Half hour')) as HTMLSelectElement;
  await waitFor(() => expect(half.value).toBe(HALF_HOURS[1]?.at));
  screen.getByRole('button', { name: 'Fill in and reckon' }).focus();
  await userEvent.keyboard('{Enter}');
  await screen.findByRole('heading', { name: '14 agents at work are enough' });
  expect(asked.find(each => each.path === '/staffing')?.body).toEqual({
    calls: 100,
    interval_minutes: 30,
    handle_seconds: 184,
    patience_seconds: 61,
    target_seconds: 15,
    in_time: 0.8,
    absent: 0,
  });
  const chosen = screen.getByRole('row', { name: /^14/ });
  expect(within(chosen).getByText('enough')).toBeTruthy();
  expect(screen.getByText('grows without end')).toBeTruthy();
  expect((await run(container)).violations).toEqual([]);
});

it('says the server’s sentence when the figures cannot be', async () => {
  network((_, path) =>
    path === '/staffing'
      ? [422, { detail: 'in_time: no number of agents reaches that.' }]
      : [200, { items: [], next: null }],
  );
  show({ queues: [queue('support')] });
  await page(<StaffingPage />);
  expect(await screen.findByText('Nobody called this queue on that day.')).toBeTruthy();
  fireEvent.change(screen.getByLabelText('To be answered in time, %'), { target: { value: '99.9' } });
  await userEvent.click(screen.getByRole('button', { name: 'Reckon' }));
  expect((await screen.findByRole('alert')).textContent).toContain('no number of agents reaches that');
});
