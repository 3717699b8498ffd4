import { expect, it } from 'vitest';
import { blocksOf, marked } from './body';

it('takes a text apart', () => {
  expect(blocksOf('# When\nIt is due\nat once\n\n- one\n- two\n1) first\n\n<b>x</b>')).toEqual([
    { kind: 'heading', text: 'When' },
    { kind: 'text', text: 'It is due\nat once' },
    { kind: 'list', numbered: false, items: ['one', 'two'] },
    { kind: 'list', numbered: true, items: ['first'] },
    { kind: 'text', text: '<b>x</b>' },
  ]);
  expect(blocksOf('')).toEqual([]);
});

it('marks what was looked for, without accents and case', () => {
  const hits = (text: string, typed: string) =>
    marked(text, typed)
      .filter(each => each.hit)
      .map(each => each.text);
  expect(hits('Müük ja müügiarve', 'muu')).toEqual(['Müük', 'müügiarve']);
  expect(hits('Tagastamine', '')).toEqual([]);
  expect(
    marked('a-b', 'b')
      .map(each => each.text)
      .join(''),
  ).toBe('a-b');
});
