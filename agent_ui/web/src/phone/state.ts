/**
 * What the softphone is at, for the components, and the door to it. The phone itself (SIP, sound) is loaded only for who talks in the
 * browser; whoever uses a desk phone, or watches another window that is in charge, never fetches it.
 */

import { create } from 'zustand';
import type { MicrophoneTrouble, Sound } from './audio';
import type { Line } from './line';
import type { Registration } from './port';
import type { Quality } from './quality';

/** What went wrong with a call or with signing on, as a key of the texts under `phone.trouble.`. */
export type Trouble = 'refused' | 'away' | 'codec' | 'failed' | 'not_issued' | 'silent';

export interface Softphone {
  /** Whether this page is a phone, or will be in a moment. */
  on: boolean;
  /** By Asterisk. */
  registrations: Record<string, Registration>;
  lines: Line[];
  microphone: MicrophoneTrouble | null;
  /** The page may not sound before somebody clicks in it. */
  blocked: boolean;
  trouble: Trouble | null;
  quality: Record<string, Quality>;
}

export const AT_REST: Softphone = {
  on: false,
  registrations: {},
  lines: [],
  microphone: null,
  blocked: false,
  trouble: null,
  quality: {},
};

export const usePhone = create<Softphone>(() => AT_REST);

/** What can be done with the running phone. Lines are named by their id. */
export interface Controls {
  answer(line: string): Promise<void>;
  decline(line: string): void;
  hangUp(line: string): void;
  hold(line: string, on: boolean): void;
  mute(line: string, on: boolean): void;
  digits(line: string, digits: string): void;
  dial(number: string): Promise<void>;
  /** Signs on anew, with a new password. */
  again(): Promise<void>;
  sound: Sound;
  /** The window goes, another one takes over, or the agent signs out. */
  stop(): void;
}

let running: Controls | null = null;

export function controls(): Controls | null {
  return running;
}

/** Starts the phone of this person; the returned function ends it. */
export function startPhone(login: string): () => void {
  let wanted = true;
  usePhone.setState({ ...AT_REST, on: true });
  void import('./softphone').then(
    ({ runPhone }) => {
      if (wanted) running = runPhone(login);
    },
    () => wanted && usePhone.setState({ trouble: 'failed' }),
  );
  return () => {
    wanted = false;
    running?.stop();
    running = null;
    usePhone.setState(AT_REST);
  };
}

/** One word for all of this page's registrations: the worst that is not the only one. */
export function registrationOf({ registrations }: Softphone): Registration['state'] {
  const all = Object.values(registrations);
  for (const state of ['registered', 'refused', 'away', 'connecting'] as const)
    if (all.some(each => each.state === state)) return state;
  return 'connecting';
}
