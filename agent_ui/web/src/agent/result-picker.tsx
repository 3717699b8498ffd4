/** What came of the call: a digit for each that is shown, a heading leads a level down, and typing finds any of them. */

import { ChevronLeft, ChevronRight, Search } from 'lucide-react';
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { DISPOSITIONS } from '../choices';
import { useLanguage, useT } from '../i18n';
import { useDispositions } from '../queries';
import { useShortcuts } from '../shell/shortcuts';
import { Key } from '../ui/parts';
import s from './call-card.module.css';
import { leaves, levelAt, matching, type Result, treeOf, wayTo } from './results';

/** More than these are looked for by typing, too. */
const FEW = 6;
const DIGITS = 9;
/** Longer words than this need the whole width. */
const LONG = 15;

/** The queue's tree; the usual six results where nobody has made one. */
export function useResults(queue: string | null): Result[] {
  const t = useT();
  const language = useLanguage();
  const { data } = useDispositions(queue);
  return useMemo(() => {
    const tree = treeOf(data?.items ?? [], language);
    if (tree.length) return tree;
    return DISPOSITIONS.map(key => ({
      key,
      label: t(`disposition.${key}`),
      next: key === 'callback' ? 'callback' : null,
      outcome: '',
      below: [],
    }));
  }, [data, language, t]);
}

interface Props {
  tree: Result[];
  chosen: string;
  choose: (result: Result) => void;
}

export function ResultPicker({ tree, chosen, choose }: Props) {
  const t = useT();
  const group = useId();
  const field = useRef<HTMLInputElement>(null);
  const first = useRef<HTMLInputElement>(null);
  const [path, setPath] = useState<string[] | null>(null);
  const [typed, setTyped] = useState('');
  const here = path ?? wayTo(tree, chosen).map(each => each.key);
  const shown = typed ? matching(tree, typed) : levelAt(tree, here);
  const searchable = leaves(tree).length > FEW;

  function take(result: Result | undefined): void {
    if (!result) return;
    if (result.below.length) setPath([...here, result.key]);
    else {
      choose(result);
      setPath(null);
    }
    setTyped('');
  }

  function up(): void {
    setPath(here.slice(0, -1));
  }

  function steer(event: KeyboardEvent): void {
    const digit = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
    if (digit && shown[digit - 1]) take(shown[digit - 1]);
    else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) take(shown[0]);
    else if (event.key === 'Escape' && typed) setTyped('');
    else if (event.key === 'Backspace' && !typed && here.length) up();
    else return;
    event.preventDefault();
  }

  useShortcuts({
    w: () => (searchable ? field : first).current?.focus(),
    backspace: here.length ? up : undefined,
    ...Object.fromEntries(
      shown.slice(0, DIGITS).map((each, index) => [String(index + 1), () => take(each)] as const),
    ),
  });

  return (
    <fieldset className={s.dispositions}>
      <legend>
        {t('disposition')} <Key>W</Key>
      </legend>
      {searchable && (
        <div className={s.find}>
          <Search size={15} aria-hidden="true" />
          <input
            ref={field}
            aria-label={t('result.find')}
            placeholder={t('result.find')}
            value={typed}
            maxLength={60}
            autoComplete="off"
            onChange={event => setTyped(event.currentTarget.value)}
            onKeyDown={steer}
          />
        </div>
      )}
      {here.length > 0 && !typed && (
        <button type="button" className={s.way} onClick={up}>
          <ChevronLeft size={15} aria-hidden="true" />
          <span className="for-ears">{t('result.back')}</span>
          <bdi>{labels(tree, here)}</bdi>
        </button>
      )}
      <div className={s.chips} data-long={shown.some(each => each.label.length > LONG) || undefined}>
        {shown.map((each, index) =>
          each.below.length ? (
            <button key={each.key} type="button" className={s.chip} onClick={() => take(each)}>
              <span>{each.label}</span>
              <ChevronRight size={15} aria-hidden="true" />
              {index < DIGITS && <Key>{String(index + 1)}</Key>}
            </button>
          ) : (
            <label key={each.key} className={s.chip}>
              <input
                ref={index === 0 ? first : undefined}
                type="radio"
                name={group}
                checked={chosen === each.key}
                onChange={() => take(each)}
              />
              <span>{each.label}</span>
              {index < DIGITS && <Key>{String(index + 1)}</Key>}
            </label>
          ),
        )}
      </div>
      <p role="status" className={s.hint}>
        {typed && shown.length === 0 ? t('result.none') : ''}
      </p>
    </fieldset>
  );
}

function labels(tree: Result[], path: string[]): string {
  return path
    .map((key, index) => levelAt(tree, path.slice(0, index)).find(each => each.key === key)?.label ?? key)
    .join(' › ');
}
