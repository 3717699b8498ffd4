/** What happened with a contact before, latest first. */

import { Skeleton } from '@mantine/core';
import {
  CircleDot,
  Globe,
  History,
  Mail,
  MessageSquare,
  PhoneIncoming,
  PhoneOutgoing,
  StickyNote,
} from 'lucide-react';
import { useState } from 'react';
import { clip } from '../format';
import { useT, useWord } from '../i18n';
import type { PopInteraction } from '../protocol';
import { useAgentName, useResultWord } from '../queries';
import { Ago, Badge, Empty, When } from '../ui/parts';
import s from './timeline.module.css';

const ICONS = { email: Mail, note: StickyNote, web: Globe, chat: MessageSquare, sms: MessageSquare };

function iconOf({ channel, direction }: PopInteraction) {
  if (channel === 'call') return direction === 'outbound' ? PhoneOutgoing : PhoneIncoming;
  return ICONS[channel as keyof typeof ICONS] ?? CircleDot;
}

export function Timeline({ items }: { items: PopInteraction[] | null }) {
  const t = useT();
  if (items === null) return <TimelineToCome />;
  if (items.length === 0) return <Empty icon={History}>{t('history.none')}</Empty>;
  return (
    <ol className={s.line}>
      {items.map((item, index) => (
        <Entry key={item.id ?? `${item.at}${index}`} item={item} />
      ))}
    </ol>
  );
}

function Entry({ item }: { item: PopInteraction }) {
  const word = useWord();
  const nameOf = useAgentName();
  const resultOf = useResultWord();
  const Icon = iconOf(item);
  const kind = item.direction ? `${item.channel}_${item.direction}` : item.channel;
  return (
    <li className={s.entry}>
      <span className={s.sign} aria-hidden="true">
        <Icon size={15} strokeWidth={2} />
      </span>
      <div className={s.head}>
        <strong>{word('channel', kind)}</strong>
        {item.disposition && <Badge look="plain">{resultOf(item.disposition)}</Badge>}
      </div>
      <p className={s.when}>
        <Ago at={item.at} /> · <When at={item.at} />
        {item.agent && (
          <>
            {' · '}
            <bdi>{nameOf(item.agent)}</bdi>
          </>
        )}
      </p>
      {item.note && <Note>{item.note}</Note>}
    </li>
  );
}

const SHOWN = 220;

function Note({ children }: { children: string }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { shown, cut } = clip(children, SHOWN);
  return (
    <p className={s.note} dir="auto">
      {open || !cut ? children : `${shown}…`}
      {cut && (
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'show.less' : 'show.all')}
        </button>
      )}
    </p>
  );
}

/** The place of a timeline that has been asked for: nothing moves when it comes. */
export function TimelineToCome() {
  const t = useT();
  return (
    <div className={s.line} aria-busy="true">
      <span className="for-ears">{t('loading')}</span>
      {[72, 48, 64].map(width => (
        <div key={width} className={s.entry}>
          <Skeleton className={s.sign} circle height={30} width={30} />
          <Skeleton height={14} width={`${width}%`} mt={6} />
          <Skeleton height={12} width={`${width - 20}%`} mt={10} />
        </div>
      ))}
    </div>
  );
}
