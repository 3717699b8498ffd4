/** The agent's home: the call, or the calm before it; beside it who waits and what was. */

import { useEffect, useState } from 'react';
import { useT } from '../i18n';
import { onEvent, setDesk, useLive, usePicture } from '../live';
import type { Card } from '../protocol';
import { queries, useCalls } from '../queries';
import { whoIs } from '../shell/attention';
import { Elapsed, look, StateIcon } from '../ui/parts';
import { CallCard } from './call-card';
import { ownCards, type Phase } from './desk';
import s from './desk-page.module.css';
import { sweepDrafts } from './drafts';
import { RecentCalls } from './recent';
import { Rest } from './rest';
import { useCardOf } from './unfinished';
import { WaitingNow } from './waiting';

export function Desk() {
  const t = useT();
  const picture = usePicture(all => all);
  const ended = useLive(live => live.desk.ended);
  const [looked, setLooked] = useState<string | null>(null);
  const login = picture.me.login;
  const own: { card: Card; phase: Phase }[] = ownCards(picture);
  useUnfinished(login, own.length === 0 && !ended && picture.agent.state === 'wrap_up');
  useEffect(() => sweepDrafts(false), []);
  useEffect(
    () =>
      onEvent(event => {
        if ('gone' in event && event.gone && event.type.startsWith('call.'))
          void queries.invalidateQueries({ queryKey: ['calls'] });
      }),
    [],
  );
  if (own.length === 0 && ended) own.push({ card: ended, phase: 'ended' });
  const first = own.find(each => each.card.id === looked) ?? own[0];
  return (
    <div className={s.desk}>
      <div className={s.stage}>
        {first && <h1 className="for-ears">{t('nav.desk')}</h1>}
        {own.length > 1 && first && <Others own={own} shown={first.card.id} show={setLooked} />}
        {first ? <CallCard key={first.card.id} card={first.card} phase={first.phase} /> : <Rest />}
      </div>
      <aside className={s.aside}>
        <WaitingNow />
        <RecentCalls login={login} />
      </aside>
    </div>
  );
}

/** After a reload in wrap-up the call is no more in the picture: it is the last one of the log. */
function useUnfinished(login: string, needed: boolean): void {
  const { data } = useCalls({ agent: login, state: 'ended' }, 10);
  const last = data?.pages[0]?.items.find(call => call.segments.some(each => each.agent === login));
  const card = useCardOf(needed ? last : undefined);
  useEffect(() => {
    if (needed && card) setDesk(desk => ({ ...desk, ended: desk.ended ?? card }));
  }, [needed, card]);
}

/** More than one call at once: which one lies on top. */
function Others({
  own,
  shown,
  show,
}: {
  own: { card: Card; phase: Phase }[];
  shown: string;
  show: (id: string) => void;
}) {
  const t = useT();
  return (
    <div className={s.others} role="tablist" aria-label={t('calls.own')}>
      {own.map(({ card, phase }) => (
        <button
          key={card.id}
          type="button"
          role="tab"
          aria-selected={card.id === shown}
          className={`${s.other} ${look(phase === 'ended' ? 'wrap_up' : phase)}`}
          onClick={() => show(card.id)}
        >
          <StateIcon state={phase === 'ended' ? 'wrap_up' : phase} size={16} />
          <bdi>{whoIs(card) || t('number.withheld')}</bdi>
          <Elapsed since={card.started_at} />
        </button>
      ))}
    </div>
  );
}
