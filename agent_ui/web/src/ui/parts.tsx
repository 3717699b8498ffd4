/** The small parts that every page is made of. What a caller may have chosen goes through Name or PhoneNumber: text, isolated. */

import {
  CircleCheck,
  CircleOff,
  CirclePause,
  CircleX,
  ClipboardPen,
  type LucideIcon,
  Phone,
  PhoneCall,
  PhoneOff,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';
import { stateOf } from '../choices';
import { secondsSince, useSecond } from '../clock';
import { clip, clock, formatNumber, hue, initials, since as sinceThen } from '../format';
import { useT, useWord } from '../i18n';
import type { Agent } from '../protocol';
import { printed, unprinted, useKeyMap } from '../shell/keys';
import { StateTimer } from '../states/pause-timer';
import { useReasonWord } from '../states/reasons';
import s from './ui.module.css';

export { ProblemLine } from './problem-line';

/** A name of any length and script: one line, the whole of it on demand. */
export function Name({
  children,
  most = 80,
  opens = false,
}: {
  children: string;
  most?: number;
  opens?: boolean;
}) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { shown, cut } = clip(children, most);
  if (!cut)
    return (
      <bdi className={s.name} title={children}>
        {children}
      </bdi>
    );
  return (
    <>
      <bdi className={open ? s.whole : s.name} title={clip(children, 400).shown}>
        {open ? children : `${shown}…`}
      </bdi>
      {opens && (
        <button type="button" className={s.more} aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'show.less' : 'show.all')}
        </button>
      )}
    </>
  );
}

export function PhoneNumber({ children }: { children: string | null }) {
  const t = useT();
  if (!children) return <span className={s.dim}>{t('number.withheld')}</span>;
  const { shown, cut } = clip(formatNumber(children), 40);
  return (
    <bdi className={s.number} title={cut ? clip(children, 400).shown : undefined}>
      {cut ? `${shown}…` : shown}
    </bdi>
  );
}

/** Who somebody is called, or their number when nobody knows a name. */
export function Who({ name, number }: { name: string | null; number: string | null }) {
  return name ? <Name>{name}</Name> : <PhoneNumber>{number}</PhoneNumber>;
}

/** A duration that counts up by itself. Not read out: whoever wants it finds the words beside it. */
export function Elapsed({ since }: { since: string }) {
  const second = useSecond();
  return <span className="digits">{clock(secondsSince(since, second))}</span>;
}

/** A wait, which turns amber past the queue's target and red past its longest. */
export function Wait({ since, target, longest }: { since: string; target?: number; longest?: number }) {
  const waited = secondsSince(since, useSecond());
  const tone = waited > (longest ?? Infinity) ? s.danger : waited > (target ?? Infinity) ? s.paused : s.plain;
  return <span className={`${s.badge} ${tone} digits`}>{clock(waited)}</span>;
}

/** The time if it was today; else the day, and the time too unless it should be `brief`. */
export function When({ at, brief = false }: { at: string; brief?: boolean }) {
  const intl = useIntl();
  const date = new Date(at);
  const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
  const day: Intl.DateTimeFormatOptions =
    date.getFullYear() === new Date().getFullYear()
      ? { day: 'numeric', month: 'short' }
      : { day: 'numeric', month: 'short', year: 'numeric' };
  const today = date.toDateString() === new Date().toDateString();
  return (
    <time
      dateTime={at}
      className="digits"
      title={intl.formatDate(date, { dateStyle: 'full', timeStyle: 'medium' })}
    >
      {intl.formatDate(date, today ? time : brief ? day : { ...day, ...time })}
    </time>
  );
}

/** `3 days ago`, `yesterday`. */
export function Ago({ at }: { at: string }) {
  const intl = useIntl();
  const [count, unit] = sinceThen(new Date(at), new Date());
  return intl.formatRelativeTime(-count, unit, { numeric: 'auto' });
}

export function Tier({ children }: { children: string | null }) {
  const t = useT();
  if (!children) return null;
  const look = children === 'A' ? s.tierA : children === 'B' ? s.tierB : '';
  return (
    <span className={`${s.tier} ${look}`} title={t('tier', { tier: children })}>
      <span className="for-ears">{t('tier', { tier: children })}</span>
      <span aria-hidden="true">{clip(children, 3).shown}</span>
    </span>
  );
}

export type Look =
  | 'ready'
  | 'ringing'
  | 'talking'
  | 'hold'
  | 'paused'
  | 'wrap_up'
  | 'offline'
  | 'danger'
  | 'plain';

/** The ground and ink of a state, for any element's class. */
export function look(state: Look): string {
  return s[state] ?? '';
}

const ICONS: Record<string, LucideIcon> = {
  ready: CircleCheck,
  ringing: PhoneCall,
  talking: Phone,
  hold: CirclePause,
  paused: CirclePause,
  wrap_up: ClipboardPen,
  offline: CircleOff,
  away: PhoneOff,
  danger: CircleX,
};

export function StateIcon({ state, size = 15 }: { state: string; size?: number }) {
  const Icon = ICONS[state] ?? CircleOff;
  return <Icon size={size} strokeWidth={2.2} aria-hidden="true" />;
}

export function AgentState({ agent, timer = true }: { agent: Agent; timer?: boolean }) {
  const word = useWord();
  const reasonOf = useReasonWord();
  const state = stateOf(agent);
  return (
    <span className={`${s.badge} ${look(state)}`}>
      <StateIcon state={state} />
      {word('state', state)}
      {state === 'paused' && agent.reason && <> · {reasonOf(agent.reason, 30)}</>}
      {timer && <StateTimer agent={agent} />}
    </span>
  );
}

export function Badge({ look: tone, children }: { look: Look; children: ReactNode }) {
  return <span className={`${s.badge} ${look(tone)}`}>{children}</span>;
}

const TONES: Look[] = ['ringing', 'talking', 'ready', 'paused', 'wrap_up', 'hold'];

export function Avatar({ name, size }: { name: string | null; size?: number }) {
  const letters = name ? initials(name) : '';
  const tone = letters && name ? (TONES[hue(name, TONES.length)] ?? 'plain') : 'plain';
  return (
    <span
      className={`${s.avatar} ${look(tone)}`}
      style={size ? ({ '--size': `${size}px` } as React.CSSProperties) : undefined}
      aria-hidden="true"
    >
      {letters || <Phone size={(size ?? 36) * 0.45} strokeWidth={2} />}
    </span>
  );
}

export function Empty({ icon: Icon, children }: { icon: LucideIcon; children: ReactNode }) {
  return (
    <div className={s.empty}>
      <Icon size={28} strokeWidth={1.5} aria-hidden="true" />
      <p>{children}</p>
    </div>
  );
}

/** The key to press for what `children` does by default. */
export function Key({ children }: { children: string }) {
  const chosen = useKeyMap(({ map }) => map[unprinted(children)]);
  return <kbd className={s.kbd}>{chosen ? printed(chosen) : children}</kbd>;
}

export function CardBox({
  title,
  side,
  children,
  label,
}: {
  title?: ReactNode;
  side?: ReactNode;
  children: ReactNode;
  label?: string;
}) {
  return (
    <section className={s.card} aria-label={label}>
      {title && (
        <header className={s.cardHead}>
          <h2>{title}</h2>
          {side}
        </header>
      )}
      {children}
    </section>
  );
}

/** A table that may be wider than the page: it scrolls by itself, with the keys too. */
export function TableFrame({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard (WCAG 2.1.1)
    <section className={s.tableFrame} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
