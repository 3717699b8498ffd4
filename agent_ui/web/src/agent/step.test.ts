import { expect, it } from 'vitest';
import { type About, lackOf, NO_STEP, proposed, taskOf, ticketOf, wordsOf } from './step';

const now = Date.parse('2026-11-27T10:30:00Z');
const about: About = {
  call: 'c1',
  contact: '17',
  number: '+37255501234',
  note: 'Send the offer\nbefore Friday',
  result: 'Call back',
};

it('proposes tomorrow at ten where the customer is', () => {
  const step = proposed('callback', 'America/New_York', now);
  expect(taskOf(step, about)).toEqual({
    kind: 'callback',
    text: 'Send the offer',
    due_at: '2026-11-28T15:00:00.000Z',
    time_zone: 'America/New_York',
    call: 'c1',
    contact: '17',
    number: '+37255501234',
  });
  expect(lackOf(step, about, now)).toBeNull();
});

it('may be for anyone; a task has no number', () => {
  const step = { ...proposed('task', 'Europe/Tallinn', now), anyone: true };
  expect(taskOf(step, { ...about, contact: '' })).toMatchObject({ kind: 'task', owner: null });
  expect(taskOf(step, about)).not.toHaveProperty('number');
});

it('makes a ticket of the note', () => {
  const step = { ...proposed('ticket', 'Europe/Tallinn', now), ticket: 'bug' as const };
  expect(ticketOf(step, about)).toEqual({
    contact: '17',
    call: 'c1',
    kind: 'bug',
    subject: 'Send the offer',
    text: about.note,
  });
});

it('says what is missing', () => {
  const step = proposed('callback', 'Europe/Tallinn', now);
  expect(lackOf(NO_STEP, about, now)).toBeNull();
  expect(lackOf({ ...step, due: '' }, about, now)).toBe('time');
  expect(lackOf({ ...step, due: '2026-11-27T12:00' }, about, now)).toBe('past');
  expect(lackOf(step, { ...about, note: ' ', result: '' }, now)).toBe('words');
  expect(lackOf(proposed('ticket', 'Europe/Tallinn', now), { ...about, contact: '' }, now)).toBe('contact');
  expect(wordsOf({ ...step, text: ' mine ' }, about)).toBe('mine');
});
