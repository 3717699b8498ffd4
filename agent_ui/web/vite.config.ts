import { readFileSync } from 'node:fs';
import { parse } from '@formatjs/icu-messageformat-parser';
import react from '@vitejs/plugin-react';
import { build, type PluginOption, type Rollup } from 'vite';
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
      const chunk = chunks.find(each => each.moduleIds.some(id => id.endsWith(module)));
      if (!chunk) throw new Error(`nothing is built of ${module}`);
      visit(chunk.fileName);
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
        document.source = asking(html, bundle, ['/src/page.tsx']);
        this.emitFile({
          type: 'asset',
          fileName: DOOR,
          source: asking(door, bundle, ['/src/door/door.tsx']),
        });
      },
    },
  };
}

/** The files that a file needs to run, itself included. */
function needed(
  from: string,
  bundle: Map<string, Rollup.OutputChunk>,
  found = new Set<string>(),
): Set<string> {
  if (found.has(from)) return found;
  found.add(from);
  for (const next of bundle.get(from)?.imports ?? []) needed(next, bundle, found);
  return found;
}

/**
 * The modules of the one file that the desk begins with: all that it needs but for what the first script or the door has brought already. Left to
 * itself the build makes thirty files of them, as other pages share some; each costs the browser some milliseconds to ask for and to take, however
 * small it is. Which modules they are is only known of what is built, so it is built twice.
 */
async function modulesOfTheDesk(plugins: PluginOption[]): Promise<Set<string>> {
  const built = await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'error',
    plugins,
    build: { ...BUILD, write: false },
  });
  const { output } = built as Rollup.RollupOutput;
  const chunks = new Map(output.filter(each => each.type === 'chunk').map(each => [each.fileName, each]));
  const of = (module: string) => {
    const chunk = [...chunks.values()].find(each => each.facadeModuleId?.endsWith(module));
    if (!chunk) throw new Error(`nothing is built of ${module}`);
    return needed(chunk.fileName, chunks);
  };
  const first = new Set([...of('/index.html'), ...of('/src/door/door.tsx')]);
  const desk = [...of('/src/page.tsx')].filter(each => !first.has(each));
  return new Set(desk.flatMap(each => chunks.get(each)?.moduleIds ?? []));
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

const BUILD = {
  rollupOptions: { input: INSIDE, output: {} },
  outDir: '../static',
  emptyOutDir: true,
  manifest: true,
  target: 'es2022',
  assetsInlineLimit: 0,
  modulePreload: { polyfill: false },
};

async function built(): Promise<typeof BUILD> {
  const desk = await modulesOfTheDesk([parsedMessages(), react()]);
  const groups = [
    { name: 'inside', test: (id: string) => desk.has(id), includeDependenciesRecursively: false },
  ];
  return { ...BUILD, rollupOptions: { ...BUILD.rollupOptions, output: { codeSplitting: { groups } } } };
}

/** `--mode look` builds the page with its server inside instead: for looking at it, and for the tests that do. */
export default defineConfig(async ({ command, mode }) => ({
  plugins: [parsedMessages(), react(), ...(mode === 'look' ? [] : [askedForAtOnce(), serviceWorker()])],
  build:
    mode === 'look'
      ? { ...BUILD, rollupOptions: { input: 'dev.html' } }
      : command === 'build'
        ? await built()
        : BUILD,
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
