/** Whether alarms sound and are notified on this computer; neither unless somebody asks for it. */

export interface Wishes {
  sound: boolean;
  notify: boolean;
}

const KEY = 'helin.alarms';

export function wishes(): Wishes {
  const kept = (localStorage.getItem(KEY) ?? '').split(',');
  return { sound: kept.includes('sound'), notify: kept.includes('notify') };
}

export function keepWishes({ sound, notify }: Wishes): void {
  localStorage.setItem(KEY, [sound && 'sound', notify && 'notify'].filter(Boolean).join(','));
}

let context: AudioContext | null = null;

/** Three falling notes: unlike a ring, unlike an offer. */
export function alert(): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    for (const [n, pitch] of [880, 698, 554].entries()) note(context, pitch, n * 0.2);
  } catch {
    context = null;
  }
}

function note(on: AudioContext, pitch: number, after: number): void {
  const tone = on.createOscillator();
  const volume = on.createGain();
  const begin = on.currentTime + after;
  tone.type = 'triangle';
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.12, begin + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0005, begin + 0.4);
  tone.connect(volume).connect(on.destination);
  tone.start(begin);
  tone.stop(begin + 0.45);
}
