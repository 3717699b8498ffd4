/** A server inside the page: answers `fetch` and stands at the other end of the socket. */

import type { WhatIfScenario } from '../api';
import type { CalendarFields } from '../hours/api';
import type { PanelEvent, Role, Snapshot } from '../protocol';
import { agent, T0 } from '../samples';
import * as campaigns from './campaigns';
import * as figures from './figures';
import * as hours from './hours';
import * as letters from './letters';
import * as world from './people';
import * as reckoned from './reckoned';
import { PEAKS, RECORDINGS } from './recordings';
import * as shelf from './shelf';

export function installServer(scene: string, role: Role): void {
  let signedIn = scene !== 'login';
  const me = world.me(role);
  let preferences: object = {};

  const page = (items: unknown[]) => ({ items, next: null });

  function answer(method: string, path: string, query: URLSearchParams, body: unknown): [number, unknown] {
    const [, kind = '', id = '', part = ''] = path.split('/');
    if (path.endsWith('/why')) return [200, world.WHY];
    if (kind === 'shifts' && id === 'file') return [200, reckoned.SHIFTS_TAKEN];
    if (kind === 'shifts') return [200, page(scene === 'offline' ? [] : reckoned.SHIFTS())];
    if (kind === 'next-half-hour') return [200, reckoned.NEXT()];
    if (path.endsWith('/pause-price')) return [200, reckoned.PRICE(query.get('reason') ?? '')];
    if (kind === 'session' && method === 'POST') {
      const { password } = body as { password: string };
      if (password === 'many') return [429, { detail: '' }];
      if (password !== 'helin') return [401, { detail: 'No.' }];
      signedIn = true;
      return [200, { token: '', user: me }];
    }
    if (!signedIn) return [401, { detail: 'Sign in first.' }];
    if (kind === 'session') {
      signedIn = false;
      return [204, null];
    }
    if (kind === 'me' && id === 'day') return [200, shelf.DAY(scene === 'offline')];
    if (kind === 'me' && id === 'preferences') {
      if (method === 'PUT') preferences = (body as { preferences: object }).preferences;
      return [200, { preferences }];
    }
    if (kind === 'me') return [200, me];
    if (kind === 'dispositions') return [200, page(shelf.DISPOSITIONS)];
    if (kind === 'articles' && part === 'used') return [204, null];
    if (kind === 'articles' && id) {
      const article = shelf.ARTICLES.find(each => each.id === id);
      return article ? [200, article] : [404, { detail: 'There is no such article.' }];
    }
    if (kind === 'articles') return [200, page(shelf.found(query.get('q') ?? ''))];
    if (kind === 'tasks')
      return [
        200,
        id ? { ...shelf.TASKS[0], ...(body as object) } : page(scene === 'offline' ? [] : shelf.TASKS),
      ];
    if (kind === 'calls' && part === 'draft')
      return scene === 'campaign-call'
        ? [200, { agent: me.login, text: campaigns.BEGUN }]
        : [200, scene === 'received' ? { agent: 'agent2', text: shelf.BEGUN } : { agent: null, text: '' }];
    if (kind === 'panel-ticket') return [200, { ticket: 't', url: 'ws://mock/panel' }];
    if (kind === 'colleagues') return [200, page(world.COLLEAGUES)];
    if (kind === 'users') return method === 'GET' ? [200, page(world.USERS)] : [200, body];
    if (kind === 'gaps') return [200, page(shelf.GAPS)];
    if (kind === 'webhooks') return [200, page(shelf.WEBHOOKS)];
    if (kind === 'what-if') return [200, world.whatIfOf(body as { scenarios: WhatIfScenario[] })];
    if (kind === 'requests' && part === 'draft')
      return [200, method === 'GET' ? letters.DRAFT : { agent: me.login, text: '' }];
    if (kind === 'requests' && part === 'replies') return [200, page(letters.REPLIES)];
    if (kind === 'requests') return [200, letters.FILE];
    if (kind === 'lost-callers')
      return [
        200,
        { from: T0, items: scene === 'offline' ? [] : world.LOST(), withheld: 2, cut: false, next: null },
      ];
    if (kind === 'callbacks') return [201, { id: '9', not_before: null }];
    if (kind === 'reports' && id === 'measures') return [200, page(figures.MEASURES())];
    if (kind === 'reports' && id === 'saved') return [200, page(figures.SAVED)];
    if (kind === 'reports') return [200, figures.reportOf(query)];
    if (kind === 'staffing') return [200, reckoned.staffingOf()];
    if (kind === 'queues' && part === 'forecast')
      return [200, reckoned.FORECAST(query.get('date') ?? '', scene === 'offline')];
    if (kind === 'queues' && part === 'half-hours') return [200, page(reckoned.HALF_HOURS)];
    if (kind === 'alarms') return [200, page(world.ALARM_LOG())];
    if (kind === 'queues' && part === 'alarms')
      return [200, page(method === 'PUT' ? (body as { items: object[] }).items : world.LIMITS)];
    if (kind === 'queues' && part === 'rules') return [200, page(world.VERSIONS(decodeURIComponent(id)))];
    if (kind === 'queues' && path.endsWith('/preview')) return [200, world.previewOf(body as object)];
    if (kind === 'queues' && method === 'DELETE') return [204, null];
    if (kind === 'queues' && id)
      return [200, { ...world.queueSettings(decodeURIComponent(id)), ...(body as object) }];
    if (kind === 'queues') return [201, { ...world.queueSettings(''), ...(body as object), asterisk: null }];
    if (path === '/leads/previews')
      return [200, page(scene === 'preview' ? [{ id: '3', name: campaigns.SHOWN.name }] : [])];
    if (path === '/leads/next')
      return [
        200,
        { campaign: campaigns.SHOWN, lead: campaigns.SHOWN_LEAD, until: new Date().toISOString() },
      ];
    if (kind === 'products')
      return [
        200,
        page([
          { product: 'Pakett Pere', price: 39.9, currency: 'EUR' },
          { product: 'Ruuter', price: 89, currency: 'EUR' },
        ]),
      ];
    if (kind === 'country-profiles') return [200, { items: campaigns.PROFILES, next: null }];
    if (kind === 'campaigns') return campaigns.answer(method, path, query, body);
    if (path === '/calendars/preview')
      return [200, hours.preview((body as { calendar: CalendarFields }).calendar)];
    if (kind === 'calendars' && part === 'emergency')
      return [200, hours.calendar(decodeURIComponent(id), (body as { on: boolean }).on)];
    if (kind === 'calendars' && id)
      return [200, { ...hours.calendar(decodeURIComponent(id)), ...(body as object) }];
    if (kind === 'calendars')
      return method === 'GET'
        ? [200, page([hours.calendar('shop'), hours.calendar('billing', true)])]
        : [201, { ...hours.calendar('new'), ...(body as object) }];
    if (kind === 'holiday-countries') return [200, page([{ code: 'EE', regions: [] }])];
    if (kind === 'contacts' && part === 'interactions') return [200, page(world.INTERACTIONS)];
    if (kind === 'contacts' && method === 'POST')
      return [201, { ...world.CONTACTS[3], ...(body as object), id: '99', tier: null, open_tickets: 0 }];
    if (kind === 'contacts' && id)
      return [200, world.CONTACTS.find(each => each.id === id) ?? world.CONTACTS[0]];
    if (kind === 'contacts') {
      const q = (query.get('q') ?? '').toLowerCase();
      return [200, page(world.CONTACTS.filter(each => each.name.toLowerCase().includes(q)))];
    }
    if (kind === 'pause-reasons') return [200, page(world.REASONS)];
    if (kind === 'calls' && part && method !== 'GET' && part !== 'draft') return [204, null];
    if (kind === 'calls' && part === 'recordings')
      return [200, path.endsWith('peaks') ? PEAKS : page(RECORDINGS)];
    if (kind === 'calls') return [200, id ? world.story(decodeURIComponent(id)) : page(world.LOG)];
    return [404, { detail: 'There is no such route.' }];
  }

  window.fetch = async (input, init) => {
    const url = new URL(String(input), location.href);
    const body = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
    const [status, said] = answer(
      init?.method ?? 'GET',
      url.pathname.replace('/api/v1', ''),
      url.searchParams,
      body,
    );
    return new Response(status === 204 ? null : JSON.stringify(said), {
      status,
      headers: { 'Content-Type': 'application/json' },
    });
  };

  class Panel {
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    onclose: ((event: { code: number }) => void) | null = null;
    private seq = 0;
    private own = agent(me.login, world.SCENES[scene]?.().agent ?? {});

    constructor() {
      Object.assign(window, { panel: this });
      setTimeout(() => this.onopen?.(), 5);
    }

    say(message: object): void {
      this.seq += 1;
      this.onmessage?.({ data: JSON.stringify({ ...message, seq: this.seq, at: new Date().toISOString() }) });
    }

    send(text: string): void {
      const message = JSON.parse(text) as {
        type: string;
        id: string;
        name: string;
        args: { reason?: string };
      };
      if (message.type === 'command') {
        this.onmessage?.({ data: JSON.stringify({ type: 'result', id: message.id, ok: true }) });
        const states = {
          ready: 'ready',
          log_in: 'ready',
          pause: 'paused',
          log_out: 'offline',
          wrap_up: 'ready',
        } as const;
        const state = states[message.name as keyof typeof states];
        if (!state) return;
        this.own = {
          ...this.own,
          state,
          reason: message.args.reason ?? null,
          since: new Date().toISOString(),
        };
        this.say({ type: 'agent.state', agent: this.own } satisfies Partial<PanelEvent>);
        return;
      }
      this.say(this.snapshot());
    }

    close(): void {}

    private snapshot(): Partial<Snapshot> {
      const chief = role !== 'agent';
      return {
        type: 'snapshot',
        me,
        in_charge: true,
        agent: this.own,
        agents: chief ? world.AGENTS() : [this.own],
        calls: role === 'viewer' ? [] : chief ? world.LIVE() : (world.SCENES[scene]?.().calls ?? []),
        queues: world.QUEUES(scene).slice(0, chief || scene === 'preview' ? 3 : 2),
        waiting: role === 'viewer' ? [] : world.WAITING(),
        requests: scene.startsWith('letter') ? letters.OWN(scene, me.login) : [],
        campaigns: chief ? world.CAMPAIGN_LINES : [],
        alarms: chief && scene === 'alarm' ? world.ALARMS() : [],
      };
    }
  }
  Object.assign(window, { WebSocket: Panel });
}
