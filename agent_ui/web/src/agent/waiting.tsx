/** Callers who wait in the own queues, in the order in which they will be served. */

import { Coffee } from 'lucide-react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { Avatar, Badge, CardBox, Empty, PhoneNumber, Tier, Wait, Who } from '../ui/parts';
import { claimedName } from './desk';
import s from './desk-page.module.css';

const SHOWN = 6;

export function WaitingNow() {
  const t = useT();
  const queues = usePicture(picture => picture.queues);
  const waiting = usePicture(picture => picture.waiting);
  const list = Object.values(queues).sort((a, b) => a.name.localeCompare(b.name));
  const total = list.reduce((sum, queue) => sum + queue.waiting, 0);
  return (
    <CardBox title={t('waiting')} side={total > 0 && <Badge look="plain">{String(total)}</Badge>}>
      {list.length === 0 ? (
        <Empty icon={Coffee}>{t('queues.none_own')}</Empty>
      ) : total === 0 ? (
        <Empty icon={Coffee}>{t('waiting.nobody')}</Empty>
      ) : null}
      {list
        .filter(queue => queue.waiting > 0)
        .map(queue => (
          <section key={queue.name} className={s.queue}>
            <h3>
              <bdi>{queue.name}</bdi>
              <span>{t('queue.ready', { count: queue.agents.ready })}</span>
            </h3>
            <ol>
              {(waiting[queue.name] ?? []).slice(0, SHOWN).map(each => (
                <li key={each.call} className={s.row}>
                  <Avatar name={claimedName(each)} size={30} />
                  <span className={s.rowWho}>
                    <Who name={claimedName(each)} number={each.number} />
                    {claimedName(each) && (
                      <small>
                        <PhoneNumber>{each.number}</PhoneNumber>
                      </small>
                    )}
                  </span>
                  <Tier>{each.tier}</Tier>
                  <Wait
                    since={each.queued_at}
                    target={queue.target_seconds}
                    longest={queue.max_wait_seconds}
                  />
                </li>
              ))}
            </ol>
            {queue.waiting > SHOWN && (
              <p className={s.rowMore}>{t('waiting.more', { count: queue.waiting - SHOWN })}</p>
            )}
          </section>
        ))}
    </CardBox>
  );
}
