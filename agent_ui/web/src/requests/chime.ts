/** Two soft notes for an offer: quieter and lower than a ring, and only where the browser lets a page sound. */

let context: AudioContext | null = null;

export function chime(): void {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    note(context, 587, 0);
    note(context, 784, 0.18);
  } catch {
    context = null;
  }
}

function note(on: AudioContext, pitch: number, after: number): void {
  const tone = on.createOscillator();
  const volume = on.createGain();
  const begin = on.currentTime + after;
  tone.type = 'sine';
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.06, begin + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0005, begin + 0.5);
  tone.connect(volume).connect(on.destination);
  tone.start(begin);
  tone.stop(begin + 0.55);
}
