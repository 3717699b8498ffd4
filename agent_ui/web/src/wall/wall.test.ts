// @vitest-environment happy-dom

import { describe, expect, it } from 'vitest';
import type { CampaignLine, Counts } from '../protocol';
import { agent, queue, T0 } from '../samples';
import { addressOf, filterOf } from './filter';
import { limitsFrom } from './limits-card';
import {
  ALL,
  abandonedShare,
  agentsShown,
  campaignsShown,
  campaignTone,
  counted,
  fine,
  letters,
  percent,
  queuesShown,
  sumOf,
} from './sums';

const counts = (offered: number, within: number): Counts => ({
  offered,
  answered: within,
  answered_within: within,
  abandoned: 0,
  abandoned_within: 0,
  abandoned_short: 0,
  formula: 'offered',
  service_level: offered ? within / offered : null,
});

const QUEUES = {
  support: queue('support', {
    waiting: 1,
    oldest_queued_at: '2026-11-24T08:14:00Z',
    kinds: { mail: 2 },
    today: { since: T0, day: counts(100, 50), recent: counts(0, 0) },
  }),
  sales: queue('sales', {
    waiting: 3,
    oldest_queued_at: '2026-11-24T08:13:00Z',
    kinds: { mail: 1, callback: 4 },
    today: { since: T0, day: counts(10, 10), recent: counts(1, 1) },
  }),
};
const AGENTS = {
  a: agent('a'),
  b: agent('b', { leg: 'talking', queues: ['sales'] }),
  c: agent('c', { state: 'offline', queues: ['support'] }),
  d: agent('d', { since: '2026-11-24T08:00:00Z' }),
};

it('asks for no alarm where no limit is set', () => {
  const none = { limit: '', after: 0 };
  const rows = { waiting: none, longest_wait: none, agents: { limit: 0, after: '' }, abandoned: none };
  expect(limitsFrom({ ...rows, service_level: { limit: '80', after: '30' } })).toEqual([
    { measure: 'agents', limit: 0, after_seconds: 0 },
    { measure: 'service_level', limit: 0.8, after_seconds: 30 },
  ]);
});

describe('the wall', () => {
  it('reckons the level of all queues from their calls', () => {
    const sum = sumOf(Object.values(QUEUES));
    expect(sum).toMatchObject({ waiting: 4, oldest: '2026-11-24T08:13:00Z' });
    expect(sum.day?.service_level).toBeCloseTo(60 / 110);
    expect(sumOf([queue('new')])).toEqual({ waiting: 0, oldest: null, day: null });
    expect([percent(null), percent(0.816)]).toEqual(['–', '82 %']);
  });

  it('shows the chosen queues, the longest line first, and whose queues these are', () => {
    expect(queuesShown(QUEUES, ALL).map(each => each.name)).toEqual(['sales', 'support']);
    const only = { ...ALL, queues: ['support'] };
    expect(queuesShown(QUEUES, only).map(each => each.name)).toEqual(['support']);
    expect(agentsShown(AGENTS, only).map(each => each.id)).toEqual(['d', 'a']);
    expect(counted(AGENTS, only).get('offline')).toBe(1);
    expect(letters(Object.values(QUEUES))).toEqual([
      ['callback', 4],
      ['mail', 3],
    ]);
  });

  it('keeps the choice in the address, and takes nothing odd', () => {
    const filter = { queues: ['a b', 'müük'], hidden: ['ready' as const] };
    const address = addressOf(filter, true);
    expect(address.startsWith('/wall/tv?')).toBe(true);
    expect(filterOf(address.slice(address.indexOf('?')), null)).toEqual(filter);
    expect(filterOf('', '{"queues":[1,"x"],"hidden":["nonsense"]}')).toEqual({ queues: ['x'], hidden: [] });
    expect(filterOf('', 'no json')).toEqual(ALL);
  });
});

describe('campaigns', () => {
  const line = (name: string, more: Partial<CampaignLine>): CampaignLine => ({
    id: name,
    name,
    queue: 'support',
    mode: 'predictive',
    leads_left: 10,
    ringing: 0,
    connected_now: 0,
    agents: 2,
    idle: 1,
    answered: 200,
    abandoned: 0,
    limit: 0.03,
    pace: 'predictive',
    why: '',
    ...more,
  });
  const calm = line('calm', { abandoned: 2 });
  const near = line('near', { abandoned: 5 });
  const over = line('over', { abandoned: 7, queue: 'sales' });

  it('come with the nearest to its limit first, of the queues shown', () => {
    expect(campaignsShown([calm, over, near], ALL)).toEqual([over, near, calm]);
    expect(campaignsShown([calm, over, near], { ...ALL, queues: ['support'] })).toEqual([near, calm]);
  });

  it('are amber near the limit and red past it, also where nobody may be abandoned', () => {
    expect([calm, near, over].map(campaignTone)).toEqual([undefined, 'paused', 'danger']);
    expect(campaignTone(line('strict', { limit: 0, abandoned: 1 }))).toBe('danger');
    expect(campaignTone(line('new', { limit: 0, answered: 0 }))).toBeUndefined();
  });

  it('say a small share to a tenth of a percent, and nothing where nobody answered', () => {
    expect(fine(abandonedShare(near))).toBe('2.5\u00a0%');
    expect(fine(abandonedShare(line('new', { answered: 0 })))).toBe('–');
  });
});
