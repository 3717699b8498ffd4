/** How long a pause lasts already; past its limit it says so, with a sign and in words. */

import { TriangleAlert } from 'lucide-react';
import { secondsSince, useSecond } from '../clock';
import { useT } from '../i18n';
import type { Agent } from '../protocol';
import { Elapsed } from '../ui/parts';
import { useLimit } from './reasons';
import s from './states.module.css';

export function usePauseOver(agent: Agent): number | null {
  const second = useSecond();
  const limit = useLimit(agent.state === 'paused' ? agent.reason : null);
  const over = limit !== null && agent.since !== null && secondsSince(agent.since, second) > limit;
  return over ? limit / 60 : null;
}

export function StateTimer({ agent }: { agent: Agent }) {
  const t = useT();
  const over = usePauseOver(agent);
  if (!agent.since || agent.state === 'offline') return null;
  if (over === null) return <Elapsed since={agent.since} />;
  return (
    <span className={s.over} title={t('pause.over', { minutes: over })}>
      <TriangleAlert size={15} aria-hidden="true" />
      <Elapsed since={agent.since} />
      <span className="for-ears">{t('pause.over', { minutes: over })}</span>
    </span>
  );
}
