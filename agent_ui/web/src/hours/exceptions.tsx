/** Days that are not like their weekday: a row for each. */

import { Plus, X } from 'lucide-react';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n';
import type { ExceptionRow } from './fields';
import s from './hours.module.css';

interface Props {
  rows: ExceptionRow[];
  change: (rows: ExceptionRow[]) => void;
}

export function Exceptions({ rows, change }: Props) {
  const t = useT();
  const set = (key: number, part: Partial<ExceptionRow>) =>
    change(rows.map(row => (row.key === key ? { ...row, ...part } : row)));
  const next = Math.max(-1, ...rows.map(row => row.key)) + 1;
  return (
    <fieldset className={admin.group}>
      <legend>{t('hours.exceptions')}</legend>
      <p className={admin.hint}>{t('hours.exceptions.more')}</p>
      {rows.map(row => (
        <div key={row.key} className={s.row}>
          <input
            type="date"
            aria-label={t('hours.date')}
            value={row.date}
            onChange={event => set(row.key, { date: event.currentTarget.value })}
          />
          <input
            aria-label={t('hours.times')}
            placeholder={t('hours.shut')}
            value={row.times}
            maxLength={200}
            autoComplete="off"
            onChange={event => set(row.key, { times: event.currentTarget.value })}
          />
          <input
            aria-label={t('hours.reason')}
            placeholder={t('hours.reason')}
            value={row.name}
            maxLength={100}
            autoComplete="off"
            onChange={event => set(row.key, { name: event.currentTarget.value })}
          />
          <button
            type="button"
            aria-label={t('hours.exception.remove', { date: row.date || '–' })}
            onClick={() => change(rows.filter(each => each.key !== row.key))}
          >
            <X size={17} aria-hidden="true" />
          </button>
        </div>
      ))}
      <button
        type="button"
        className={admin.add}
        onClick={() => change([...rows, { key: next, date: '', times: '', name: '' }])}
      >
        <Plus size={16} aria-hidden="true" />
        {t('hours.exception.add')}
      </button>
    </fieldset>
  );
}
