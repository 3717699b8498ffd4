/** The phone lives as long as this page is the agent's panel in charge; and the desktop is told when it rings. */

import { useEffect, useRef } from 'react';
import { plain } from '../format';
import { useT } from '../i18n';
import { useLive, useOwnCards } from '../live';
import { whoIs } from '../shell/attention';
import { remember, type Talk } from './memory';
import { startPhone, usePhone } from './state';

export function PhoneLife() {
  const login = useLive(({ picture, link }) => {
    const here = picture?.me.phone === 'browser' && picture.inCharge && link !== 'taken_over';
    return here && link !== 'refused' && link !== 'signed_out' ? picture.me.login : null;
  });
  // The call that another window talks in, as long as this one only watches: it comes along when this one takes over.
  const theirs = useRef<Talk | null>(null);
  const watching = useLive(({ picture }) => picture?.inCharge === false);
  const talking = useOwnCards().find(each => each.phase === 'talking' || each.phase === 'hold')?.card;
  useEffect(() => {
    if (!watching) return;
    theirs.current = talking ? { call: talking.id, number: talking.number ?? '', at: Date.now() } : null;
  }, [watching, talking]);
  useEffect(() => {
    if (!login) return;
    if (theirs.current) remember(sessionStorage, login, { ...theirs.current, at: Date.now() });
    theirs.current = null;
    return startPhone(login);
  }, [login]);
  return <RingOnDesktop />;
}

/** Only when the agent looks elsewhere, and only if they have allowed it. */
function RingOnDesktop() {
  const t = useT();
  const line = usePhone(phone => phone.lines.find(each => each.state === 'ringing'));
  const card = useOwnCards().find(each => each.phase === 'ringing')?.card;
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
