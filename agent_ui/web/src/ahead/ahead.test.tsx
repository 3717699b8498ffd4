// @vitest-environment happy-dom

import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NEXT, PRICE } from '../dev/reckoned';
import { queries } from '../queries';
import { agent, ME, queue } from '../samples';
import { StateSwitch } from '../shell/state-switch';
import { SteerMenu } from '../steer/steer-menu';
import { type Answer, network, page, show, socket } from '../test-page';
import { NextLine } from './next-line';

const REASONS = [
  { key: 'lunch', labels: { en: 'Lunch' }, kind: 'rest', limit_minutes: 30, position: 0, active: true },
];

let asked: { path: string }[];
let close = () => {};

afterEach(() => {
  cleanup();
  close();
});

beforeEach(() => {
  queries.clear();
  asked = network((_, path): Answer => {
    if (path === '/next-half-hour') return [200, NEXT()];
    if (path.includes('/pause-price'))
      return [200, PRICE(new URLSearchParams(path.split('?')[1]).get('reason') ?? '')];
    if (path === '/pause-reasons') return [200, { items: REASONS, next: null }];
    return [200, path === '/me' ? { login: 'agent1', name: 'Agent One', role: 'agent' } : { items: [] }];
  });
});

it('says in a line what to expect of a queue, and from which numbers', async () => {
  show({});
  await page(<NextLine queue="support" />);
  expect(await screen.findByText(/84 % in time · wait 0:0?9 · lost 0.5/)).toBeTruthy();
  expect(screen.getByText('112 %')).toBeTruthy();
  expect(screen.getByText('2 free, 7 in a call')).toBeTruthy();
  cleanup();
  await page(<NextLine queue="night" />);
  expect(screen.queryByText(/Next 30 min/)).toBeNull();
});

it('shows a pause’s price before it is taken, and pauses with the same two keys', async () => {
  const me = agent('agent1');
  const end = await socket({ agent: me, agents: [me], queues: [queue('support')] });
  close = end.close;
  await page(<StateSwitch />);
  await userEvent.keyboard('p');
  await userEvent.hover(await screen.findByRole('menuitem', { name: /Lunch/ }));
  expect(await screen.findByText(/84 % → 76 %, longest wait 0:38 → 1:01/)).toBeTruthy();
  screen.getByRole('menuitem', { name: /Lunch/ }).focus();
  await userEvent.keyboard('1');
  expect(end.given).toEqual([{ name: 'pause', args: { reason: 'lunch' } }]);
});

it('shows a supervisor the price of a pause that they force', async () => {
  const boss = { ...ME, login: 'boss', role: 'supervisor' as const, can: ['force_state'] };
  ({ close } = await socket({ me: boss, agents: [agent('agent2')] }));
  await page(<SteerMenu agent={agent('agent2')} name="Agent Two" />);
  await userEvent.click(screen.getByRole('button'));
  await userEvent.hover(await screen.findByRole('menuitem', { name: /Lunch/ }));
  expect(await screen.findByText(/service level 84 % → 76 %/)).toBeTruthy();
  expect(asked.map(each => each.path)).toContain('/agents/agent2/pause-price?reason=lunch');
});
