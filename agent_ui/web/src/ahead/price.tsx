/** What a pause would cost the next half hour; shown before it is taken, and never in its way. */

import { useQuery } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { useT } from '../i18n';
import { percent } from '../wall/sums';
import s from './ahead.module.css';
import { type Cost, pausePrice } from './api';
import { seconds } from './next-line';

/** Queues that are named; the others are not hit as hard. */
const SHOWN = 3;
const FRESH = 10_000;

/** `agent` null: one's own pause. */
export default function Price({ agent = null, reason }: { agent?: string | null; reason: string }) {
  const t = useT();
  const { data } = useQuery({
    queryKey: ['pause-price', agent, reason],
    queryFn: () => pausePrice(agent, reason),
    staleTime: FRESH,
    placeholderData: before => before,
    retry: false,
  });
  if (!data) return null;
  const costs = data.items.filter(each => each.paused.service_level !== null);
  const worst = [...costs].sort((a, b) => fall(b) - fall(a)).slice(0, SHOWN);
  return (
    <div className={s.price} role="status">
      <Scale size={16} aria-hidden="true" />
      <div>
        <p>{t('price.title')}</p>
        {worst.length === 0 && <p>{t('price.nothing')}</p>}
        <ul>
          {worst.map(each => (
            <li key={each.queue}>
              <bdi>{each.queue}</bdi> {t('price.of', words(each))}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function fall({ now, paused }: Cost): number {
  return (now.service_level ?? 0) - (paused.service_level ?? 0);
}

function words({ now, paused }: Cost) {
  return {
    from: percent(now.service_level),
    to: percent(paused.service_level),
    wait: seconds(now.longest_wait_seconds),
    longer: seconds(paused.longest_wait_seconds),
  };
}
