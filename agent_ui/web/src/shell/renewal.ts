/**
 * The panel as an installed app: its own files are kept by a service worker, and a new version takes over when the agent says so and no call
 * is up, never in the middle of one.
 */

import { create } from 'zustand';

/** A version that is here and waits. */
export const useRenewal = create<{ waiting: ServiceWorker | null }>(() => ({ waiting: null }));

const LOOK_EVERY = 30 * 60_000;

export async function keepShell(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register('/sw.js').catch(() => null);
  if (!registration) return;
  const look = () => {
    if (serviceWorker.controller) useRenewal.setState({ waiting: registration.waiting });
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY);
}

/** At the door no call can be up: a new version comes by itself. Gives back what ends that. */
export function renewWhileNobodyIsInside(): () => void {
  renew();
  return useRenewal.subscribe(renew);
}

/** Lets the new version in and loads the page with it. */
export function renew(): void {
  const { waiting } = useRenewal.getState();
  if (!waiting) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take over');
}
