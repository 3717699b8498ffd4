/** The agent's home: the call, or the calm before it; beside it who waits and what was. */

import { lazy, Suspense, useEffect, useState } from 'react';
import { useT } from '../i18n';
import { onEvent, setDesk, useLive, usePicture } from '../live';
import type { Card } from '../protocol';
import { queries, useCalls } from '../queries';
import { ownRequests } from '../requests/in-line';
import { whoIs } from '../shell/attention';
import { useShortcuts } from '../shell/shortcuts';
import { Elapsed, look, StateIcon } from '../ui/parts';
import { CallCard } from './call-card';
import { ownCards, type Phase } from './desk';
import s from './desk-page.module.css';
import { draftOf, sweepDrafts, useDraft } from './drafts';
import { openKnowledge, useKnowledge } from './knowledge';
import { RecentCalls } from './recent';
import { Rest } from './rest';
import { useCardOf } from './unfinished';
import { WaitingNow } from './waiting';

const Preview = lazy(() => import('./preview'));
const OwnRequests = lazy(() => import('../requests/desk'));
const KnowledgePanel = lazy(() => import('../knowledge/knowledge-panel'));

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
  const written = ownRequests(picture).some(each => each.state !== 'offered');
  const canPreview = picture.agent.queues.some(name => picture.queues[name]?.mode === 'direct');
  const first = own.find(each => each.card.id === looked) ?? own[0];
  return (
    <div className={s.desk}>
      <div className={s.stage}>
        {first && <h1 className="for-ears">{t('nav.desk')}</h1>}
        {own.length > 1 && first && <Others own={own} shown={first.card.id} show={setLooked} />}
        {first && <CallCard key={first.card.id} card={first.card} phase={first.phase} />}
        {written && (
          <Suspense fallback={null}>
            <OwnRequests />
          </Suspense>
        )}
        {!first && <Rest />}
        {!first && canPreview && (
          <Suspense fallback={null}>
            <Preview />
          </Suspense>
        )}
      </div>
      <aside className={s.aside}>
        <BesideTheCall login={login} card={first?.card} />
        <WaitingNow />
        <RecentCalls login={login} />
      </aside>
    </div>
  );
}

/** Articles, when they were asked for. What is taken from them goes to the end of the note of the call that lies on top. */
function BesideTheCall({ login, card }: { login: string; card: Card | undefined }) {
  const open = useKnowledge(knowledge => knowledge.open);
  const [, change] = useDraft(login, card?.id ?? '');
  useShortcuts({ i: openKnowledge });
  if (!open) return null;
  const call = card?.id;
  return (
    <Suspense fallback={null}>
      <KnowledgePanel
        insert={
          call
            ? text => {
                const before = draftOf(login, call).note.trimEnd();
                change({ note: `${before}${before && '\n\n'}${text}`.slice(0, 10_000) });
              }
            : undefined
        }
      />
    </Suspense>
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
