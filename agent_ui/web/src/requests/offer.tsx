/** A written request that is offered: on every page, until it is accepted, declined, or its time is over. */

import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { plain } from '../format';
import { useT, useWord } from '../i18n';
import { usePicture } from '../live';
import type { Written } from '../protocol';
import { useCommand } from '../shell/notices';
import { useShortcuts } from '../shell/shortcuts';
import { OFFER, play } from '../ui/notes';
import { Key, Tier } from '../ui/parts';
import { Countdown } from './countdown';
import { KindIcon, ownRequests, useTitle } from './in-line';
import s from './requests.module.css';

const AGAIN = 8_000;

export default function Offer({ deskPath }: { deskPath: string }) {
  const offered = usePicture(picture => ownRequests(picture).find(each => each.state === 'offered'));
  return offered ? <OfferCard key={offered.id} request={offered} deskPath={deskPath} /> : null;
}

function OfferCard({ request, deskPath }: { request: Written; deskPath: string }) {
  const t = useT();
  const word = useWord();
  const [, go] = useLocation();
  const give = useCommand();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    play(OFFER);
    const timer = setInterval(() => play(OFFER), AGAIN);
    return () => clearInterval(timer);
  }, []);
  async function say(what: 'accept' | 'call_back' | 'decline'): Promise<void> {
    if (busy) return;
    setBusy(true);
    const done = await give(what, { request: request.id });
    setBusy(false);
    if (done && what !== 'decline') go(deskPath);
  }
  const accept = () => void say(request.kind === 'callback' ? 'call_back' : 'accept');
  useShortcuts({ v: accept, j: () => void say('decline') });
  const kind = word('request', request.kind);
  const who = plain(request.name ?? '');
  const title = useTitle()(request);
  const call = request.kind === 'callback';
  return (
    <section className={s.offer} aria-label={t('written.offered')}>
      <p className="for-ears" role="alert">
        {t('written.announce', { kind, title, who: who || '–' })}
      </p>
      <span className={s.sign}>
        <KindIcon kind={request.kind} size={20} />
      </span>
      <div className={s.offerWords}>
        <strong>
          <bdi>{title}</bdi>
        </strong>
        <small>
          {who && (
            <>
              <bdi>{who}</bdi>
              {' · '}
            </>
          )}
          <bdi>{request.queue}</bdi>
          {request.until && (
            <>
              {' · '}
              <Countdown until={request.until} />
            </>
          )}
        </small>
      </div>
      <Tier>{request.tier}</Tier>
      <div className={s.buttons}>
        <Button loading={busy} onClick={accept} rightSection={<Key>V</Key>}>
          {t(call ? 'callback.call' : 'written.accept')}
        </Button>
        <Button
          variant="default"
          disabled={busy}
          onClick={() => void say('decline')}
          rightSection={<Key>J</Key>}
        >
          {t('written.decline')}
        </Button>
      </div>
    </section>
  );
}
