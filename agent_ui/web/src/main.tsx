import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { Languages, preferredLanguage, speak } from './i18n';
import { onCall } from './live';
import { queries } from './queries';
import { keepShell } from './shell/renewal';
import { colours, theme } from './ui/theme';

/**
 * A page that was open over an update asks for files that are no more: it is loaded anew, but never twice within a minute, and not in the
 * middle of a call.
 */
addEventListener('vite:preloadError', event => {
  const last = Number(sessionStorage.getItem('helin.reloaded'));
  if (Date.now() - last < 60_000 || onCall()) return;
  event.preventDefault();
  sessionStorage.setItem('helin.reloaded', String(Date.now()));
  location.reload();
});

if (import.meta.env.MODE === 'production') void keepShell();

const root = document.getElementById('root');
if (root) {
  void speak(preferredLanguage(), false);
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
