/** What reaches somebody who does not look at the page: the window's title, its icon, and words for screen readers. */

import { useEffect } from 'react';
import { claimedName } from '../agent/desk';
import { stateOf } from '../choices';
import { formatNumber, plain } from '../format';
import { useT, useWord } from '../i18n';
import { useLive, useOwnCards } from '../live';
import type { Card } from '../protocol';

/** One line that says who it is: the contact, else what the network claims, else the number. */
export function whoIs(card: Card): string {
  const only = card.contacts?.length === 1 ? card.contacts[0]?.name : null;
  return plain(only ?? claimedName(card) ?? formatNumber(card.number ?? ''));
}

export function Attention() {
  const t = useT();
  const word = useWord();
  const agent = useLive(live => live.picture?.agent);
  const link = useLive(live => live.link);
  const own = useOwnCards();
  const ringing = own.find(each => each.phase === 'ringing')?.card;
  const talking = own.find(each => each.phase === 'talking' || each.phase === 'hold')?.card;
  const who = ringing ? whoIs(ringing) || t('number.withheld') : '';
  const title = ringing
    ? `☎ ${who} – ${t('state.ringing')}`
    : talking
      ? `${whoIs(talking) || t('number.withheld')} – ${t('state.talking')}`
      : 'Helin';
  useEffect(() => {
    document.title = title;
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = ringing ? '/icon-ringing.svg' : '/icon.svg';
  }, [title, ringing]);
  const away = link === 'reconnecting' ? t('link.reconnecting') : '';
  return (
    <>
      <div className="for-ears" role="alert">
        {ringing && t('ring.announce', { who, queue: ringing.queue ?? '–' })}
      </div>
      <div className="for-ears" role="status">
        {away || (agent && t('state.announce', { state: word('state', stateOf(agent)) }))}
      </div>
    </>
  );
}
