import { afterEach } from 'vitest';
import { resetStores } from './test-stores';

// A test that needs a page says `@vitest-environment happy-dom` in its first line; the others have none to clean up.
if (typeof document !== 'undefined') {
  const { cleanup, configure } = await import('@testing-library/react');
  const { queries } = await import('./queries');
  // A machine with other work is slow, not wrong.
  configure({ asyncUtilTimeout: 15_000 });
  // happy-dom has no fonts that could come late; Mantine's growing text field listens for them.
  if (!('fonts' in document)) Object.defineProperty(document, 'fonts', { value: new EventTarget() });
  afterEach(() => {
    cleanup();
    queries.clear();
    resetStores();
    localStorage.clear();
    sessionStorage.clear();
  });
}
