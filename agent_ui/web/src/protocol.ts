/**
 * The words of the panel's socket, as docs/reference/panel-protocol.md gives them. Times are RFC 3339 in UTC, durations
 * seconds. Everything that a caller may have chosen (`name`, `number`) is text and nothing else.
 */

export type Role =
  | 'agent'
  | 'leader'
  | 'supervisor'
  | 'campaign_manager'
  | 'admin'
  | 'partner'
  | 'api'
  | 'viewer';
export type Availability = 'offline' | 'ready' | 'wrap_up' | 'paused';
export type AgentLeg = 'none' | 'ringing' | 'talking' | 'hold';
export type Direction = 'inbound' | 'outbound' | 'internal';
export type Outcome =
  | 'answered'
  | 'abandoned'
  | 'timed_out'
  | 'queue_empty'
  | 'withdrawn'
  | 'no_answer'
  | 'busy'
  | 'failed';
export type EndedBy = 'caller' | 'agent' | 'system';

export interface Me {
  login: string;
  name: string;
  role: Role;
  extension: string | null;
  /** Where this person talks: in this page, or on a phone of their own that the panel only steers. */
  phone?: 'browser' | 'sip';
  can: string[];
  /** Whom a leader leads. */
  team?: string | null;
}

/** A campaign that runs, as its dialer sees it: docs/reference/panel-protocol.md. */
export interface CampaignLine {
  id: string;
  name: string;
  queue: string;
  mode: 'preview' | 'progressive' | 'predictive';
  leads_left: number;
  ringing: number;
  connected_now: number;
  agents: number;
  idle: number;
  answered: number;
  abandoned: number;
  limit: number;
  pace: '' | 'progressive' | 'predictive';
  why: string;
}

export interface Agent {
  id: string;
  state: Availability;
  leg: AgentLeg;
  reason: string | null;
  since: string | null;
  queues: string[];
  call: string | null;
  reachable: boolean;
  /** The reason of a pause that begins when this call, and a required wrap-up, is over. */
  booked?: string | null;
  /** Who brought `state` about: a login, or `system`. */
  by?: string | null;
  /** When the wrap-up's time is over. */
  until?: string | null;
  /** Queues that send nothing while others do. */
  paused_in?: string[];
  /** In use, and not by a call that Helin knows. */
  phone_busy?: boolean;
}

/** All that one agent is told of another. */
export interface Colleague {
  id: string;
  name: string;
  state: 'free' | 'busy' | 'away';
}

export interface Reason {
  reason: string;
  points: number;
}

export interface Segment {
  agent: string;
  started_at: string;
  ended_at: string | null;
  talked_seconds: number | null;
  held: boolean;
  held_since: string | null;
  held_seconds: number;
  ended_by: EndedBy | null;
  transferred_to: string | null;
  estimated: boolean;
}

/** What an agent does beside the caller: `to` is rung, talked to, or held. */
export interface Consult {
  agent: string;
  to: string | null;
  state: 'ringing' | 'talking' | 'held' | 'failed';
  reason: 'busy' | 'no_answer' | 'failed' | null;
}

export interface Call {
  id: string;
  asterisk: string;
  direction: Direction;
  state: 'active' | 'ended';
  number: string | null;
  name: string | null;
  did: string | null;
  queue: string | null;
  started_at: string;
  queued_at: string | null;
  answered_at: string | null;
  ended_at: string | null;
  outcome: Outcome | null;
  ended_by: EndedBy | null;
  estimated: boolean;
  waiting: boolean;
  waiting_in?: string | null;
  waiting_since?: string | null;
  waited_seconds: number | null;
  ringing: string[];
  segments: Segment[];
  transfers: number;
  consult?: Consult | null;
  /** Three or more are in one talk. */
  conference?: boolean;
  contact: string | null;
  /** Only in the API's lists, where it is known. */
  contact_name?: string | null;
  tier: string | null;
  score: number | null;
  reasons: Reason[];
  /** Whether it is being recorded now; null when it is not. */
  recording?: 'on' | 'paused' | null;
}

