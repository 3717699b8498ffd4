/** The own call, while another page is open: one line that leads back to it. A ring brings the desk up by itself, unless someone is typing. */

import { Phone, PhoneCall } from 'lucide-react';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { openSegment } from '../agent/desk';
import { useT } from '../i18n';
import { useLive, useOwnCards } from '../live';
import { Elapsed, look } from '../ui/parts';
import { whoIs } from './attention';
import s from './shell.module.css';
import { isTyping } from './shortcuts';

export function CallDock({ deskPath }: { deskPath: string }) {
  const t = useT();
  const [at, go] = useLocation();
  const login = useLive(live => live.picture?.me.login);
  const first = useOwnCards()[0];
  const ringing = first?.phase === 'ringing' ? first.card.id : undefined;
  useEffect(() => {
    if (ringing && !isTyping(document.activeElement)) go(deskPath);
  }, [ringing, go, deskPath]);
  if (!first || !login || at === deskPath) return null;
  const { card, phase } = first;
  const since = openSegment(card, login)?.started_at ?? card.started_at;
  const Icon = phase === 'ringing' ? PhoneCall : Phone;
  return (
    <button
      type="button"
      className={`${s.dock} ${look(phase === 'ended' ? 'wrap_up' : phase)}`}
      onClick={() => go(deskPath)}
    >
      <Icon size={18} aria-hidden="true" />
      <strong>
        <bdi>{whoIs(card) || t('number.withheld')}</bdi>
      </strong>
      <Elapsed since={since} />
      <span className={s.dockGo}>{t('dock.open')}</span>
    </button>
  );
}
