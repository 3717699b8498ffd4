import { expect, it } from 'vitest';
import { type About, lackOf, NO_STEP, nextOf, proposed, wordsOf } from './step';

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
  expect(nextOf(step, about)).toEqual({
    next: 'callback',
    next_text: 'Send the offer',
    next_at: '2026-11-28T15:00:00.000Z',
    next_zone: 'America/New_York',
  });
  expect(lackOf(step, about, now)).toBeNull();
  expect(nextOf(NO_STEP, about)).toEqual({});
});

it('may be for anyone', () => {
  const step = { ...proposed('task', 'Europe/Tallinn', now), anyone: true };
  expect(nextOf(step, { ...about, contact: '' })).toMatchObject({ next: 'task', next_owner: 'anyone' });
});

it('makes a ticket of the note', () => {
  const step = proposed('ticket', 'Europe/Tallinn', now);
  expect(nextOf(step, about)).toEqual({ next: 'ticket', next_text: about.note });
  expect(nextOf({ ...step, text: 'Offer' }, about).next_text).toBe(`Offer\n\n${about.note}`);
  expect(nextOf(step, { ...about, note: '' }).next_text).toBe('Call back');
});

it('says what is missing', () => {
  const step = proposed('callback', 'Europe/Tallinn', now);
  expect(lackOf(NO_STEP, about, now)).toBeNull();
  expect(lackOf({ ...step, due: '' }, about, now)).toBe('time');
  expect(lackOf({ ...step, due: '2026-11-27T12:00' }, about, now)).toBe('past');
  expect(lackOf(step, { ...about, note: ' ', result: '' }, now)).toBe('words');
  expect(lackOf(proposed('ticket', 'Europe/Tallinn', now), { ...about, contact: '' }, now)).toBe('contact');
  expect(lackOf(step, { ...about, contact: '', number: null }, now)).toBe('nobody');
  expect(wordsOf({ ...step, text: ' mine ' }, about)).toBe('mine');
});