/** A person, as far as a pop tells. */
export interface PopContact {
  id: string;
  name: string;
  account: string | null;
  tier: string | null;
  open_tickets: number;
  language?: string | null;
  time_zone?: string | null;
  /** The first few of each; absent where only the contact itself is known. */
  tickets?: PopTicket[];
  orders?: PopOrder[];
  promises?: PopPromise[];
  /** Products of all orders that were not cancelled. */
  owns?: string[];
  /** Calls that came within the last seven days, without this one. */
  calls_7d?: number;
  last_agent?: string | null;
}

export interface PopTicket {
  id: string;
  subject: string;
  kind: string;
  status: string;
  priority: string;
  due_at: string | null;
}

export interface PopOrder {
  id: string;
  at: string;
  what: string;
  total: number;
  currency: string;
  status: string;
}

export interface PopPromise {
  id: string;
  text: string;
  promised_by: string;
  due_at: string;
}

export interface PopInteraction {
  id?: string;
  contact?: string;
  at: string;
  channel: string;
  direction: string | null;
  agent: string | null;
  disposition: string | null;
  note: string | null;
}

/** The campaign that dialled, with its script: steps by their keys, each text by language. */
export interface ShownCampaign {
  id: string;
  name: string;
  mode: string;
  company: string | null;
  /** Of orders. */
  currency?: string;
  script: { first: string; steps: Record<string, ScriptStep> } | null;
}

export interface ScriptStep {
  text: Record<string, string>;
  fields?: ScriptField[];
  next: { label: Record<string, string>; to?: string; disposition?: string }[];
}

/** What a step asks for; `key`: what the answer is kept under. */
export interface ScriptField {
  key: string;
  label: Record<string, string>;
  kind: 'text' | 'number' | 'date' | 'yes_no' | 'choice' | 'phone' | 'email';
  required: boolean;
  choices: string[];
}

/** Whom it dialled. `attempt`: the how manieth; `fields`: what else the dial list said. */
export interface ShownLead {
  id: string;
  name: string;
  list: string;
  number: string;
  fields: Record<string, unknown>;
  language: string | null;
  attempt: number;
  disposition: string | null;
  /** What was answered before, by field. */
  answers?: Record<string, unknown>;
}

/** A live call with its pop: null is "not known yet, or not yours"; an empty list is "looked up, nobody". */
export interface Card extends Call {
  contacts: PopContact[] | null;
  history: PopInteraction[] | null;
  /** Only of a campaign's call. */
  campaign?: ShownCampaign;
  lead?: ShownLead;
}

export interface Queue {
  name: string;
  mode: 'assist' | 'direct';
  target_seconds: number;
  max_wait_seconds: number;
  /** Whether a wrap-up needs a result before the agent may go on. */
  wrap_up_required?: boolean;
  /** When the pop is to come. */
  pop_on?: 'ring' | 'answer';
  /** A page to open beside the call: an address with `{number}`, `{contact}`, `{call}`, `{queue}`. */
  pop_url?: string | null;
  /** Whether an agent who does not answer is paused. */
  auto_pause?: boolean;
  waiting: number;
  /** Requests that are no calls and wait. */
  written?: number;
  kinds?: Partial<Record<RequestKind, number>>;
  oldest_queued_at: string | null;
  agents: { ready: number; busy: number; wrap_up: number; paused: number; offline: number };
  /** Null: not counted yet, soon after a start. */
  today?: Today | null;
}

/** Calls that came in to a queue, as the report of the service level counts them. */
export interface Counts {
  offered: number;
  answered: number;
  answered_within: number;
  abandoned: number;
  abandoned_within: number;
  abandoned_short: number;
  formula: 'offered' | 'asterisk' | 'asterisk2' | 'genesys';
  /** 0 to 1; null where nothing counts. */
  service_level: number | null;
}

/** `since`: midnight of the queue's zone. `recent`: the last 30 minutes. */
export interface Today {
  since: string;
  day: Counts;
  recent: Counts;
}

export type RequestKind = 'callback' | 'form' | 'mail' | 'ticket';

