import { readFileSync } from 'node:fs';
import { parse } from '@formatjs/icu-messageformat-parser';
import react from '@vitejs/plugin-react';
import type { Rollup } from 'vite';
import { defineConfig, type Plugin } from 'vitest/config';

const INSIDE = 'index.html';
const DOOR = 'door.html';

/**
 * What a page needs is asked for by the document itself: its scripts and styles, and the font's most used file. There are two documents: who is
 * signed in gets the page with the desk, who is not only the door.
 */
function askedForAtOnce(): Plugin {
  /** The document with what these modules need. */
  function asking(html: string, bundle: Rollup.OutputBundle, modules: string[]): string {
    const chunks = Object.values(bundle).filter(each => each.type === 'chunk');
    const scripts = new Set<string>();
    const styles = new Set<string>();
    const visit = (file: string) => {
      const chunk = bundle[file];
      if (chunk?.type !== 'chunk' || scripts.has(file)) return;
      scripts.add(file);
      for (const next of chunk.imports) visit(next);
      for (const style of chunk.viteMetadata?.importedCss ?? []) styles.add(style);
    };
    for (const module of modules) {
      const chunk = chunks.find(each => each.facadeModuleId?.endsWith(module));
      if (chunk) visit(chunk.fileName);
    }
    const fonts = Object.keys(bundle).filter(file => /inter-latin-wght-normal.*\.woff2$/.test(file));
    const links = [
      ...[...styles].map(file => `<link rel="stylesheet" crossorigin href="/${file}">`),
      ...[...scripts]
        .filter(file => !html.includes(`/${file}"`))
        .map(file => `<link rel="modulepreload" crossorigin href="/${file}">`),
      ...fonts.map(file => `<link rel="preload" as="font" type="font/woff2" crossorigin href="/${file}">`),
    ];
    return html.replace('</head>', `${links.map(link => `  ${link}\n`).join('')}  </head>`);
  }

  return {
    name: 'asked-for-at-once',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const document = bundle[INSIDE];
        if (document?.type !== 'asset') return;
        const html = String(document.source);
        const door = html.replace('<html lang="en"', '<html lang="en" data-door');
        document.source = asking(html, bundle, ['/src/page.tsx', '/src/inside.tsx']);
        this.emitFile({
          type: 'asset',
          fileName: DOOR,
          source: asking(door, bundle, ['/src/door/door.tsx']),
        });
      },
    },
  };
}

/** Messages with places are parsed here, so that the page need not bring a parser of its own for them. */
function parsedMessages(): Plugin {
  return {
    name: 'parsed-messages',
    apply: 'build',
    enforce: 'pre',
    config: () => ({
      resolve: {
        alias: {
          '@formatjs/icu-messageformat-parser': '@formatjs/icu-messageformat-parser/no-parser.js',
        },
      },
    }),
    transform(code, id) {
      if (!/\/i18n\/\w+\.json$/.test(id)) return null;
      const messages: Record<string, string> = JSON.parse(code);
      const parsed = Object.entries(messages).map(([key, text]) => [
        key,
        /[{'<]/.test(text) ? parse(text) : text,
      ]);
      return { code: JSON.stringify(Object.fromEntries(parsed)), map: null };
    },
  };
}

/** The service worker with the list of what was built: the page, its files, what it is installed with. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const built = Object.keys(bundle).filter(name => name.startsWith('assets/'));
        const files = [INSIDE, 'manifest.webmanifest', 'icon.svg', 'icon-ringing.svg', ...built.sort()];
        const source = readFileSync(new URL('worker.js', import.meta.url), 'utf8');
        const listed = JSON.stringify(files.map(name => `/${name}`));
        this.emitFile({
          type: 'asset',
          fileName: 'sw.js',
          source: source.replace('const FILES = [];', `const FILES = ${listed};`),
        });
      },
    },
  };
}

/** `--mode look` builds the page with its server inside instead: for looking at it, and for the tests that do. */
export default defineConfig(({ mode }) => ({
  plugins: [parsedMessages(), react(), ...(mode === 'look' ? [] : [askedForAtOnce(), serviceWorker()])],
  build: {
    rollupOptions: { input: mode === 'look' ? 'dev.html' : 'index.html' },
    outDir: '../static',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1' },
  test: {
    environment: 'node',
    pool: 'threads',
    // All files in one run of the modules: they are read once. What they keep goes back after each test (src/test-stores.ts).
    isolate: false,
    alias: [
      // One file instead of two thousand: the tests start in a third of the time.
      { find: 'lucide-react', replacement: 'lucide-react/dist/cjs/lucide-react.js' },
      { find: /^zustand$/, replacement: new URL('src/test-stores.ts', import.meta.url).pathname },
    ],
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
    restoreMocks: true,
    // A machine with other work is slow, not wrong.
    testTimeout: 30_000,
  },
}));
