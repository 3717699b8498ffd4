/** Inside, or at the door, which comes with a script of its own. */

import { lazy, Suspense, useEffect } from 'react';
import { useT } from './i18n';
import Inside from './inside';
import { useMe } from './queries';
import { renew, useRenewal } from './shell/renewal';
import s from './ui/ui.module.css';

const SignIn = lazy(() => import('./shell/sign-in'));

export function App() {
  const { data: me, error } = useMe();
  const t = useT();
  const waiting = useRenewal(renewal => renewal.waiting);
  useEffect(() => {
    if (me === null && waiting) renew();
  }, [me, waiting]);
  if (me === undefined)
    return (
      <p className={s.alone} role="status">
        {error ? t('server.away') : ''}
      </p>
    );
  return <Suspense fallback={null}>{me ? <Inside key={me.login} role={me.role} /> : <SignIn />}</Suspense>;
}
