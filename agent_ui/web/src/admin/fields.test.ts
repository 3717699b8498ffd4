import { expect, it } from 'vitest';
import { asteriskLines, levelsOf, queueFields, rowsOf, userFields } from './fields';

function form(fields: Record<string, string | string[]>): FormData {
  const data = new FormData();
  for (const [name, values] of Object.entries(fields))
    for (const value of [values].flat()) data.append(name, value);
  return data;
}

it('reads skills from rows, and back', () => {
  expect(levelsOf([...rowsOf({ estonian: 5 }), { name: '  ', level: '1' }])).toEqual({ estonian: 5 });
  expect(levelsOf([...rowsOf({ estonian: 5 }), { name: ' estonian ', level: '2' }])).toBeNull();
});

it('says a queue in the server’s words', () => {
  const given = form({
    mode: 'direct',
    target_seconds: '15',
    max_wait_seconds: '200',
    wrap_up_seconds: '0',
    wrap_up_required: 'on',
    agents: ['agent1', 'agent2'],
    recording_keep_days: '',
    pop_on: 'answer',
    pop_url: ' ',
    auto_pause: 'on',
  });
  expect(queueFields(given)).toEqual({
    mode: 'direct',
    wrap_up_seconds: 0,
    wrap_up_required: true,
    agents: ['agent1', 'agent2'],
    recording_keep_days: null,
    pop_on: 'answer',
    pop_url: null,
    auto_pause: true,
  });
  expect(queueFields(form({ recording_keep_days: '0' }))).toMatchObject({
    recording_keep_days: 0,
    auto_pause: false,
  });
});

it('keeps what the form does not let one change', () => {
  const fields = userFields(form({ name: 'Ad Min', queues: [], password: '' }), {}, { role: 'admin' });
  expect(fields).toMatchObject({
    name: 'Ad Min',
    role: 'admin',
    queues: [],
    language: null,
    phone: 'browser',
  });
  expect('password' in fields).toBe(false);
});

it('names the queue in every line that Asterisk needs', () => {
  const direct = asteriskLines('billing', 'direct').map(each => each.lines);
  expect(direct.every(lines => lines.includes('billing'))).toBe(true);
  expect(direct.join()).toContain('[helin-direct]');
  expect(
    asteriskLines('billing', 'assist')
      .map(each => each.lines)
      .join(),
  ).not.toContain('helin-direct');
});
