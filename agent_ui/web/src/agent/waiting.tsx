/** Callers and written requests that wait in the own queues, in the order in which they will be served. */

import { Coffee } from 'lucide-react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { inLine, limitsOf, WaitingTitle } from '../requests/in-line';
import { Avatar, Badge, CardBox, Empty, PhoneNumber, Tier, Wait, Who } from '../ui/parts';
import { claimedName } from './desk';
import s from './desk-page.module.css';

const SHOWN = 6;

export function WaitingNow() {
  const t = useT();
  const queues = usePicture(picture => picture.queues);
  const waiting = usePicture(picture => picture.waiting);
  const list = Object.values(queues).sort((a, b) => a.name.localeCompare(b.name));
  const total = list.reduce((sum, queue) => sum + inLine(queue), 0);
  return (
    <CardBox title={t('waiting')} side={total > 0 && <Badge look="plain">{String(total)}</Badge>}>
      {list.length === 0 ? (
        <Empty icon={Coffee}>{t('queues.none_own')}</Empty>
      ) : total === 0 ? (
        <Empty icon={Coffee}>{t('waiting.nobody')}</Empty>
      ) : null}
      {list
        .filter(queue => inLine(queue) > 0)
        .map(queue => (
          <section key={queue.name} className={s.queue}>
            <h3>
              <bdi>{queue.name}</bdi>
              <span>{t('queue.ready', { count: queue.agents.ready })}</span>
            </h3>
            <ol>
              {(waiting[queue.name] ?? []).slice(0, SHOWN).map(each => (
                <li key={each.call ?? each.request} className={s.row}>
                  <Avatar name={claimedName(each)} size={30} />
                  <span className={s.rowWho}>
                    <Who name={claimedName(each)} number={each.number} />
                    <WaitingTitle of={each} />
                    {claimedName(each) && each.call && (
                      <small>
                        <PhoneNumber>{each.number}</PhoneNumber>
                      </small>
                    )}
                  </span>
                  <Tier>{each.tier}</Tier>
                  <Wait since={each.queued_at} {...limitsOf(each, queue)} />
                </li>
              ))}
            </ol>
            {inLine(queue) > SHOWN && (
              <p className={s.rowMore}>{t('waiting.more', { count: inLine(queue) - SHOWN })}</p>
            )}
          </section>
        ))}
    </CardBox>
  );
}
