/**
 * The first script, a small one: it asks for all that the first picture needs at once, side by side. While the page's own scripts come and are
 * read, the words are fetched, the server says who is signed in, and their link brings the picture.
 */

import { api } from './api';
import { halves } from './halves';
import { preferredLanguage, speak } from './i18n/spoken';
import { onCall, openLive } from './live';
import { keepShell } from './shell/renewal';

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

const page = import('./page');
const words = speak(preferredLanguage(), false);
const asked = api.me().then(
  me => {
    if (me) openLive();
    void (me ? halves.inside() : halves.door());
    return me;
  },
  // The page asks again, and says so.
  () => undefined,
);

const root = document.getElementById('root');
if (root) void Promise.all([page, asked, words]).then(([{ draw }, me]) => draw(root, me));

// Once the page stands: what the worker keeps for the next time must not hold up this one.
if (import.meta.env.MODE === 'production') addEventListener('load', () => setTimeout(keepShell, 3_000));
