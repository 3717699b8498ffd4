/** The written requests that this agent has: what was written, by whom, what was before, and what to do with it. */

import { useState } from 'react';
import { plain } from '../format';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { Written } from '../protocol';
import { useCommand } from '../shell/notices';
import { When } from '../ui/parts';
import { KindIcon, ownRequests } from './in-line';
import { RequestCard } from './request-card';
import s from './requests.module.css';

export default function OwnRequests() {
  const t = useT();
  const own = ownRequests(usePicture(picture => picture));
  const taken = own.filter(each => each.state === 'taken');
  const parked = own.filter(each => each.state === 'parked');
  const [looked, setLooked] = useState<string | null>(null);
  const shown = taken.find(each => each.id === looked) ?? taken[0];
  return (
    <>
      {taken.length > 1 && shown && (
        <div className={s.tabs} role="tablist" aria-label={t('written.own')}>
          {taken.map(each => (
            <button
              key={each.id}
              type="button"
              role="tab"
              aria-selected={each.id === shown.id}
              onClick={() => setLooked(each.id)}
            >
              <KindIcon kind={each.kind} />
              <bdi>{plain(each.title)}</bdi>
            </button>
          ))}
        </div>
      )}
      {shown && <RequestCard key={shown.id} request={shown} />}
      {parked.length > 0 && (
        <ul className={s.parked} aria-label={t('written.parked')}>
          {parked.map(each => (
            <Parked key={each.id} request={each} />
          ))}
        </ul>
      )}
    </>
  );
}

function Parked({ request }: { request: Written }) {
  const t = useT();
  const give = useCommand();
  return (
    <li>
      <KindIcon kind={request.kind} />
      <bdi>{plain(request.title)}</bdi>
      {request.until && (
        <span>
          {t('written.parked_until')} <When at={request.until} />
        </span>
      )}
      <button type="button" onClick={() => void give('accept', { request: request.id })}>
        {t('written.resume')}
      </button>
    </li>
  );
}
