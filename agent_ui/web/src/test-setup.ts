import { afterEach } from 'vitest';

// A test that needs a page says `@vitest-environment happy-dom` in its first line; the others have none to clean up.
if (typeof document !== 'undefined') {
  const { cleanup } = await import('@testing-library/react');
  afterEach(() => {
    cleanup();
    localStorage.clear();
    sessionStorage.clear();
  });
}
