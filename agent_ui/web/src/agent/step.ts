/** What is to be done after a call: a callback, a ticket, a task, or nothing. Pure. */

import type { NewTask, NewTicket, TicketKind } from '../api';
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
  ticket: TicketKind;
}

export const NO_STEP: Step = {
  kind: '',
  text: '',
  due: '',
  zone: '',
  anyone: false,
  ticket: 'question',
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

export function taskOf(step: Step, about: About): NewTask {
  const { call, contact, number } = about;
  return {
    kind: step.kind === 'callback' ? 'callback' : 'task',
    text: wordsOf(step, about),
    due_at: new Date(instantOf(step.due, step.zone)).toISOString(),
    time_zone: step.zone,
    call,
    ...(step.anyone ? { owner: null } : {}),
    ...(contact ? { contact } : {}),
    ...(step.kind === 'callback' && number ? { number } : {}),
  };
}

export function ticketOf(step: Step, about: About): NewTicket {
  const { call, contact, note } = about;
  return { contact, call, kind: step.ticket, subject: wordsOf(step, about), ...(note ? { text: note } : {}) };
}

/** The step as the `wrap_up` command takes it. */
export function nextOf(step: Step, about: About): string {
  const { kind, ...rest } = step.kind === 'ticket' ? ticketOf(step, about) : taskOf(step, about);
  return JSON.stringify(
    step.kind === 'ticket' ? { kind: 'ticket', ticket: kind, ...rest } : { kind, ...rest },
  );
}

export type Lack = 'words' | 'time' | 'past' | 'contact';

/** What a step still needs before it can be kept. */
export function lackOf(step: Step, about: About, now: number): Lack | null {
  if (!step.kind) return null;
  if (step.kind === 'ticket') return !about.contact ? 'contact' : wordsOf(step, about) ? null : 'words';
  const due = instantOf(step.due, step.zone);
  if (Number.isNaN(due)) return 'time';
  if (due < now) return 'past';
  return wordsOf(step, about) ? null : 'words';
}
