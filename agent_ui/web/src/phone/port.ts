/** The phone as the rest of the panel sees it: no word of SIP or of the library behind it. */

import type { Ending, Line } from './line';
import type { Counted } from './quality';

export interface Credentials {
  asterisk: string;
  websocket_url: string;
  uri: string;
  username: string;
  password: string;
  ice_servers?: { urls: string | string[]; username?: string; credential?: string }[];
}

/** `away`: the telephone system cannot be reached. `refused`: it can, and does not take this phone; `status` says how. */
export type Registration =
  | { state: 'connecting' | 'registered' | 'away' | 'off' }
  | { state: 'refused'; status: number | null };

export interface PhoneEar {
  registration(registration: Registration): void;
  /** A new line, or one that changed. */
  line(line: Line): void;
  ended(line: Line, ending: Ending): void;
  /** The line's sound from the far side. */
  sound(line: Line, stream: MediaStream): void;
}

export interface Phone {
  register(password?: string): void;
  /** An outgoing call of the phone itself, such as the echo test. */
  dial(number: string, microphone: MediaStream): void;
  answer(id: string, microphone: MediaStream): void;
  decline(id: string): void;
  hangUp(id: string): void;
  /** Lets go of a line that Asterisk has given up already. */
  drop(id: string): void;
  hold(id: string): void;
  resume(id: string): void;
  mute(id: string, on: boolean): void;
  digits(id: string, digits: string): void;
  /** From now on this microphone; calls go on. */
  speakWith(microphone: MediaStream): void;
  counted(id: string): Promise<Counted | null>;
  /** The page goes away: says good-bye in a way that makes Asterisk keep the callers for us. */
  leave(): void;
  /** For good; lines that are up are left as by `leave`. */
  stop(): void;
}

export type OpenPhone = (credentials: Credentials, ear: PhoneEar) => Phone;
