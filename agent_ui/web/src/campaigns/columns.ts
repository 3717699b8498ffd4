/** What a dial list's file looks like, before it is sent. Pure. */

/** What a column may be taken for; the server's words. A column that is none of these is kept for the script. */
export const LEAD_FIELDS = [
  'number',
  'name',
  'first_name',
  'last_name',
  'external_id',
  'language',
  'time_zone',
  'country',
  'rank',
  'owner',
  'consent_basis',
  'consent_at',
  'consent_text',
] as const;

const ENDS = 0x0a;
const MARKS = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/** How many of a file's first bytes end with a whole line; all of them where there is only one. */
export function wholeLines(bytes: Uint8Array): number {
  const end = bytes.lastIndexOf(ENDS) + 1;
  if (end === 0) return bytes.length;
  // Two bytes a letter: the other half of the line's end belongs to it, too.
  const wide = MARKS.some(mark => mark.every((byte, at) => bytes[at] === byte));
  return wide ? end + (end % 2) : end;
}

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The file as it is sent. What a browser takes it for depends on the programs of the computer; here only two kinds are told apart. */
export const sent = (file: File): Blob => file.slice(0, file.size, isWorkbook(file) ? WORKBOOK : 'text/csv');

export const isWorkbook = (file: File): boolean => /\.xlsx$/i.test(file.name);

/** Header → what the server takes it for. */
export function guessedOf(columns: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(columns).flatMap(([field, headers]) => headers.map(header => [header, field])),
  );
}

/**
 * What people said of columns (header → field, empty: nothing), with one more. A field that is named is not guessed any more; of numbers there
 * may be several, so those that were guessed stay.
 */
export function remapped(
  map: Record<string, string>,
  columns: Record<string, string[]>,
  header: string,
  field: string,
): Record<string, string> {
  const numbers = field === 'number' ? (columns.number ?? []).map(each => [each, 'number'] as const) : [];
  const others = Object.entries(map).filter(([, had]) => had !== field || field === 'number');
  return { ...Object.fromEntries([...numbers, ...others]), [header]: field };
}

/** Of a file's name: the list's. */
export const listName = (file: string) => file.replace(/\.[^.]*$/, '').slice(0, 200);

/** Rows that were not taken, as a file for a spreadsheet. A cell that would be a formula there is text. */
export function refusedCsv(rows: { row: number; reason: string }[], headers: [string, string]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const lines = [headers, ...rows.map(({ row, reason }) => [String(row), reason] as const)];
  return `\uFEFF${lines.map(each => each.map(cell).join(';')).join('\r\n')}\r\n`;
}
