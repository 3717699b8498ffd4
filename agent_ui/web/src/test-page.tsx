/** What a component needs around it in a test: the real providers, real words, a picture to look at. */

import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { expect, vi } from 'vitest';
import { emptyDesk } from './agent/desk';
import { type Language, Languages, speak } from './i18n';
import { openLive, useLive } from './live';
import type { Snapshot } from './protocol';
import { queries } from './queries';
import { begin } from './reduce';
import { snapshot } from './samples';
import { theme } from './ui/theme';

export function show(picture: Partial<Snapshot>): void {
  act(() => useLive.setState({ link: 'live', picture: begin(snapshot(picture)).picture, desk: emptyDesk }));
}

export async function page(element: ReactElement, language: Language = 'en') {
  await act(() => speak(language, false));
  return render(
    <MantineProvider theme={theme} env="test">
      <Languages>
        <QueryClientProvider client={queries}>{element}</QueryClientProvider>
      </Languages>
    </MantineProvider>,
  );
}

export type Answer = [status: number, body: unknown, headers?: Record<string, string>];

/** Stands in for the network; what is asked is kept to be looked at. */
export function network(answer: (method: string, path: string, body: unknown) => Answer) {
  const asked: { method: string; path: string; body: unknown; key?: string }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const path = url.replace('/api/v1', '');
    const key = (init.headers as Record<string, string> | undefined)?.['Idempotency-Key'];
    asked.push({ method: init.method ?? 'GET', path, body, ...(key ? { key } : {}) });
    const [status, said, headers] = answer(init.method ?? 'GET', path, body);
    return new Response(
      status === 204 ? null : JSON.stringify(said),
      headers ? { status, headers } : { status },
    );
  });
  return asked;
}

export interface Given {
  name: string;
  args: Record<string, string>;
}

/** The other end of the socket: shows a picture, takes each command and says that it was done; `open` is given what says more. Resolves when the page has the picture. */
export async function socket(
  picture: Partial<Snapshot>,
  open: (say: (event: object) => void) => void = () => undefined,
): Promise<{ given: Given[]; close: () => void }> {
  const given: Given[] = [];
  class Panel {
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    constructor() {
      open(event => this.onmessage?.({ data: JSON.stringify(event) }));
      queueMicrotask(() => this.onopen?.());
    }
    send(text: string): void {
      const { type, id, name, args } = JSON.parse(text) as Given & { type: string; id: string };
      if (type === 'command') given.push({ name, args });
      const said = type === 'command' ? { type: 'result', id, ok: true } : snapshot(picture);
      this.onmessage?.({ data: JSON.stringify(said) });
    }
    close(): void {}
  }
  vi.stubGlobal('WebSocket', Panel);
  const close = await act(() => openLive());
  await vi.waitFor(() => expect(useLive.getState().link).toBe('live'));
  return { given, close };
}
