/**
 * One line of the phone (a call as SIP has it) and the one state it is in. Pure.
 *
 * The table is all there is: what is not in it does not happen, so an event that comes late or twice changes nothing.
 */

export type LineState = 'ringing' | 'dialling' | 'answering' | 'talking' | 'hold' | 'ended';
export type LineEvent = 'answer' | 'connect' | 'hold' | 'resume' | 'end';

export const NEXT: Record<LineState, Partial<Record<LineEvent, LineState>>> = {
  ringing: { answer: 'answering', end: 'ended' },
  dialling: { connect: 'talking', end: 'ended' },
  answering: { connect: 'talking', end: 'ended' },
  talking: { hold: 'hold', end: 'ended' },
  hold: { resume: 'talking', end: 'ended' },
  ended: {},
};

export interface Line {
  id: string;
  state: LineState;
  /** Asterisk's name for the whole call (its linkedid), if the dialplan tells it. */
  call: string | null;
  /** What the other side shows: text, never markup. */
  number: string;
  name: string;
  muted: boolean;
  /** Asterisk says that it rings because the agent has just clicked to call: it is answered by itself. */
  wanted: boolean;
}

/** The line after the event; the very same line when the event means nothing in its state. */
export function lineAfter(line: Line, event: LineEvent): Line {
  const state = NEXT[line.state][event];
  return state ? { ...line, state } : line;
}

export function isUp(line: Line): boolean {
  return line.state === 'talking' || line.state === 'hold';
}

/** How a line ended; `system`: the browser could not. `cause` is Q.850's number from the Reason header, `status` the SIP answer that refused it. */
export interface Ending {
  by: 'here' | 'there' | 'system';
  cause: number | null;
  status: number | null;
}

const LOST = new Set([27, 44]);

/** Asterisk gave up a phone that it could not hear, and will ring it again for the same caller. */
export function wasLost({ by, cause }: Ending): boolean {
  return by === 'there' && cause !== null && LOST.has(cause);
}

/** `Q.850;cause=44;text="…"` → 44. */
export function causeIn(reason: string | undefined): number | null {
  const found = /Q\.850\s*;.*?cause\s*=\s*(\d{1,3})/i.exec(reason ?? '')?.[1];
  return found ? Number(found) : null;
}

/** Whether the panel's card and the phone's line are one call: a card's id ends with Asterisk's own. */
export function sameCall(cardId: string, call: string | null): boolean {
  return call !== null && call !== '' && (cardId === call || cardId.endsWith(`-${call}`));
}

/** The line that belongs to a card: by the call's name, else by its number, else the only one that nobody else can have. */
export function lineOf(
  lines: Line[],
  card: { id: string; number: string | null },
  cards: number,
): Line | undefined {
  const named = lines.find(line => sameCall(card.id, line.call));
  if (named) return named;
  const numbered = lines.filter(line => line.number !== '' && line.number === card.number);
  if (numbered.length === 1) return numbered[0];
  return lines.length === 1 && cards === 1 ? lines[0] : undefined;
}
