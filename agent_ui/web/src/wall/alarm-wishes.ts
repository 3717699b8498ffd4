/** Whether alarms sound and are notified on this computer; neither unless somebody asks for it. */

export interface Wishes {
  sound: boolean;
  notify: boolean;
}

const KEY = 'helin.alarms';

export function wishes(): Wishes {
  const kept = (localStorage.getItem(KEY) ?? '').split(',');
  return { sound: kept.includes('sound'), notify: kept.includes('notify') };
}

export function keepWishes({ sound, notify }: Wishes): void {
  localStorage.setItem(KEY, [sound && 'sound', notify && 'notify'].filter(Boolean).join(','));
}
