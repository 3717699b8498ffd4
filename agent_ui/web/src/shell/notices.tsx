/** Short sentences that come up at the lower edge: what went wrong with a wish, that one was done, or a message from a supervisor. */

import { CircleAlert, CircleCheck, MessageSquare, X } from 'lucide-react';
import { useCallback } from 'react';
import { create } from 'zustand';
import { useT, useWord } from '../i18n';
import { command } from '../live';
import s from './shell.module.css';

interface Notice {
  id: number;
  kind: 'problem' | 'done' | 'message';
  text: string;
  more?: string;
}

const useNotices = create<{ list: Notice[] }>(() => ({ list: [] }));
let last = 0;
/** Milliseconds. A message stays until it is closed. */
const STAYS = { problem: 9_000, done: 5_000, message: null };
const ICONS = { problem: CircleAlert, done: CircleCheck, message: MessageSquare };

export function tell(kind: Notice['kind'], text: string, more = ''): void {
  last += 1;
  const id = last;
  useNotices.setState(({ list }) => ({
    list: [...list.filter(each => each.text !== text), { id, kind, text, more }].slice(-3),
  }));
  const stays = STAYS[kind];
  if (stays !== null) setTimeout(() => dismiss(id), stays);
}

function dismiss(id: number): void {
  useNotices.setState(({ list }) => ({ list: list.filter(each => each.id !== id) }));
}

export function Notices() {
  const t = useT();
  const list = useNotices(state => state.list);
  return (
    <div className={s.notices} role="alert">
      {list.map(({ id, kind, text, more }) => {
        const Icon = ICONS[kind];
        return (
          <div key={id} className={s.notice} data-kind={kind}>
            <Icon size={18} aria-hidden="true" />
            <p>
              <bdi>{text}</bdi>
              {more && <small>{more}</small>}
            </p>
            <button type="button" onClick={() => dismiss(id)} aria-label={t('close')}>
              <X size={16} aria-hidden="true" />
            </button>
          </div>
        );
      })}
    </div>
  );
}

/** Gives a command; says so when it was not done. Resolves to whether it was. */
export function useCommand(): (name: string, args?: Record<string, string>) => Promise<boolean> {
  const word = useWord();
  return useCallback(
    async (name, args) => {
      const outcome = await command(name, args);
      if (!outcome.ok) tell('problem', word('error', outcome.code), outcome.message);
      return outcome.ok;
    },
    [word],
  );
}
