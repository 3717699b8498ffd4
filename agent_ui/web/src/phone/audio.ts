/**
 * Sound: the microphone, the far side's voice, the ring. One AudioContext for the page, made at its first use: one for each call stops
 * working after some twenty calls.
 *
 * A microphone that is missing or lost ends no call. In its place comes silence, which keeps the line alive, and `trouble` says so.
 */

export type MicrophoneTrouble =
  | 'ask'
  | 'denied'
  | 'missing'
  | 'busy'
  | 'insecure'
  | 'lost'
  | 'quiet'
  | 'failed';
export type Kind = 'ring' | 'speaker' | 'microphone';

export interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

export interface SoundEar {
  microphone(trouble: MicrophoneTrouble | null): void;
  /** The page may not sound before somebody clicks in it. */
  blocked(blocked: boolean): void;
  /** Another microphone than before: whoever talks should talk with it. */
  changed(microphone: MediaStream): void;
}

export interface Sound {
  /** The microphone, or silence if there is none. Never fails. */
  microphone(): Promise<MediaStream>;
  /** Closes the microphone: the browser's sign that it listens goes out. */
  release(): void;
  play(line: string, stream: MediaStream): void;
  silence(line: string): void;
  ring(on: boolean): void;
  /** How loud the microphone is just now, 0 to 1. */
  level(): number;
  /** The own voice comes back a second later, until the returned function is called. */
  echo(): Promise<() => void>;
  devices(): Promise<Devices>;
  chosen(kind: Kind): string;
  choose(kind: Kind, id: string): Promise<void>;
  /** After a click: whatever was not allowed to sound may now. */
  wake(): void;
}

const shelf = (kind: Kind) => `helin.device.${kind}`;

