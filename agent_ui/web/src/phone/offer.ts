/** Whether a call that comes can be understood at all. Pure. */

/** Formats that need no name in a description. */
const FIXED: Record<string, string> = { 0: 'pcmu', 8: 'pcma', 9: 'g722' };
const NO_VOICE = new Set(['telephone-event', 'cn']);

/**
 * Whether a description of sound (SDP) offers a format of these (`audio/PCMU`). Without this question a browser answers a call in which neither side
 * will ever hear the other. What offers nothing yet is understood.
 */
export function understands(sdp: string, formats: string[]): boolean {
  const sound = /^m=audio \d+ \S+ (.+)$/m.exec(sdp)?.[1];
  if (sound === undefined) return true;
  const named = new Map(
    [...sdp.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm)].map(([, number, name]) => [number, name?.toLowerCase()]),
  );
  const known = new Set(formats.map(format => format.replace(/^audio\//i, '').toLowerCase()));
  return sound.split(/\s+/).some(number => {
    const name = named.get(number) ?? FIXED[number];
    return name !== undefined && !NO_VOICE.has(name) && known.has(name);
  });
}
