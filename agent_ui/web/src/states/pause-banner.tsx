/** What stands between an agent and the next call and was not their own wish of this moment: said on every page, with one key to end it. */

import { Button } from '@mantine/core';
import { PauseCircle, PhoneMissed } from 'lucide-react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import s from '../shell/shell.module.css';
import { useStateChanges } from '../shell/state-switch';
import { Key } from '../ui/parts';
import { useReasonWord } from './reasons';

export function PauseBanner() {
  const t = useT();
  const reasonOf = useReasonWord();
  const { booked, state, reason } = usePicture(picture => picture.agent);
  const { ready } = useStateChanges();
  const missed = state === 'paused' && reason === 'missed';
  const after = state === 'wrap_up' ? 'wrap_up' : 'call';
  if (!ready || (!booked && !missed)) return null;
  return (
    <div className={s.banner} data-tone="paused" role="status">
      {missed ? <PhoneMissed size={17} aria-hidden="true" /> : <PauseCircle size={17} aria-hidden="true" />}
      <p>{missed ? t('pause.missed') : t(`pause.booked.${after}`, { reason: reasonOf(booked ?? '') })}</p>
      <Button size="compact-sm" rightSection={<Key>R</Key>} onClick={ready}>
        {t(booked ? 'pause.cancel' : 'pause.back')}
      </Button>
    </div>
  );
}
