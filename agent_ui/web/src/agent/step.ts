/** What is to be done after a call: a callback, a ticket, a task, or nothing. Pure. */

import { dayAt, instantOf } from '../zones';

export const STEPS = ['callback', 'ticket', 'task'] as const;
export type StepKind = (typeof STEPS)[number];

export interface Step {
  kind: StepKind | '';
  /** What is to be done; for a ticket its subject. Empty: what the note begins with. */
  text: string;
  /** A wall time in `zone`. */
  due: string;
  zone: string;
  anyone: boolean;
}

export const NO_STEP: Step = {
  kind: '',
  text: '',
  due: '',
  zone: '',
  anyone: false,
};

/** A step of this kind as it is proposed: tomorrow at ten, where the customer is. */
export function proposed(kind: StepKind | '', zone: string, now: number): Step {
  return {
    ...NO_STEP,
    kind,
    zone,
    due: kind === 'callback' || kind === 'task' ? dayAt(now, zone, 1, 10) : '',
  };
}

/** A result with what it proposes to do next, unless the agent has set something else themselves. */
export function chosen(
  result: { key: string; next: StepKind | null },
  before: { next: StepKind | null } | undefined,
  step: Step,
  zone: string,
  now: number,
): { disposition: string; step?: Step } {
  const free = !step.kind || step.kind === before?.next;
  const suggested = result.next !== step.kind && free;
  return { disposition: result.key, ...(suggested ? { step: proposed(result.next ?? '', zone, now) } : {}) };
}

export interface About {
  call: string;
  contact: string;
  number: string | null;
  note: string;
  /** The result's word, for a step that nobody has described. */
  result: string;
}

/** The words of a step: its own, else the first line of the note, else the result. */
export function wordsOf(step: Step, { note, result }: About): string {
  const line = note.trim().split('\n', 1)[0]?.trim();
  return (step.text.trim() || line || result).slice(0, 200);
}

/** The step as the `wrap_up` command takes it. A ticket has the note below its subject. */
export function nextOf(step: Step, about: About): Record<string, string> {
  if (!step.kind) return {};
  const words = wordsOf(step, about);
  if (step.kind === 'ticket') {
    const { note } = about;
    const text = !note || note.startsWith(words) ? note || words : `${words}\n\n${note}`;
    return { next: 'ticket', next_text: text.slice(0, 1_000) };
  }
  return {
    next: step.kind,
    next_text: words,
    next_at: new Date(instantOf(step.due, step.zone)).toISOString(),
    next_zone: step.zone,
    ...(step.anyone ? { next_owner: 'anyone' } : {}),
  };
}

export type Lack = 'words' | 'time' | 'past' | 'contact' | 'nobody';

/** What a step still needs before it can be kept. */
export function lackOf(step: Step, about: About, now: number): Lack | null {
  if (!step.kind) return null;
  if (step.kind === 'ticket') return !about.contact ? 'contact' : wordsOf(step, about) ? null : 'words';
  const due = instantOf(step.due, step.zone);
  if (Number.isNaN(due)) return 'time';
  if (due < now) return 'past';
  if (step.kind === 'callback' && !about.contact && !about.number) return 'nobody';
  return wordsOf(step, about) ? null : 'words';
}