export function openSound(ear: SoundEar): Sound {
  const voices = new Map<string, HTMLAudioElement>();
  let context: AudioContext | null = null;
  let open: MediaStream | null = null;
  let opening: Promise<MediaStream> | null = null;
  let meter: {
    analyser: AnalyserNode;
    source: MediaStreamAudioSourceNode;
    heard: Float32Array<ArrayBuffer>;
  } | null = null;
  let bell: { source: AudioBufferSourceNode; element: HTMLAudioElement } | null = null;

  function audible(): AudioContext {
    context ??= new AudioContext();
    if (context.state === 'suspended') void context.resume().catch(() => undefined);
    return context;
  }

  async function capture(): Promise<MediaStream> {
    if (!navigator.mediaDevices?.getUserMedia) return without('insecure');
    const wanted = localStorage.getItem(shelf('microphone'));
    try {
      const stream = await asked(wanted);
      ear.microphone(null);
      watch(stream);
      return stream;
    } catch (problem) {
      return without(troubleOf(problem));
    }
  }

  async function asked(wanted: string | null): Promise<MediaStream> {
    const clear = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    if (wanted) {
      try {
        return await navigator.mediaDevices.getUserMedia({
          audio: { ...clear, deviceId: { exact: wanted } },
        });
      } catch (problem) {
        // The chosen headset is not there today: any other is better than none.
        if (!(problem instanceof DOMException && /NotFound|Overconstrained/.test(problem.name)))
          throw problem;
      }
    }
    return navigator.mediaDevices.getUserMedia({ audio: clear });
  }

  function without(trouble: MicrophoneTrouble): MediaStream {
    ear.microphone(trouble);
    const sound = audible();
    const out = sound.createMediaStreamDestination();
    // A node that nothing feeds sends no packets, and Asterisk would take the phone for a dead one.
    const nothing = sound.createConstantSource();
    nothing.offset.value = 0;
    nothing.connect(out);
    nothing.start();
    return out.stream;
  }

  function watch(stream: MediaStream): void {
    const track = stream.getAudioTracks()[0];
    if (!track) return;
    track.onended = () => void replace(stream, 'lost');
    track.onmute = () => open === stream && ear.microphone('quiet');
    track.onunmute = () => open === stream && ear.microphone(null);
  }

  /** The microphone went while it was in use: silence at once, then whatever other one there is. */
  async function replace(gone: MediaStream | null, why: MicrophoneTrouble): Promise<void> {
    if (gone !== open || open === null) return;
    open = without(why);
    ear.changed(open);
    const silence = open;
    const next = await capture();
    if (open !== silence) return stopAll(next);
    open = next;
    measure();
    ear.changed(next);
  }

  function measure(): void {
    meter?.source.disconnect();
    meter = null;
    if (!open) return;
    const source = audible().createMediaStreamSource(open);
    const analyser = audible().createAnalyser();
    analyser.fftSize = 1024;
    source.connect(analyser);
    meter = { analyser, source, heard: new Float32Array(analyser.fftSize) };
  }

  function play(element: HTMLAudioElement): void {
    element.play().then(
      () => ear.blocked(false),
      problem => {
        if (problem instanceof DOMException && problem.name === 'NotAllowedError') ear.blocked(true);
      },
    );
  }

  async function outTo(element: HTMLAudioElement, kind: Kind): Promise<void> {
    const id = localStorage.getItem(shelf(kind)) ?? '';
    // A loudspeaker that is not there any more: the system's own one then.
    if ('setSinkId' in element)
      await element.setSinkId(id).catch(() => element.setSinkId('').catch(() => undefined));
  }

  navigator.mediaDevices?.addEventListener?.('devicechange', () => {
    for (const voice of voices.values()) void outTo(voice, 'speaker');
    const track = open?.getAudioTracks()[0];
    if (open && (!track || track.readyState === 'ended' || isSilence(open))) void replace(open, 'lost');
  });

  function isSilence(stream: MediaStream): boolean {
    return stream.getAudioTracks()[0]?.getSettings().deviceId === undefined;
  }

  const sound: Sound = {
    async microphone() {
      if (open) return open.clone();
      opening ??= capture().finally(() => {
        opening = null;
      });
      const stream = await opening;
      if (open === null) {
        open = stream;
        measure();
      }
      return open.clone();
    },
    release() {
      meter?.source.disconnect();
      meter = null;
      const left = open;
      open = null;
      if (left) stopAll(left);
    },
    play(line, stream) {
      const element = voices.get(line) ?? new Audio();
      voices.set(line, element);
      element.srcObject = stream;
      void outTo(element, 'speaker');
      play(element);
    },
    silence(line) {
      const element = voices.get(line);
      voices.delete(line);
      if (!element) return;
      element.pause();
      element.srcObject = null;
    },
    ring(on) {
      if (on === (bell !== null)) return;
      if (!bell) {
        bell = ringing(audible());
        void outTo(bell.element, 'ring');
        play(bell.element);
        return;
      }
      bell.source.stop();
      bell.element.pause();
      bell.element.srcObject = null;
      bell = null;
    },
    level() {
      if (!meter) return 0;
      meter.analyser.getFloatTimeDomainData(meter.heard);
      return loudness(meter.heard);
    },
    async echo() {
      const microphone = await sound.microphone();
      const source = audible().createMediaStreamSource(microphone);
      const later = audible().createDelay(2);
      later.delayTime.value = 1;
      const out = audible().createMediaStreamDestination();
      source.connect(later).connect(out);
      sound.play('echo', out.stream);
      return () => {
        source.disconnect();
        stopAll(microphone);
        sound.silence('echo');
      };
    },
    async devices() {
      const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
      return {
        microphones: all.filter(each => each.kind === 'audioinput' && each.deviceId),
        speakers: all.filter(each => each.kind === 'audiooutput' && each.deviceId),
      };
    },
    chosen: kind => localStorage.getItem(shelf(kind)) ?? '',
    async choose(kind, id) {
      localStorage.setItem(shelf(kind), id);
      if (kind === 'ring' && bell) await outTo(bell.element, 'ring');
      if (kind === 'speaker') await Promise.all([...voices.values()].map(each => outTo(each, 'speaker')));
      if (kind !== 'microphone' || !open) return;
      const before = open;
      open = await capture();
      measure();
      ear.changed(open);
      stopAll(before);
    },
    wake() {
      if (context?.state === 'suspended') void context.resume();
      for (const voice of voices.values()) play(voice);
      if (bell) play(bell.element);
    },
  };
  return sound;
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }
}

function troubleOf(problem: unknown): MicrophoneTrouble {
  const name = problem instanceof DOMException ? problem.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'failed';
}

/** 0 for silence, 1 for the loudest; as ears hear it, from -60 dB. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const level = Math.sqrt(sum / Math.max(1, samples.length));
  return level <= 0.001 ? 0 : Math.min(1, 1 + Math.log10(level) / 3);
}

/** Two soft strokes and a rest, over and over. A buffer that loops: a hidden page's timers would make it stumble. */
function ringing(context: AudioContext): { source: AudioBufferSourceNode; element: HTMLAudioElement } {
  const source = context.createBufferSource();
  source.buffer = ringBuffer(context);
  source.loop = true;
  const out = context.createMediaStreamDestination();
  source.connect(out);
  source.start();
  const element = new Audio();
  element.srcObject = out.stream;
  return { source, element };
}

const RING_SECONDS = 2.4;
const STROKES = [0, 0.36];

function ringBuffer(context: AudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, context.sampleRate * RING_SECONDS, context.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let at = 0; at < samples.length; at += 1) samples[at] = ringSample(at / context.sampleRate);
  return buffer;
}

/** A bell of two tones that fades out over a second. */
function ringSample(second: number): number {
  let sum = 0;
  for (const start of STROKES) {
    const age = second - start;
    if (age < 0) continue;
    const shape = Math.min(1, age / 0.008) * Math.exp(-3.2 * age);
    sum += shape * (Math.sin(2 * Math.PI * 660 * age) + 0.6 * Math.sin(2 * Math.PI * 880 * age));
  }
  return 0.22 * sum;
}
