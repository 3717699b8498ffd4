// @vitest-environment happy-dom

import { fireEvent, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { Call } from '../protocol';
import { card, segment } from '../samples';
import { page, show } from '../test-page';
import { RecordingLight } from './light';

const talking = (more: Partial<Call>) =>
  card('c1', { segments: [segment('agent1')], waiting: false, ...more });

it('shows nothing where nothing is recorded', async () => {
  show({});
  await page(<RecordingLight call={talking({ recording: null })} />);
  expect(screen.queryByRole('button')).toBeNull();
});

it('says whether it is paused, in words and not by colour alone', async () => {
  show({});
  await page(<RecordingLight call={talking({ recording: 'paused' })} />);
  expect(screen.getByRole('button', { pressed: true }).textContent).toContain('Recording paused');
  expect(screen.getByRole('status').textContent).toBe('Recording paused');
});

it.each(['click', 'key'])(
  'tells loudly that a pause by %s did not come about, and goes on showing that it records',
  async how => {
    show({});
    await page(<RecordingLight call={talking({ recording: 'on' })} />);
    if (how === 'click') await userEvent.click(screen.getByRole('button'));
    else fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK' });
    expect((await screen.findByRole('alert')).textContent).toContain('could NOT be paused');
    expect(screen.getByRole('button', { pressed: false }).textContent).toContain('Pause for card data');
  },
);
