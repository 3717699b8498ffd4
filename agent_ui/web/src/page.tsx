/** The page around everything: colours, words, what is kept of the server's answers, and whether one is inside. */

import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { type User, whenSignedOut } from './api';
import { App } from './app';
import { Languages } from './i18n';
import { useLive } from './live';
import { forgetMe, queries } from './queries';
import { colours, theme } from './ui/theme';

/** `me`: who is signed in, null for nobody, undefined where the server could not be asked yet. */
export function draw(root: HTMLElement, me: User | null | undefined): void {
  if (me !== undefined) queries.setQueryData(['me'], me);
  whenSignedOut(forgetMe);
  if (useLive.getState().link === 'signed_out') forgetMe();
  createRoot(root).render(
    <MantineProvider theme={theme} cssVariablesResolver={colours} defaultColorScheme="auto">
      <Languages>
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </Languages>
    </MantineProvider>,
  );
}
