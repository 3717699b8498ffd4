/** What is wrong with the phone, in sentences that say what to do. The worst comes first, and only one is shown at a time. */

import { Button } from '@mantine/core';
import { Headset, MicOff, VolumeX } from 'lucide-react';
import type { ReactNode } from 'react';
import { type MessageId, useT } from '../i18n';
import { controls, type Softphone, usePhone } from './state';

export interface PhoneTrouble {
  text: MessageId;
  icon: ReactNode;
  button?: { word: MessageId; act: () => void };
}

const again = { word: 'phone.again', act: () => void controls()?.again() } as const;
const allow = {
  word: 'phone.allow',
  act: () =>
    void controls()
      ?.sound.microphone()
      .then(stop)
      .catch(() => undefined),
} as const;

/** What to say of this phone, if anything. Pure but for the buttons. */
export function troubleOf({ on, microphone, trouble, blocked }: Softphone): PhoneTrouble | null {
  if (!on) return null;
  const phone = <Headset size={17} aria-hidden="true" />;
  if (trouble === 'refused' || trouble === 'not_issued' || trouble === 'away')
    return { text: `phone.trouble.${trouble}`, icon: phone, button: again };
  if (blocked)
    return {
      text: 'phone.trouble.blocked',
      icon: <VolumeX size={17} aria-hidden="true" />,
      button: { word: 'phone.wake', act: () => controls()?.sound.wake() },
    };
  if (microphone) {
    const fixable = microphone !== 'denied' && microphone !== 'insecure';
    return {
      text: `phone.microphone.${microphone}`,
      icon: <MicOff size={17} aria-hidden="true" />,
      ...(fixable && { button: allow }),
    };
  }
  return trouble ? { text: `phone.trouble.${trouble}`, icon: phone } : null;
}

export function usePhoneTrouble(): PhoneTrouble | null {
  const phone = usePhone();
  return troubleOf(phone);
}

export function TroubleButton({ button }: { button: NonNullable<PhoneTrouble['button']> }) {
  const t = useT();
  return (
    <Button size="compact-sm" variant="default" onClick={button.act}>
      {t(button.word)}
    </Button>
  );
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
  if (usePhone.getState().lines.length === 0) controls()?.sound.release();
}
