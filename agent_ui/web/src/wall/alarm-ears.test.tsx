// @vitest-environment happy-dom

import { act } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Alarm, Snapshot } from '../protocol';
import { queue, snapshot } from '../samples';
import { page, socket } from '../test-page';
import AlarmEars from './alarm-ears';
import { keepWishes } from './alarm-wishes';

const UP: Alarm = {
  id: 'queue:support:waiting',
  level: 'warning',
  text: 'support: callers who wait: 6, the limit is 5.',
  since: '2026-11-24T08:15:00Z',
  queue: 'support',
  measure: 'waiting',
  value: 6,
  limit: 5,
};

const LINK: Alarm = { id: 'asterisk:main', level: 'error', text: 'No live picture.', since: UP.since };

let notes: number[] = [];
let notices: { body: string; tag: string }[] = [];
let speak: (event: object) => void = () => undefined;

class Sound {
  state = 'running';
  currentTime = 0;
  destination = {};
  createOscillator() {
    const tone = {
      type: '',
      frequency: { value: 0 },
      connect: (next: unknown) => next,
      start: () => notes.push(tone.frequency.value),
      stop: () => undefined,
    };
    return tone;
  }
  createGain() {
    const ramp = () => undefined;
    return {
      gain: { setValueAtTime: ramp, linearRampToValueAtTime: ramp, exponentialRampToValueAtTime: ramp },
      connect: () => undefined,
    };
  }
}

function notification(permission: NotificationPermission) {
  return class {
    static permission = permission;
    constructor(_: string, options: { body: string; tag: string }) {
      notices.push(options);
    }
  };
}

beforeEach(() => {
  notes = [];
  notices = [];
  localStorage.clear();
  vi.stubGlobal('AudioContext', Sound);
  vi.stubGlobal('Notification', notification('granted'));
});

async function ears(): Promise<() => void> {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ ticket: 't', url: 'ws://here/ws' })));
  const seen: Partial<Snapshot> = { queues: [queue('support')] };
  const { close } = await socket(seen, say => {
    speak = say;
  });
  await page(<AlarmEars />);
  return close;
}

const raised = (seq: number, alarm: Alarm, gone?: boolean) =>
  act(() => speak({ type: 'alarm', seq, at: UP.since, alarm, ...(gone ? { gone } : {}) }));

it('sounds and notifies when a queue passes its limit, in words, for who has asked for it', async () => {
  keepWishes({ sound: true, notify: true });
  const close = await ears();
  const { seq } = snapshot({});
  raised(seq + 1, UP);
  expect(notes).toEqual([880, 698, 554]);
  expect(notices).toEqual([{ body: expect.stringContaining('6'), tag: UP.id }]);
  raised(seq + 2, UP, true);
  raised(seq + 3, LINK);
  expect([notes.length, notices.length]).toEqual([3, 1]);
  act(close);
});

it('is silent where nobody has asked for it, and where the browser was told not to notify', async () => {
  const close = await ears();
  const { seq } = snapshot({});
  raised(seq + 1, UP);
  expect([notes, notices]).toEqual([[], []]);
  keepWishes({ sound: false, notify: true });
  vi.stubGlobal('Notification', notification('denied'));
  raised(seq + 2, UP);
  expect([notes, notices]).toEqual([[], []]);
  act(close);
});

it('a page that may not sound goes on', async () => {
  keepWishes({ sound: true, notify: false });
  vi.stubGlobal('AudioContext', undefined);
  vi.resetModules();
  const close = await ears();
  expect(() => raised(snapshot({}).seq + 1, UP)).not.toThrow();
  act(close);
});
