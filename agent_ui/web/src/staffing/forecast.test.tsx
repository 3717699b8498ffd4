// @vitest-environment happy-dom

import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { run } from 'axe-core';
import { beforeEach, expect, it } from 'vitest';
import { FORECAST, staffingOf } from '../dev/reckoned';
import { queries } from '../queries';
import { queue } from '../samples';
import { network, page, show } from '../test-page';
import { busyHalves, daysOf, type ForecastHalf } from './forecast-api';
import StaffingPage from './staffing-page';

beforeEach(() => queries.clear());

it('shows the week, its holiday and its error beside the naive one, and reckons a half hour', async () => {
  const asked = network((_, path) => {
    if (path.startsWith('/queues/support/forecast')) return [200, FORECAST('2026-11-23')];
    return path === '/staffing' ? [200, staffingOf()] : [200, { items: [], next: null }];
  });
  show({ queues: [queue('support')] });
  const { container } = await page(<StaffingPage />);
  expect(await screen.findByText(/misses 18% of the calls. “As a week before” misses 26%/)).toBeTruthy();
  const days = within(screen.getByRole('group', { name: 'Days' })).getAllByRole('button');
  expect(days.length).toBe(7);
  expect(days[3]?.textContent).toContain('Võidupüha');
  await userEvent.click(days[3] as HTMLElement);
  expect(screen.getByText('No calls are expected on this day.')).toBeTruthy();
  await userEvent.click(days[1] as HTMLElement);
  const row = within(screen.getByRole('region', { name: 'Half hours of the day' })).getAllByRole('row')[3];
  await userEvent.click(within(row as HTMLElement).getByRole('button'));
  expect(asked.find(each => each.path === '/staffing')?.body).toMatchObject({
    interval_minutes: 30,
    handle_seconds: 184,
    patience_seconds: 95,
  });
  expect((await run(container)).violations).toEqual([]);
});

it('says what a queue without enough past needs', async () => {
  network((_, path) => [200, path.includes('/forecast') ? FORECAST('', true) : { items: [], next: null }]);
  show({ queues: [queue('support')] });
  await page(<StaffingPage />);
  expect(await screen.findByText(/it needs calls of at least 14 days/)).toBeTruthy();
});

const half = (at: string, calls: number): ForecastHalf => ({
  at,
  calls,
  low: 0,
  high: 9,
  agents: 1,
  open: true,
  special: '',
});

it('makes days by the clock of the zone, also when it changes', () => {
  const begin = Date.parse('2026-10-24T21:00:00Z');
  const items = Array.from({ length: 98 }, (_, n) =>
    half(new Date(begin + n * 1_800_000).toISOString(), n % 7),
  );
  const days = daysOf({ items, time_zone: 'Europe/Tallinn' });
  expect(days.map(each => [each.day, each.halves.length])).toEqual([
    ['2026-10-25', 50],
    ['2026-10-26', 48],
  ]);
  expect(
    busyHalves([0, 0, 3, 0, 2, 0].map((calls, n) => half(String(n), calls))).map(each => each.calls),
  ).toEqual([3, 0, 2]);
});
