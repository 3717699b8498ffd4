/**
 * The service worker: keeps the page's own files, so that the panel opens at once and a page that is open over an update still finds the
 * files it was built with. It keeps nothing else: what the API answers is customers' and never goes into a cache.
 *
 * A new one waits until the page tells it to take over, which it does when no call is up.
 */

/** The files of this build; the build puts them here. */
const FILES = [];
const NAME = `helin-${hash(FILES.join(' '))}`;
/** How long a page waits for the server before the kept one is shown. */
const PATIENCE = 2_000;
const SERVERS = /^\/(api|panel|health|metrics|recordings)(\/|$)/;

self.addEventListener('install', event => {
  event.waitUntil(caches.open(NAME).then(cache => cache.addAll(FILES)));
});

self.addEventListener('activate', event => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener('message', ({ data }) => {
  if (data === 'take over') self.skipWaiting();
});

self.addEventListener('fetch', event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || SERVERS.test(pathname)) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (pathname.startsWith('/assets/') || FILES.includes(pathname)) event.respondWith(file(request));
});

/** The one before this is kept too: another tab may still run on it. */
async function forgetOlder() {
  const names = (await caches.keys()).filter(name => name.startsWith('helin-') && name !== NAME);
  await Promise.all(names.slice(0, -1).map(name => caches.delete(name)));
}

/** The server's page while it answers, else the kept one. */
async function page(request) {
  const kept = await (await caches.open(NAME)).match('/index.html');
  const late = new Promise(resolve => setTimeout(() => resolve(kept), PATIENCE));
  const fresh = fetch(request).catch(error => kept ?? Promise.reject(error));
  return kept ? Promise.race([fresh, late]) : fresh;
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

function hash(text) {
  let sum = 5381;
  for (let at = 0; at < text.length; at += 1) sum = (sum * 33 + text.charCodeAt(at)) >>> 0;
  return sum.toString(36);
}
