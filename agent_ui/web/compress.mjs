/** Puts beside each file of the built panel that is worth it the same one, gzipped: the server gives that one to browsers. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const STATIC = new URL('../static/', import.meta.url);
const WORTH_IT = /\.(js|css|html|svg|webmanifest)$/;
const LEAST = 1024;

for (const name of readdirSync(STATIC, { recursive: true })) {
  if (!WORTH_IT.test(name)) continue;
  const file = new URL(name, STATIC);
  const whole = readFileSync(file);
  if (whole.length >= LEAST) writeFileSync(new URL(`${name}.gz`, STATIC), gzipSync(whole, { level: 9 }));
}
