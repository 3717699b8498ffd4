// @vitest-environment happy-dom

import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { useLive } from '../live';
import { begin, reduce } from '../reduce';
import { agent, card, ME, queue, snapshot, T0 } from '../samples';
import { Notices } from '../shell/notices';
import { network, page, show, socket } from '../test-page';
import { actsOn } from './acts';
import { HelpButton } from './help-button';
import { SteerMenu } from './steer-menu';
import Steering from './steering';
import { WriteButton } from './write-button';

const STEPS = ['listen', 'whisper', 'barge', 'take_over', 'stop_listening'];
const BOSS = {
  ...ME,
  login: 'boss',
  role: 'supervisor' as const,
  can: [...STEPS, 'force_state', 'move_agent', 'message'],
};
const talking = agent('agent1', { leg: 'talking', call: 'c1' });

beforeEach(() => {
  network(() => [200, { ticket: 't', url: 'ws://helin.example/panel', items: [], next: null }]);
});

test('what may be done depends on what the agent does and on the settings', () => {
  expect(actsOn(talking, BOSS.can, 'boss').calls).toEqual(['listen', 'whisper', 'barge', 'take_over']);
  expect(actsOn(talking, ['listen'], 'boss')).toMatchObject({
    calls: ['listen'],
    states: null,
    moves: false,
  });
  expect(actsOn(agent('agent1'), BOSS.can, 'boss').calls).toEqual([]);
  expect(actsOn(talking, BOSS.can, 'agent1').calls).toEqual([]);
});

test('a call for help stands on top with a click to listen, and its words are text', async () => {
  const help = { agent: 'agent1', call: 'c1', text: '<b>stuck</b>', since: T0 };
  const { given, close } = await socket({ me: BOSS, agents: [talking], calls: [card('c1')], helps: [help] });
  await page(<Steering />);
  expect(screen.getByText('<b>stuck</b>')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Listen' }));
  await userEvent.click(screen.getByRole('button', { name: 'Put away' }));
  expect(given).toEqual([
    { name: 'listen', args: { agent: 'agent1', call: 'c1' } },
    { name: 'help_over', args: { agent: 'agent1', call: 'c1' } },
  ]);
  cleanup();
  close();
});

test('whoever listens changes the mode, and the agent is told who it is', async () => {
  const one = { listener: 'boss', agent: 'agent1', call: 'c1', mode: 'listen' as const, since: T0 };
  const { given, close } = await socket({ me: BOSS, agents: [talking], listening: [one] });
  await page(<Steering />);
  expect(screen.getByRole('button', { name: 'Listen', pressed: true })).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Whisper' }));
  expect(given).toEqual([{ name: 'whisper', args: { agent: 'agent1', call: 'c1' } }]);
  cleanup();
  close();
  show({ me: { ...ME, login: 'agent1' }, listening: [one] });
  await page(<Steering />);
  expect(screen.getByText('boss listens to this call')).toBeTruthy();
});

test('the menu moves an agent and sets the state', async () => {
  const { given, close } = await socket({ me: BOSS, agents: [talking] });
  await page(<SteerMenu agent={agent('agent1', { state: 'wrap_up', queues: ['support'] })} name="One" />);
  await userEvent.click(screen.getByRole('button', { name: 'Step in: One' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'End the wrap-up' }));
  expect(given).toEqual([{ name: 'force_state', args: { agent: 'agent1', state: 'wrapped_up' } }]);
  cleanup();
  close();
});

test('an agent asks for help and takes it back', async () => {
  const { given, close } = await socket({ calls: [card('c1')] });
  await page(<HelpButton call="c1" />);
  await userEvent.click(screen.getByRole('button', { name: 'Ask for help' }));
  expect(given).toEqual([{ name: 'help', args: { call: 'c1' } }]);
  cleanup();
  close();
});

test('help and listening come and go with their events', () => {
  const start = begin(snapshot()).picture;
  const help = { agent: 'a', call: 'c', text: '', since: T0 };
  const asked = reduce(start, { type: 'help.changed', seq: 2, at: T0, help });
  expect(asked.helps).toEqual({ a: help });
  expect(reduce(asked, { type: 'help.changed', seq: 3, at: T0, help, gone: true }).helps).toEqual({});
});

test('a message stays until it is closed, as text, also when it comes again', async () => {
  localStorage.clear();
  const message = {
    type: 'message' as const,
    seq: 2,
    at: T0,
    id: 'm1',
    from: 'boss',
    text: '<script>x</script>',
  };
  show({});
  useLive.setState({ messages: [message] });
  await page(<Notices />);
  expect(screen.getByText('<script>x</script>')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(screen.queryByText('<script>x</script>')).toBeNull();
  expect(localStorage.getItem('helin.read')).toContain('m1');
});

test('a leader writes to the team, and is offered nobody else', async () => {
  const me = { ...ME, role: 'leader' as const, team: 'North', can: ['message'] };
  const { given, close } = await socket({ me, queues: [queue('support')] });
  await page(<WriteButton />);
  await userEvent.click(screen.getByRole('button', { name: 'Write a message' }));
  const text = await screen.findByRole('textbox', {}, { timeout: 10_000 });
  expect(screen.getByRole('dialog').textContent).toContain('North');
  expect(screen.queryByRole('combobox')).toBeNull();
  await userEvent.type(text, 'Well done');
  await userEvent.click(screen.getByRole('button', { name: 'Send' }));
  await waitFor(() => expect(given).toEqual([{ name: 'message', args: { all: 'yes', text: 'Well done' } }]));
  cleanup();
  close();
});
