/**
 * What an agent has typed about a call and not saved yet. It is kept in this browser, so that a reload or a crash loses nothing,
 * for a day at most and not beyond sign-out (it may be about a customer); and by the server, where the agent who gets the call next finds it.
 */

import { useCallback } from 'react';
import { create } from 'zustand';
import { isBlank, NOTHING_SAID, readSaid, type Said } from './answers';
import { NO_STEP, STEPS, type Step } from './step';

export interface Draft extends Said {
  note: string;
  disposition: string;
  /** Whose call it was, where the agent had to choose. */
  contact: string;
  step: Step;
  /** Who had begun it, when it came with the call from somebody else. */
  from: string | null;
  /** Whether anything in it was written here. */
  touched: boolean;
}

export const NOTHING: Draft = {
  note: '',
  disposition: '',
  contact: '',
  step: NO_STEP,
  ...NOTHING_SAID,
  from: null,
  touched: false,
};
/** Of everything that this browser keeps half-written. */
export const PREFIX = 'helin.draft.';
const KEPT = 24 * 3600_000;

const useDrafts = create<Record<string, Draft>>(() => ({}));

export function useDraft(login: string, call: string): [Draft, (change: Partial<Draft>) => void] {
  const key = `${PREFIX}${login}.${call}`;
  const draft = useDrafts(drafts => drafts[key]) ?? read(key);
  const change = useCallback(
    (part: Partial<Draft>) => {
      const next = { ...(useDrafts.getState()[key] ?? read(key)), touched: true, ...part };
      useDrafts.setState({ [key]: next });
      localStorage.setItem(key, JSON.stringify({ ...next, at: Date.now() }));
    },
    [key],
  );
  return [draft, change];
}

export function draftOf(login: string, call: string): Draft {
  const key = `${PREFIX}${login}.${call}`;
  return useDrafts.getState()[key] ?? read(key);
}

export function dropDraft(login: string, call: string): void {
  const key = `${PREFIX}${login}.${call}`;
  localStorage.removeItem(key);
  const { [key]: _gone, ...rest } = useDrafts.getState();
  useDrafts.setState(rest, true);
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

/** The form as the server keeps it. */
export function written({ note, disposition, contact, step, answers, path, order }: Draft): string {
  return JSON.stringify({ note, disposition, contact, step, answers, path, order });
}

/** A form from outside: what it does not have, or has in another shape, is empty. */
export function readDraft(text: string | null): Draft | null {
  const kept = parse(text);
  if (!kept) return null;
  return {
    note: word(kept.note).slice(0, 10_000),
    disposition: word(kept.disposition),
    contact: word(kept.contact),
    step: readStep(kept.step),
    ...readSaid(kept),
    from: typeof kept.from === 'string' ? kept.from : null,
    touched: kept.touched !== false,
  };
}

export function isEmpty({ note, disposition, contact, step, answers, path, order }: Draft): boolean {
  const said = Object.values(answers).some(Boolean) || path.length > 0 || !order.every(isBlank);
  return !note && !disposition && !contact && !step.kind && !said;
}

function readStep(value: unknown): Step {
  if (typeof value !== 'object' || value === null) return NO_STEP;
  const kept = value as Record<string, unknown>;
  const kind = STEPS.find(each => each === kept.kind);
  if (!kind) return NO_STEP;
  return {
    kind,
    text: word(kept.text),
    due: word(kept.due),
    zone: word(kept.zone),
    anyone: kept.anyone === true,
  };
}

const word = (value: unknown) => (typeof value === 'string' ? value : '');

/** The same object for the same text: whoever is drawn from it is not drawn again. */
let lastRead: { key: string; text: string | null; draft: Draft } | null = null;

function read(key: string): Draft {
  const text = localStorage.getItem(key);
  if (lastRead?.key === key && lastRead.text === text) return lastRead.draft;
  lastRead = { key, text, draft: readDraft(text) ?? NOTHING };
  return lastRead.draft;
}

export function parse(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
