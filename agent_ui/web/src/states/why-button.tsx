/** Opens the view, which comes when it is first wanted. */

import { UnstyledButton } from '@mantine/core';
import { CircleQuestionMark } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { create } from 'zustand';
import { useT } from '../i18n';
import s from './states.module.css';

const Why = lazy(() => import('./why'));

const useOwnWhy = create<{ open: boolean }>(() => ({ open: false }));

export function askWhy(): void {
  useOwnWhy.setState({ open: true });
}

/** One's own view, wherever on the page it was asked for. */
export function OwnWhy() {
  const open = useOwnWhy(state => state.open);
  if (!open) return null;
  return (
    <Suspense fallback={null}>
      <Why close={() => useOwnWhy.setState({ open: false })} />
    </Suspense>
  );
}

/** A supervisor's, for somebody else. */
export function WhyButton({ login, name }: { login: string; name: string }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <UnstyledButton className={s.why} title={t('why.of', { name })} onClick={() => setOpen(true)}>
        <CircleQuestionMark size={17} aria-hidden="true" />
        <span className="for-ears">{t('why.of', { name })}</span>
      </UnstyledButton>
      {open && (
        <Suspense fallback={null}>
          <Why login={login} close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
