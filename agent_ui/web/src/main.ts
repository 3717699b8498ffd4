/**
 * The first script, a small one: it asks for all that the first picture needs at once, side by side. While the page's own scripts come and are
 * read, the words are fetched, the server says who is signed in, and their link brings the picture.
 */

import { api, type User } from './api';
import { halves } from './halves';
import { preferredLanguage, speak } from './i18n/spoken';
import { onCall, openLive } from './live';
import { keepShell, renewWhileNobodyIsInside } from './shell/renewal';

/** What the desk needs is being fetched while somebody types at the door. */
let ahead = false;

/**
 * A page that was open over an update asks for files that are no more: it is loaded anew, but never twice within a minute, and not in the
 * middle of a call.
 */
addEventListener('vite:preloadError', event => {
  const last = Number(sessionStorage.getItem('helin.reloaded'));
  if (Date.now() - last < 60_000 || onCall() || ahead) return;
  event.preventDefault();
  sessionStorage.setItem('helin.reloaded', String(Date.now()));
  location.reload();
});

/** The server knows by the cookie that nobody is inside: then the page is only the door, and nothing else is fetched for it. */
const atDoor = 'door' in document.documentElement.dataset;
if (!atDoor) void halves.page();
const words = speak(preferredLanguage(), false);
/** The link is opened before it is known who is inside: one answer less to wait for. */
const closeLive = atDoor ? undefined : openLive();
const asked = api.me().then(
  me => {
    if (me) openLive();
    else {
      closeLive?.();
      void halves.door();
    }
    return me;
  },
  // The page asks again, and says so.
  () => undefined,
);

async function begin(root: HTMLElement): Promise<void> {
  const [me] = await Promise.all([asked, words]);
  if (me !== null) return (await halves.page()).draw(root, me);
  const { openDoor } = await halves.door();
  const stop = renewWhileNobodyIsInside();
  const close = openDoor(root, enter, fetchAhead);

  async function enter(user: User): Promise<void> {
    ahead = false;
    openLive();
    const { draw } = await halves.page();
    stop();
    close();
    draw(root, user);
  }
}

/** While somebody types. What cannot be fetched then is fetched when it is needed, and nobody's typing is lost to a new page. */
function fetchAhead(): void {
  ahead = true;
  halves.page().catch(() => undefined);
}

/** This script runs as soon as it is there, which may be before the document is. */
function whenRead(then: () => void): void {
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', then, { once: true });
  else then();
}

whenRead(() => {
  const root = document.getElementById('root');
  if (root) void begin(root);
});

// Once the page stands: what the worker keeps for the next time must not hold up this one.
if (import.meta.env.MODE === 'production') addEventListener('load', () => setTimeout(keepShell, 3_000));
