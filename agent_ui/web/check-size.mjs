/** Adds up what a browser must fetch before the sign-in page and before the desk stand, and fails when it is more than it may be. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const KB = 1024;
const MOST = { door: 60 * KB, desk: 250 * KB };
const PARTS = {
  door: ['index.html', 'src/door/door.tsx'],
  desk: ['index.html', 'inside'],
};
const STATIC = new URL('../static/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', STATIC), 'utf8'));

/** These parts, what they import at once, and the largest of the languages. */
function firstLoad(parts) {
  const files = new Set();
  const visit = name => {
    const chunk = manifest[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const next of chunk.imports ?? []) visit(next);
  };
  for (const each of parts) {
    const key = Object.keys(manifest).find(key => key === each || manifest[key].name === each);
    if (!key) throw new Error(`${each} was not built as a part of its own`);
    visit(key);
  }
  const languages = Object.keys(manifest).filter(name => /i18n\/\w+\.json$/.test(name));
  const largest = languages.sort((a, b) => zipped(manifest[b].file) - zipped(manifest[a].file))[0];
  if (!largest) throw new Error('no language was built');
  visit(largest);
  return [...files];
}

function zipped(file) {
  return gzipSync(readFileSync(new URL(file, STATIC)), { level: 9 }).length;
}

const kilo = bytes => `${(bytes / KB).toFixed(1)} KB`;

for (const [name, parts] of Object.entries(PARTS)) {
  const files = firstLoad(parts);
  const sum = suffix =>
    files.filter(file => file.endsWith(suffix)).reduce((total, file) => total + zipped(file), 0);
  const scripts = sum('.js');
  process.stdout.write(
    `first load of the ${name}, gzipped: ${kilo(scripts)} of scripts (at most ${kilo(MOST[name])}), ${kilo(sum('.css'))} of styles\n`,
  );
  if (scripts <= MOST[name]) continue;
  process.stderr.write(`the first load of the ${name} is too large: make something lazy, or leave it out\n`);
  process.exitCode = 1;
}
