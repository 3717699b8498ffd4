// @vitest-environment happy-dom

import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { run } from 'axe-core';
import { beforeEach, expect, it } from 'vitest';
import { SHIFTS, SHIFTS_TAKEN } from '../dev/reckoned';
import { queries } from '../queries';
import { network, page, show } from '../test-page';
import { ShiftsPart } from './shifts';

beforeEach(() => queries.clear());

it('takes a file, says what became of its rows, and removes a shift', async () => {
  const asked = network((method, path) => {
    if (path.startsWith('/shifts/file')) return [200, SHIFTS_TAKEN];
    if (method === 'DELETE') return [204, null];
    return [200, path.startsWith('/shifts') ? { items: SHIFTS(), next: null } : { items: [], next: null }];
  });
  show({});
  const { container } = await page(<ShiftsPart />);
  expect(await screen.findAllByRole('row')).toHaveLength(4);
  expect(screen.getByText('Break')).toBeTruthy();
  const file = new File(['agent,begin,end\n'], 'week.csv', { type: 'text/csv' });
  await userEvent.upload(screen.getByLabelText('Shifts from a CSV file'), file);
  expect(await screen.findByText('Rows added: 1; already there: 1; refused: 1.')).toBeTruthy();
  expect(screen.getByText("Line 4: There is no user 'mari'.")).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: /^Remove agent2/ }));
  expect(asked.some(each => each.method === 'DELETE' && each.path === '/shifts/3')).toBe(true);
  expect((await run(container)).violations).toEqual([]);
});

it('says what to do where nothing is planned, and why a file was not taken', async () => {
  network((_, path) =>
    path.startsWith('/shifts/file')
      ? [422, { detail: 'file: the first line must name the columns agent, begin, end.' }]
      : [200, { items: [], next: null }],
  );
  show({});
  await page(<ShiftsPart />);
  expect(await screen.findByText(/Nothing is planned for the next days/)).toBeTruthy();
  await userEvent.upload(screen.getByLabelText('Shifts from a CSV file'), new File(['x'], 'x.csv'));
  expect((await screen.findByRole('alert')).textContent).toContain('the first line must name');
});
