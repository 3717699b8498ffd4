/** Short sentences that come up at the lower edge: what went wrong with a wish, that one was done, or a message from a supervisor. */

import { CircleAlert, CircleCheck, MessageSquare, X } from 'lucide-react';
import { useCallback } from 'react';
import { create } from 'zustand';
import { useT, useWord } from '../i18n';
import { command, useLive } from '../live';
import s from './shell.module.css';

interface Notice {
  id: number;
  kind: 'problem' | 'done';
  text: string;
  more?: string;
}

const useNotices = create<{ list: Notice[] }>(() => ({ list: [] }));
let last = 0;
/** Milliseconds. */
const STAYS = { problem: 9_000, done: 5_000 };
const ICONS = { problem: CircleAlert, done: CircleCheck };
const MOST_READ = 200;
const READ = 'helin.read';

export function tell(kind: Notice['kind'], text: string, more = ''): void {
  last += 1;
  const id = last;
  useNotices.setState(({ list }) => ({
    list: [...list.filter(each => each.text !== text), { id, kind, text, more }].slice(-3),
  }));
  setTimeout(() => dismiss(id), STAYS[kind]);
}

function dismiss(id: number): void {
  useNotices.setState(({ list }) => ({ list: list.filter(each => each.id !== id) }));
}

/** Ids of the messages that were closed in this browser: a page that is opened again is sent them again. */
const useRead = create<{ ids: string[] }>(() => ({ ids: (localStorage.getItem(READ) ?? '').split(' ') }));

function close(id: string): void {
  const ids = [...useRead.getState().ids, id].slice(-MOST_READ);
  useRead.setState({ ids });
  localStorage.setItem(READ, ids.join(' '));
}

/** A supervisor's message stays until it is closed. */
function Messages() {
  const t = useT();
  const read = useRead(({ ids }) => ids);
  const messages = useLive(live => live.messages).map(each => ({ ...each, key: each.id ?? `${each.seq}` }));
  return messages
    .filter(each => !read.includes(each.key))
    .map(({ key, text, from }) => (
      <div key={key} className={s.notice} data-kind="message">
        <MessageSquare size={18} aria-hidden="true" />
        <p>
          <bdi className={s.said}>{text}</bdi>
          <small>
            <bdi>{from}</bdi>
          </small>
        </p>
        <button type="button" onClick={() => close(key)} aria-label={t('close')}>
          <X size={16} aria-hidden="true" />
        </button>
      </div>
    ));
}

export function Notices() {
  const t = useT();
  const list = useNotices(state => state.list);
  return (
    <div className={s.notices} role="alert">
      <Messages />
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
