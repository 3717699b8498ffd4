import { expect, it } from 'vitest';
import { fileQuery } from './api';
import { guessedOf, listName, refusedCsv, remapped, sent, wholeLines } from './columns';

const bytes = (text: string) => new TextEncoder().encode(text);

it('cuts a large file behind a whole line, also where letters have two bytes', () => {
  expect(wholeLines(bytes('a;b\n1;2\n3;õ').subarray(0, 11))).toBe(8);
  expect(wholeLines(bytes('only one'))).toBe(8);
  const wide = Uint8Array.from([0xff, 0xfe, 97, 0, 10, 0, 98, 0]);
  expect(wholeLines(wide)).toBe(6);
});

it('tells a workbook from a text by its name', () => {
  expect(sent(new File(['a'], 'A.XLSX', { type: '' })).type).toContain('spreadsheetml');
  expect(sent(new File(['a'], 'a.csv', { type: 'application/vnd.ms-excel' })).type).toBe('text/csv');
});

it('names columns to the server, several numbers too', () => {
  const columns = { number: ['Mobiil', 'Kodu'], name: ['Nimi'] };
  expect(guessedOf(columns)).toEqual({ Mobiil: 'number', Kodu: 'number', Nimi: 'name' });
  const map = remapped({}, columns, 'Töö', 'number');
  expect(map).toEqual({ Mobiil: 'number', Kodu: 'number', Töö: 'number' });
  expect(remapped({ Nimi: 'name' }, columns, 'Klient', 'name')).toEqual({ Klient: 'name' });
  const file = {
    list: 'aprill',
    dedupe: 'list' as const,
    country: '',
    source: '',
    cost: '',
    basis: '',
    basis_text: '',
    map: { ...map, Märkus: '' },
  };
  const asked = new URLSearchParams(fileQuery(file));
  expect([...asked]).toEqual([
    ['list', 'aprill'],
    ['dedupe', 'list'],
    ['map', 'number=Mobiil,Kodu,Töö'],
  ]);
});

it('makes a file of refused rows that no spreadsheet runs', () => {
  const csv = refusedCsv([{ row: 3, reason: '=cmd() "x"' }], ['Row', 'Reason']);
  expect(csv).toBe('\uFEFF"Row";"Reason"\r\n"3";"\'=cmd() ""x"""\r\n');
  expect(listName('aprill.2026.csv')).toBe('aprill.2026');
});
