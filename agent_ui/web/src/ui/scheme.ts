/** Light or dark, before and beside Mantine: kept where Mantine keeps it, and shown as it shows it. */

export const SCHEMES = ['light', 'dark', 'auto'] as const;
export type Scheme = (typeof SCHEMES)[number];

const KEPT = 'mantine-color-scheme-value';
const ATTRIBUTE = 'data-mantine-color-scheme';

export function keptScheme(): Scheme {
  const kept = localStorage.getItem(KEPT);
  return SCHEMES.find(each => each === kept) ?? 'auto';
}

export function keepScheme(scheme: Scheme): void {
  localStorage.setItem(KEPT, scheme);
}

/** `auto` is what the system has now. */
export function showScheme(scheme: Scheme): void {
  const dark = scheme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : scheme === 'dark';
  document.documentElement.setAttribute(ATTRIBUTE, dark ? 'dark' : 'light');
}
