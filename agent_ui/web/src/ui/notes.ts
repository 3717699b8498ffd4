/** Notes that this page plays by itself, where the browser lets a page sound; a page that may not stays silent. */

let context: AudioContext | null = null;

interface Tune {
  /** Hertz, one after the other. */
  pitches: number[];
  /** Seconds from one note to the next, and how long each takes to fade. */
  every: number;
  fades: number;
  wave: OscillatorType;
  /** 0 to 1. */
  loudness: number;
}

/** Two soft notes, for an offer: quieter and lower than a ring. */
export const OFFER: Tune = { pitches: [587, 784], every: 0.18, fades: 0.5, wave: 'sine', loudness: 0.06 };
/** Three falling notes, for an alarm: unlike a ring, unlike an offer. */
export const ALARM: Tune = {
  pitches: [880, 698, 554],
  every: 0.2,
  fades: 0.4,
  wave: 'triangle',
  loudness: 0.12,
};

export function play(tune: Tune): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    for (const [n, pitch] of tune.pitches.entries()) note(context, tune, pitch, n * tune.every);
  } catch {
    context = null;
  }
}

function note(on: AudioContext, { wave, loudness, fades }: Tune, pitch: number, after: number): void {
  const tone = on.createOscillator();
  const volume = on.createGain();
  const begin = on.currentTime + after;
  tone.type = wave;
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(loudness, begin + 0.025);
  volume.gain.exponentialRampToValueAtTime(0.0005, begin + fades);
  tone.connect(volume).connect(on.destination);
  tone.start(begin);
  tone.stop(begin + fades + 0.05);
}
