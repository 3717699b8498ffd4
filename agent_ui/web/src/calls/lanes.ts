/** A call's story as a picture: one lane for the caller, for each queue and for each agent, with bars and marks on them. Pure. */

import type { CallFact, CallStory } from '../api';

export type BarKind = 'line' | 'wait' | 'ring' | 'talk' | 'hold';
export type MarkKind = 'missed' | 'transferred' | 'ended';

/** Times are seconds from the call's start. */
export interface Bar {
  kind: BarKind;
  from: number;
  to: number;
  estimated: boolean;
}

export interface Lane {
  kind: 'caller' | 'queue' | 'agent';
  name: string;
  bars: Bar[];
  marks: { kind: MarkKind; at: number }[];
}

export interface Picture {
  seconds: number;
  lanes: Lane[];
}

/** `until`: how far a call reaches that is still up. */
export function pictureOf(story: CallStory, until: string): Picture {
  const start = Date.parse(story.started_at);
  const second = (at: string) => (Date.parse(at) - start) / 1000;
  const end = story.ended_at ?? until;
  const seconds = Math.max(1, second(end), ...story.facts.map(fact => second(fact.at)));
  const lanes = new Map<string, Lane>();

  function lane(kind: Lane['kind'], name: string): Lane {
    const key = `${kind} ${name}`;
    const known = lanes.get(key);
    if (known) return known;
    const made: Lane = { kind, name, bars: [], marks: [] };
    lanes.set(key, made);
    return made;
  }

  const caller = lane('caller', story.number ?? '');
  caller.bars.push({ kind: 'line', from: 0, to: Math.max(0, second(end)), estimated: story.estimated });
  const open = new Map<string, Bar>();

  function begin(on: Lane, kind: BarKind, at: string, estimated: boolean): void {
    finish(on, kind, at, false);
    const bar: Bar = { kind, from: second(at), to: seconds, estimated };
    open.set(`${on.kind} ${on.name} ${kind}`, bar);
    on.bars.push(bar);
  }

  function finish(on: Lane, kind: BarKind, at: string, estimated: boolean): void {
    const key = `${on.kind} ${on.name} ${kind}`;
    const bar = open.get(key);
    if (!bar) return;
    bar.to = Math.max(bar.from, second(at));
    bar.estimated ||= estimated;
    open.delete(key);
  }

  for (const fact of story.facts) {
    const agent = text(fact, 'agent');
    const queue = text(fact, 'queue');
    const guessed = fact.estimated === true;
    if (queue && fact.kind === 'CallQueued') begin(lane('queue', queue), 'wait', fact.at, guessed);
    if (queue && fact.kind === 'CallUnqueued') finish(lane('queue', queue), 'wait', fact.at, guessed);
    if (!agent) continue;
    const on = () => lane('agent', agent);
    if (fact.kind === 'AgentRinging') begin(on(), 'ring', fact.at, guessed);
    if (fact.kind === 'AgentMissed' || fact.kind === 'CallAnswered') finish(on(), 'ring', fact.at, guessed);
    if (fact.kind === 'AgentMissed') on().marks.push({ kind: 'missed', at: second(fact.at) });
    if (fact.kind === 'CallAnswered') begin(on(), 'talk', fact.at, guessed);
    if (fact.kind === 'CallHeld') begin(on(), 'hold', fact.at, guessed);
    if (fact.kind === 'CallResumed') finish(on(), 'hold', fact.at, guessed);
    if (fact.kind === 'CallTransferred') on().marks.push({ kind: 'transferred', at: second(fact.at) });
    if (fact.kind === 'SegmentEnded')
      for (const kind of ['talk', 'hold'] as const) finish(on(), kind, fact.at, guessed);
  }
  for (const bar of open.values()) bar.to = Math.max(bar.from, Math.min(bar.to, second(end)));
  if (story.ended_at) caller.marks.push({ kind: 'ended', at: second(story.ended_at) });
  return { seconds, lanes: [...lanes.values()] };
}

export function text(fact: CallFact, key: string): string | null {
  const value = fact[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Round steps for the axis: at most six of them. */
export function ticks(seconds: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
  const step = steps.find(each => seconds / each <= 6) ?? 86_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
}
