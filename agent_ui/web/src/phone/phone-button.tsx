/** The phone in the bar: whether calls can come, and the way to its settings. */

import { ActionIcon } from '@mantine/core';
import { Headset } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { useT } from '../i18n';
import s from './phone.module.css';
import { registrationOf, usePhone } from './state';

const Settings = lazy(() => import('./settings'));

export function PhoneButton() {
  const t = useT();
  const on = usePhone(phone => phone.on);
  const state = usePhone(registrationOf);
  const [open, setOpen] = useState(false);
  if (!on) return null;
  const words = t(`phone.registration.${state}`);
  return (
    <>
      <ActionIcon variant="transparent" size={44} title={words} onClick={() => setOpen(true)}>
        <span className={s.lamp} data-state={state} data-phone="">
          <Headset size={20} strokeWidth={2} aria-hidden="true" />
        </span>
        <span className="for-ears">{t('phone.open', { state: words })}</span>
      </ActionIcon>
      <Suspense fallback={null}>{open && <Settings close={() => setOpen(false)} />}</Suspense>
    </>
  );
}
