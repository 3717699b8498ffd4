// @vitest-environment happy-dom

import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useLive } from '../live';
import { card, segment, T0 } from '../samples';
import { page, show } from '../test-page';
import { Banners } from './banners';
import { useRenewal } from './renewal';

it('offers a new version, but not while a call is up or not wrapped up yet', async () => {
  useRenewal.setState({ waiting: { postMessage: () => {} } as unknown as ServiceWorker });
  show({ calls: [card('c1', { segments: [segment('agent1')] })] });
  await page(<Banners />);
  const offer = () => screen.queryByRole('button', { name: 'Use it now' });
  expect(offer()).toBeNull();
  const ended = card('c1', { state: 'ended', segments: [segment('agent1', { ended_at: T0 })] });
  show({ calls: [] });
  act(() => useLive.setState({ desk: { ended, missed: null } }));
  expect(offer()).toBeNull();
  show({ calls: [] });
  expect(offer()).toBeTruthy();
  useRenewal.setState({ waiting: null });
});
