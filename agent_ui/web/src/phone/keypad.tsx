/** Digits into the call: by mouse, finger, or the keys themselves. */

import { useEffect, useRef, useState } from 'react';
import { useT } from '../i18n';
import s from './phone.module.css';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

export function Keypad({ press, close }: { press: (digit: string) => void; close: () => void }) {
  const t = useT();
  const [sent, setSent] = useState('');
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);

  function send(digit: string): void {
    press(digit);
    setSent(before => `${before}${digit}`.slice(-24));
  }
  return (
    <div
      ref={box}
      className={s.keypad}
      role="dialog"
      aria-label={t('call.digits')}
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key === 'Escape') close();
        else if (KEYS.includes(event.key)) send(event.key);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <output className={s.sent} aria-live="polite">
        {sent || t('call.digits_hint')}
      </output>
      {KEYS.map(key => (
        <button key={key} type="button" onClick={() => send(key)}>
          {key}
        </button>
      ))}
    </div>
  );
}
