/** Shifts as the server keeps them. */

import { ask, type Page, query } from '../api';

export interface Shift {
  id: string;
  agent: string;
  begins_at: string;
  ends_at: string;
  kind: 'work' | 'break';
}

export interface ShiftReport {
  rows: number;
  added: number;
  same: number;
  refused: number;
  /** The first hundred of those that were refused. */
  told: { line: number; why: string }[];
}

const AHEAD = 8 * 86_400_000;

/** Those that are not over, of the next days. */
export const shiftsFrom = (from: Date, cursor: string | null) =>
  ask<Page<Shift>>(
    'GET',
    `/shifts${query({ from: from.toISOString(), to: new Date(from.getTime() + AHEAD).toISOString(), cursor, limit: '50' })}`,
  );

export const readShifts = (file: Blob, time_zone: string) =>
  ask<ShiftReport>('POST', `/shifts/file${query({ time_zone })}`, new Blob([file], { type: 'text/csv' }));

export const removeShift = (id: string) => ask<void>('DELETE', `/shifts/${encodeURIComponent(id)}`);
