/** Every agent, a row each. Only the rows that are seen are in the page: a thousand cost what thirty do. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { Headset } from 'lucide-react';
import { memo, useRef } from 'react';
import { useT } from '../i18n';
import type { Agent, Card } from '../protocol';
import { AgentState, Empty, PhoneNumber } from '../ui/parts';
import s from './wall.module.css';

const ROW = 44;

export function AgentRows({
  agents,
  calls,
  nameOf,
}: {
  agents: Agent[];
  calls: Record<string, Card>;
  nameOf: (login: string) => string;
}) {
  const t = useT();
  const frame = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: agents.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 8,
    // Until the browser has measured the frame: else it would be empty at first.
    initialRect: { width: 800, height: 12 * ROW },
    getItemKey: index => agents[index]?.id ?? index,
  });
  if (agents.length === 0) return <Empty icon={Headset}>{t('wall.no_agents')}</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard (WCAG 2.1.1)
    <section ref={frame} className={s.rows} tabIndex={0} aria-label={t('floor.agents')}>
      <ul style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(row => {
          const agent = agents[row.index];
          if (!agent) return null;
          return (
            <li
              key={row.key}
              className={s.row}
              aria-setsize={agents.length}
              aria-posinset={row.index + 1}
              style={{ height: ROW, transform: `translateY(${row.start}px)` }}
            >
              <Row name={nameOf(agent.id)} agent={agent} call={agent.call ? calls[agent.call] : undefined} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Drawn anew only when its own agent or call is another. */
const Row = memo(function Row({ name, agent, call }: { name: string; agent: Agent; call: Card | undefined }) {
  return (
    <>
      <bdi>{name}</bdi>
      <span>
        <AgentState agent={agent} />
      </span>
      <span className={s.with}>
        <WithWhom agent={agent} call={call} />
      </span>
    </>
  );
});

function WithWhom({ agent, call }: { agent: Agent; call: Card | undefined }) {
  if (!call) return <bdi>{agent.queues.join(', ')}</bdi>;
  return (
    <>
      <PhoneNumber>{call.number}</PhoneNumber>
      {call.queue && <bdi> · {call.queue}</bdi>}
    </>
  );
}
