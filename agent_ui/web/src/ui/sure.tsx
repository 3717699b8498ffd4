/** A button for what cannot be taken back: it asks once more, and for a reason where one is to be kept. */

import { Button, TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { useT } from '../i18n';
import s from './ui.module.css';

interface Props {
  label: string;
  question: string;
  act: (reason: string) => void;
  busy: boolean;
  /** The word for the reason, where one is needed. */
  reason?: string;
  /** It can be taken back after all. */
  calm?: boolean;
}

export function Sure({ label, question, act, busy, reason, calm = false }: Props) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState('');
  const missing = reason !== undefined && !why.trim();
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setOpen(false);
    // The form around it is another matter.
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      if (!missing) act(why.trim());
    }
  };
  if (!open)
    return (
      <Button
        type="button"
        variant="default"
        className={calm ? s.asks : `${s.asks} ${s.grave}`}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves it, from whatever is inside
    <div className={s.sure} data-calm={calm || undefined} onKeyDown={keys}>
      <p>{question}</p>
      {reason !== undefined && (
        <TextInput
          label={reason}
          value={why}
          maxLength={500}
          data-autofocus
          autoFocus
          onChange={event => setWhy(event.currentTarget.value)}
        />
      )}
      <div>
        <Button type="button" variant="default" onClick={() => setOpen(false)}>
          {t('cancel')}
        </Button>
        <Button
          type="button"
          color={calm ? 'helin' : 'red'}
          loading={busy}
          disabled={missing}
          autoFocus={reason === undefined}
          onClick={() => act(why.trim())}
        >
          {label}
        </Button>
      </div>
    </div>
  );
}
