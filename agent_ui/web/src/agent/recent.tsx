/** The agent's last calls. */

import { PhoneIncoming, PhoneMissed, PhoneOutgoing, Sparkles } from 'lucide-react';
import { Link } from 'wouter';
import { clock } from '../format';
import { useT } from '../i18n';
import type { Call } from '../protocol';
import { useCalls, useContactNames } from '../queries';
import { CardBox, Empty, PhoneNumber, Tier, When, Who } from '../ui/parts';
import { claimedName } from './desk';
import s from './desk-page.module.css';

export function RecentCalls({ login }: { login: string }) {
  const t = useT();
  const { data } = useCalls({ agent: login, state: 'ended' }, 10);
  const calls = data?.pages[0]?.items;
  const nameOf = useContactNames(calls);
  return (
    <CardBox title={t('recent')}>
      {calls?.length === 0 && <Empty icon={Sparkles}>{t('recent.none')}</Empty>}
      <ul className={s.recent}>
        {calls?.map(call => (
          <li key={call.id}>
            <Link href={`/calls/${encodeURIComponent(call.id)}`} className={s.row}>
              <Sign call={call} login={login} />
              <span className={s.rowWho}>
                <Who name={nameOf(call) ?? claimedName(call)} number={call.number} />
                <small>
                  {nameOf(call) ? <PhoneNumber>{call.number}</PhoneNumber> : <bdi>{call.queue}</bdi>}
                </small>
              </span>
              <Tier>{call.tier}</Tier>
              <span className={s.rowSide}>
                <When at={call.started_at} brief />
                <small className="digits">{talked(call, login)}</small>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </CardBox>
  );
}

function talked(call: Call, login: string): string {
  const own = call.segments.filter(each => each.agent === login);
  return own.length ? clock(own.reduce((sum, each) => sum + (each.talked_seconds ?? 0), 0)) : '–';
}

function Sign({ call, login }: { call: Call; login: string }) {
  const t = useT();
  const missed = !call.segments.some(each => each.agent === login);
  const Icon = missed ? PhoneMissed : call.direction === 'outbound' ? PhoneOutgoing : PhoneIncoming;
  const words = missed ? t('missed') : t(`direction.${call.direction}`);
  return (
    <span className={s.sign} data-missed={missed || undefined} title={words}>
      <Icon size={16} aria-hidden="true" />
      <span className="for-ears">{words}</span>
    </span>
  );
}
