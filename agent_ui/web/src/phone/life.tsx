/** The phone lives as long as this page is the agent's panel in charge; and the desktop is told when it rings. */

import { useEffect, useRef } from 'react';
import { ownCards } from '../agent/desk';
import { plain } from '../format';
import { useT } from '../i18n';
import { useLive } from '../live';
import { whoIs } from '../shell/attention';
import { startPhone, usePhone } from './state';

export function PhoneLife() {
  const login = useLive(({ picture, link }) => {
    const here = picture?.me.phone === 'browser' && picture.inCharge && link !== 'taken_over';
    return here && link !== 'refused' && link !== 'signed_out' ? picture.me.login : null;
  });
  const watched = useRef(false);
  const watching = useLive(({ picture, link }) => link === 'taken_over' || picture?.inCharge === false);
  useEffect(() => {
    if (watching) watched.current = true;
  }, [watching]);
  useEffect(() => {
    if (!login) return;
    const stop = startPhone(login, watched.current);
    watched.current = false;
    return stop;
  }, [login]);
  return <RingOnDesktop />;
}

/** Only when the agent looks elsewhere, and only if they have allowed it. */
function RingOnDesktop() {
  const t = useT();
  const line = usePhone(phone => phone.lines.find(each => each.state === 'ringing'));
  const card = useLive(({ picture }) =>
    picture ? ownCards(picture).find(each => each.phase === 'ringing')?.card : undefined,
  );
  const rings = line !== undefined || (card !== undefined && card.direction === 'inbound');
  const who = card ? whoIs(card) : plain(line?.name || line?.number || '');
  const title = who || t('number.withheld');
  const body = card?.queue ? `${t('queue')} ${plain(card.queue)}` : '';
  useEffect(() => {
    if (!rings || document.hasFocus() || !('Notification' in globalThis)) return;
    if (Notification.permission !== 'granted') return;
    const notice = new Notification(title, {
      body,
      tag: 'helin-ring',
      icon: '/icon-ringing.svg',
      silent: true,
    });
    notice.onclick = () => {
      window.focus();
      notice.close();
    };
    return () => notice.close();
  }, [rings, title, body]);
  return null;
}
