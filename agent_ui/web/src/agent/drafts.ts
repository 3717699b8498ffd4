/**
 * What an agent has typed about a call and not saved yet. It is kept in this browser, so that a reload or a crash loses nothing,
 * for a day at most and not beyond sign-out: it may be about a customer.
 */

import { useCallback } from 'react';
import { create } from 'zustand';

export interface Draft {
  note: string;
  disposition: string;
  /** Whose call it was, where the agent had to choose. */
  contact: string;
}

const NOTHING: Draft = { note: '', disposition: '', contact: '' };
const PREFIX = 'helin.draft.';
const KEPT = 24 * 3600_000;

const useDrafts = create<Record<string, Draft>>(() => ({}));

export function useDraft(login: string, call: string): [Draft, (change: Partial<Draft>) => void] {
  const key = `${PREFIX}${login}.${call}`;
  const draft = useDrafts(drafts => drafts[key]) ?? read(key);
  const change = useCallback(
    (part: Partial<Draft>) => {
      const next = { ...(useDrafts.getState()[key] ?? read(key)), ...part };
      useDrafts.setState({ [key]: next });
      localStorage.setItem(key, JSON.stringify({ ...next, at: Date.now() }));
    },
    [key],
  );
  return [draft, change];
}

export function dropDraft(login: string, call: string): void {
  const key = `${PREFIX}${login}.${call}`;
  localStorage.removeItem(key);
  useDrafts.setState({ [key]: NOTHING });
}

/** All of them, or those that are over a day old. */
export function sweepDrafts(all: boolean, now = Date.now()): void {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const kept = parse(localStorage.getItem(key));
    if (all || typeof kept?.at !== 'number' || now - kept.at > KEPT) localStorage.removeItem(key);
  }
  if (all) useDrafts.setState({}, true);
}

function read(key: string): Draft {
  const kept = parse(localStorage.getItem(key));
  if (!kept) return NOTHING;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { note: text(kept.note), disposition: text(kept.disposition), contact: text(kept.contact) };
}

function parse(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
