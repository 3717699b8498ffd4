/** Skills with their levels, as rows that come and go. */

import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useT } from '../i18n';
import s from './admin.module.css';
import { levelsOf, type SkillRow } from './fields';

interface Props {
  rows: SkillRow[];
  change: (rows: SkillRow[]) => void;
  hint: string;
  /** Those that are in use elsewhere, to be offered. */
  known: string[];
}

export function SkillsField({ rows, change, hint, known }: Props) {
  const t = useT();
  const list = useId();
  const [asked, ask] = useState(-1);
  const set = (at: number, part: Partial<SkillRow>) =>
    change(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  const twice = levelsOf(rows) === null;
  return (
    <fieldset className={s.group}>
      <legend>{t('skills')}</legend>
      <p className={s.hint}>{hint}</p>
      <datalist id={list}>
        {known.map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
      {rows.map((row, at) => (
        <div key={at} className={s.skill}>
          <input
            aria-label={t('skills.name')}
            value={row.name}
            list={list}
            maxLength={80}
            placeholder={t('skills.name')}
            // biome-ignore lint/a11y/noAutofocus: whoever adds a row wants to write in it
            autoFocus={at === asked}
            onChange={event => set(at, { name: event.currentTarget.value })}
          />
          <input
            type="number"
            aria-label={t('skills.level')}
            value={row.level}
            min={1}
            max={100}
            required
            onChange={event => set(at, { level: event.currentTarget.value })}
          />
          <button
            type="button"
            aria-label={t('skills.remove', { skill: row.name })}
            onClick={() => change(rows.filter((_, index) => index !== at))}
          >
            <X size={16} aria-hidden="true" />
          </button>
        </div>
      ))}
      {twice && <p role="alert">{t('skills.twice')}</p>}
      <button
        type="button"
        className={s.add}
        onClick={() => {
          ask(rows.length);
          change([...rows, { name: '', level: '5' }]);
        }}
      >
        <Plus size={16} aria-hidden="true" />
        {t('skills.add')}
      </button>
    </fieldset>
  );
}
