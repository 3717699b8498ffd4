import { expect, it } from 'vitest';
import { pageOf } from './page-of';

const call = { id: 'main-1', number: '+37255501234', queue: 'support' };

it('fills in what is known, encoded', () => {
  expect(pageOf('https://crm.example/find?number={number}&c={contact}&x={other}', call, '17')).toBe(
    'https://crm.example/find?number=%2B37255501234&c=17&x=',
  );
  const hostile = { ...call, number: '"><script>/../?a=b#' };
  expect(pageOf('https://crm.example/{number}', hostile, '')).toBe(
    'https://crm.example/%22%3E%3Cscript%3E%2F..%2F%3Fa%3Db%23',
  );
});

it('goes nowhere but to pages, and lets nobody choose the host', () => {
  for (const template of ['javascript:alert({number})', 'https://{number}/', '//crm.example/', 'crm.example'])
    expect(pageOf(template, call, ''), template).toBeNull();
});
