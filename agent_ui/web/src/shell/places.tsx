/** Where one can go, by role. What is set up seldom stands behind one sign of the rail, as tabs: on a phone there is room for six. */

import {
  Calculator,
  CalendarCheck,
  CalendarClock,
  ChartColumn,
  ChartNoAxesGantt,
  Coffee,
  FlaskConical,
  Headset,
  type LucideIcon,
  Megaphone,
  MonitorPlay,
  PhoneIncoming,
  Rows3,
  Settings2,
  Unplug,
  UserCog,
  UserRound,
  Webhook,
} from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { type MessageId, useT } from '../i18n';
import type { Role } from '../protocol';
import { sees } from './roles';
import s from './shell.module.css';

export interface Place {
  path: string;
  word: MessageId;
  icon: LucideIcon;
  /** After G. */
  key: string;
  /** Paths that stand behind the same sign. */
  below?: string[];
}

function daily(role: Role): Place[] {
  const may = sees(role);
  const floor: Place = { path: '/', word: 'nav.floor', icon: ChartNoAxesGantt, key: 'f' };
  const wall: Place = {
    path: '/wall',
    word: 'nav.wall',
    icon: MonitorPlay,
    key: 'b',
    below: may.rules ? ['/lost-callers', '/alarms'] : [],
  };
  const desk: Place = { path: may.deskPath, word: 'nav.desk', icon: Headset, key: 'd' };
  return [
    ...(may.floor ? [floor, desk] : [desk]),
    ...(may.wall ? [wall] : []),
    { path: '/day', word: 'nav.day', icon: CalendarCheck, key: 'y' },
    { path: '/contacts', word: 'nav.contacts', icon: UserRound, key: 'c' },
    { path: '/calls', word: 'nav.calls', icon: PhoneIncoming, key: 'l' },
  ];
}

function setup(role: Role): Place[] {
  const may = sees(role);
  const all: [boolean, Place][] = [
    [may.rules, { path: '/queues', word: 'nav.queues', icon: Rows3, key: 'q', below: ['/new-queue'] }],
    [
      may.campaigns,
      { path: '/campaigns', word: 'nav.campaigns', icon: Megaphone, key: 'm', below: ['/new-campaign'] },
    ],
    [may.rules, { path: '/hours', word: 'nav.hours', icon: CalendarClock, key: 'h', below: ['/new-hours'] }],
    [may.wall, { path: '/reports', word: 'nav.reports', icon: ChartColumn, key: 'r' }],
    [may.rules, { path: '/what-if', word: 'nav.what_if', icon: FlaskConical, key: 'w' }],
    [may.rules, { path: '/staffing', word: 'nav.staffing', icon: Calculator, key: 's' }],
    [may.admin, { path: '/users', word: 'nav.users', icon: UserCog, key: 'u' }],
    [may.admin, { path: '/pauses', word: 'nav.pauses', icon: Coffee, key: 'p' }],
    [may.rules, { path: '/gaps', word: 'nav.gaps', icon: Unplug, key: 'v' }],
    [may.admin, { path: '/webhooks', word: 'nav.webhooks', icon: Webhook, key: 'k' }],
  ];
  return all.filter(([seen]) => seen).map(([, place]) => place);
}

/** All of them, each with its key. */
export function placesOf(role: Role): Place[] {
  return [...daily(role), ...setup(role)];
}

/** What the rail shows. */
export function rail(role: Role): Place[] {
  const [first, ...others] = setup(role);
  if (!first) return daily(role);
  if (others.length === 0) return [...daily(role), first];
  const below = [first, ...others].flatMap(each => [each.path, ...(each.below ?? [])]);
  return [...daily(role), { ...first, word: 'nav.setup', icon: Settings2, below }];
}

export function isAt(path: string, at: string): boolean {
  return path === '/' ? at === '/' : at === path || at.startsWith(`${path}/`);
}

export function SetupTabs({ role }: { role: Role }) {
  const t = useT();
  const [at] = useLocation();
  const tabs = setup(role);
  const isHere = ({ path, below = [] }: Place) => [path, ...below].some(each => isAt(each, at));
  if (tabs.length < 2 || !tabs.some(isHere)) return null;
  return (
    <nav className={s.tabs} aria-label={t('nav.setup')}>
      {tabs.map(each => (
        <Link key={each.path} href={each.path} aria-current={isHere(each) ? 'page' : undefined}>
          <each.icon size={17} aria-hidden="true" />
          {t(each.word)}
        </Link>
      ))}
    </nav>
  );
}