/** A request that is no live call, as far as it concerns this person: offered to, taken or parked by somebody. */
export interface Written {
  id: string;
  kind: RequestKind;
  queue: string;
  state: 'waiting' | 'offered' | 'taken' | 'parked' | 'done' | 'cancelled' | 'expired';
  agent: string | null;
  since: string;
  due_at: string | null;
  /** When the offer, or being parked, is over. */
  until: string | null;
  contact: string | null;
  tier: string | null;
  name: string | null;
  title: string;
}

/** Who or what waits in a queue: `call` or `request` is its id. */
export interface Waiting {
  kind?: 'call' | RequestKind;
  call: string | null;
  request?: string | null;
  title?: string | null;
  due_at?: string | null;
  position: number;
  number: string | null;
  name: string | null;
  tier: string | null;
  queued_at: string;
  score: number | null;
  reasons: Reason[];
}

export interface Alarm {
  id: string;
  level: 'error' | 'warning';
  text: string;
  since: string;
  /** These four only of a queue that has passed a limit. */
  queue?: string;
  measure?: string;
  value?: number;
  limit?: number;
}

/** Somebody hears an agent's call. `other`: not by Helin. */
export interface Listening {
  listener: string;
  agent: string;
  call: string;
  mode: 'listen' | 'whisper' | 'barge' | 'other';
  since: string;
}

/** An agent asks for help; `text` is their own. */
export interface Help {
  agent: string;
  call: string;
  text: string;
  since: string;
}

export interface Snapshot {
  type: 'snapshot';
  seq: number;
  at: string;
  me: Me;
  in_charge: boolean;
  agent: Agent;
  agents: Agent[];
  calls: Card[];
  queues: Queue[];
  waiting: { queue: string; calls: Waiting[] }[];
  requests?: Written[];
  listening?: Listening[];
  helps?: Help[];
  alarms: Alarm[];
  campaigns?: CampaignLine[];
}

interface Numbered {
  seq: number;
  at: string;
}

interface AboutCall extends Numbered {
  call: Call;
  agent?: string;
  gone?: boolean;
  contacts?: PopContact[] | null;
  history?: PopInteraction[] | null;
  campaign?: ShownCampaign;
  lead?: ShownLead;
}

export type CallEvent = AboutCall &
  (
    | { type: 'call.ringing' | 'call.contact' | 'call.changed' | 'call.consult' | 'call.conference' }
    | { type: 'call.answered' | 'call.held' | 'call.resumed' | 'call.ended' }
    | { type: 'call.transferred'; to: string | null; kind: string }
    | { type: 'call.missed'; reason: 'no_answer' | 'busy' | 'cancelled' | 'failed' }
  );

export type PanelEvent =
  | CallEvent
  | (Numbered & { type: 'call.waiting'; queue: string; calls: Waiting[] })
  | (Numbered & { type: 'request.changed'; request: Written; gone?: boolean })
  | (Numbered & { type: 'agent.state'; agent: Agent })
  | (Numbered & { type: 'queue.changed'; queue: Queue; gone?: false })
  | (Numbered & { type: 'queue.changed'; queue: { name: string }; gone: true })
  | (Numbered & { type: 'alarm'; alarm: Alarm; gone?: boolean })
  | (Numbered & { type: 'campaigns.changed'; campaigns: CampaignLine[] })
  | (Numbered & { type: 'listen.changed'; listening: Listening; gone?: boolean })
  | (Numbered & { type: 'help.changed'; help: Help; gone?: boolean; by?: string | null })
  | Message;

/** A supervisor's words; the same `id` comes again to a page that opens later. */
export type Message = Numbered & { type: 'message'; id?: string; from: string; text: string };

export interface CommandResult {
  type: 'result';
  id: string;
  ok: boolean;
  error?: { code: string; message: string };
}

export type ServerMessage = Snapshot | PanelEvent | CommandResult;

export interface Command {
  type: 'command';
  id: string;
  name: string;
  args: Record<string, string>;
}

/** Why a socket was closed, as the protocol page says. */
export const CLOSE = {
  ticket: 4001,
  notAllowed: 4003,
  tooSlow: 4008,
  takenOver: 4009,
  restart: 1012,
} as const;
