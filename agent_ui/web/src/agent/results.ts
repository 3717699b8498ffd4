/** What may come of a call: the tree of dispositions of its queue, and finding one's way in it. Pure. */

import type { Disposition } from '../api';
import type { Language } from '../i18n';

/** A disposition with its word, and with those below it when it is a heading. */
export interface Result {
  key: string;
  label: string;
  next: Disposition['next'];
  /** Its class: sale, refused, … */
  outcome: string;
  below: Result[];
}

export function treeOf(items: Disposition[], language: Language): Result[] {
  const below = (parent: string | null): Result[] =>
    items
      .filter(each => each.parent === parent && each.active)
      .sort((a, b) => a.position - b.position)
      .map(each => ({
        key: each.key,
        label: each.labels[language] ?? each.labels.en ?? Object.values(each.labels)[0] ?? each.key,
        next: each.next,
        outcome: each.outcome,
        below: below(each.key),
      }));
  return below(null);
}

export function leaves(tree: Result[]): Result[] {
  return tree.flatMap(each => (each.below.length ? leaves(each.below) : [each]));
}

/** The headings that lead to `key`, the uppermost first. */
export function wayTo(tree: Result[], key: string): Result[] {
  for (const each of tree) {
    if (each.below.some(child => child.key === key)) return [each];
    const way = wayTo(each.below, key);
    if (way.length) return [each, ...way];
  }
  return [];
}

/** What lies at the end of `path` (keys of headings); the top when the path leads nowhere. */
export function levelAt(tree: Result[], path: string[]): Result[] {
  return path.reduce<Result[]>((level, key) => level.find(each => each.key === key)?.below ?? level, tree);
}

/** Those with a word that begins with each of the typed ones, whatever their case and accents. */
export function matching(tree: Result[], typed: string): Result[] {
  const wanted = words(typed);
  return leaves(tree).filter(each => {
    const has = words([...wayTo(tree, each.key), each].map(one => one.label).join(' '));
    return wanted.every(start => has.some(word => word.startsWith(start)));
  });
}

function words(text: string): string[] {
  return (
    text
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
