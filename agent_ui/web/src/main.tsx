import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { Languages, preferredLanguage, speak } from './i18n';
import { queries } from './queries';
import { colours, theme } from './ui/theme';

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
