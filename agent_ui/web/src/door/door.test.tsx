// @vitest-environment happy-dom

import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it } from 'vitest';
import { speak } from '../i18n';
import { queries } from '../queries';
import SignIn from '../shell/sign-in';
import { type Answer, network, page } from '../test-page';

beforeEach(() => queries.clear());

async function tryWith(answer: Answer): Promise<void> {
  network(() => answer);
  await page(<SignIn />);
  await userEvent.type(screen.getByLabelText('User name'), ' agent1 ');
  await userEvent.type(screen.getByLabelText('Password'), 'secret{Enter}');
}

it.each<[Answer, string]>([
  [[401, { detail: 'x' }], 'The user name or the password is not right.'],
  [[429, {}, { 'Retry-After': '150' }], 'Too many tries. Please wait 3 minutes and try again.'],
  [[429, {}], 'Too many tries. Please wait a minute and try again.'],
  [[503, {}], 'The server cannot be reached at the moment. Trying again by itself.'],
  [[500, {}], 'Signing in did not work. Please try again.'],
])('says what is wrong as a sentence: %j', async (answer, sentence) => {
  await tryWith(answer);
  expect((await screen.findByRole('alert')).textContent).toBe(sentence);
});

it('signs in with what was typed', async () => {
  const user = { login: 'agent1', name: 'Agent One', role: 'agent' };
  const asked = network(() => [200, { token: 't', user }]);
  await page(<SignIn />);
  await userEvent.type(screen.getByLabelText('User name'), ' agent1 ');
  await userEvent.type(screen.getByLabelText('Password'), ' secret {Enter}');
  expect(asked).toEqual([
    { method: 'POST', path: '/session', body: { login: 'agent1', password: ' secret ' } },
  ]);
  expect(queries.getQueryData(['me'])).toEqual(user);
});

it('changes its language while one looks', async () => {
  await page(<SignIn />);
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeTruthy();
  await act(() => speak('et'));
  expect(screen.getByRole('button', { name: 'Logi sisse' })).toBeTruthy();
  expect(document.documentElement.lang).toBe('et');
  expect(localStorage.getItem('helin.language')).toBe('et');
});
