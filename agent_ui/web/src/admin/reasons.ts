/** The list of what agents may pause for, while it is edited. Pure. */

import type { PauseReason } from '../api';
import type { Language } from '../i18n';

/** A row of the form. `id` tells rows apart while one types; a new one has no key yet. */
export interface Row {
  id: number;
  key: string;
  labels: Record<Language, string>;
  kind: PauseReason['kind'];
  limit: string;
  active: boolean;
}

export function rowsFrom(reasons: PauseReason[]): Row[] {
  return reasons.map((each, id) => ({
    id,
    key: each.key,
    labels: { et: each.labels.et ?? '', en: each.labels.en ?? '', ru: each.labels.ru ?? '' },
    kind: each.kind,
    limit: each.limit_minutes === null ? '' : String(each.limit_minutes),
    active: each.active,
  }));
}

export function withNew(rows: Row[]): Row[] {
  const id = Math.max(-1, ...rows.map(row => row.id)) + 1;
  return [
    ...rows,
    { id, key: '', labels: { et: '', en: '', ru: '' }, kind: 'rest', limit: '', active: true },
  ];
}

export function moved(rows: Row[], id: number, by: -1 | 1): Row[] {
  const at = rows.findIndex(row => row.id === id);
  const other = rows[at + by];
  const row = rows[at];
  if (!row || !other) return rows;
  return rows.map((each, n) => (n === at ? other : n === at + by ? row : each));
}

/** What the server is to keep, in the order of the rows. A new reason is called after its English name. */
export function reasonsOf(rows: Row[]): PauseReason[] {
  const taken = new Set(rows.map(row => row.key).filter(Boolean));
  return rows.map((row, position) => {
    const key = row.key || freeKey(row.labels.en || row.labels.et || row.labels.ru, taken);
    taken.add(key);
    const labels = Object.entries(row.labels)
      .map(([language, text]) => [language, text.trim()] as const)
      .filter(([, text]) => text);
    return {
      key,
      labels: Object.fromEntries(labels),
      kind: row.kind,
      limit_minutes: row.limit.trim() === '' ? null : Number(row.limit),
      position,
      active: row.active,
    };
  });
}

function freeKey(name: string, taken: Set<string>): string {
  const plain = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 36);
  const base = plain || 'pause';
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? base : `${base}_${n}`;
    if (!taken.has(key)) return key;
  }
}
