/** What the administrator's forms hold, in the server's words. Pure. */

import type { QueueOwnFields, QueueRule, User, UserFields } from '../api';
import type { Role } from '../protocol';

export interface SkillRow {
  name: string;
  level: string;
}

export function rowsOf(skills: Record<string, number> | undefined): SkillRow[] {
  return Object.entries(skills ?? {}).map(([name, level]) => ({ name, level: String(level) }));
}

/** Rows without a name do not count. Null when a skill stands there twice. */
export function levelsOf(rows: SkillRow[]): Record<string, number> | null {
  const named = rows.map(row => [row.name.trim(), Number(row.level)] as const).filter(([name]) => name);
  return new Set(named.map(([name]) => name)).size < named.length ? null : Object.fromEntries(named);
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();
const several = (form: FormData, name: string) => form.getAll(name).map(String);

/** `user` stands for what the form does not let one change. */
export function userFields(
  form: FormData,
  skills: Record<string, number>,
  user: Partial<User> | null,
): UserFields {
  const password = String(form.get('password') ?? '');
  return {
    name: text(form, 'name'),
    role: (text(form, 'role') || user?.role || 'agent') as Role,
    extension: text(form, 'extension') || null,
    interface: text(form, 'interface') || null,
    active: form.get('active') !== null,
    phone: text(form, 'phone') === 'sip' ? 'sip' : 'browser',
    skills,
    queues: several(form, 'queues'),
    language: text(form, 'language') || null,
    team: text(form, 'team') || null,
    ...(password ? { password } : {}),
  };
}

/** All but the queue's rule. */
export function queueFields(form: FormData): QueueOwnFields {
  const days = text(form, 'recording_keep_days');
  return {
    mode: text(form, 'mode') === 'direct' ? 'direct' : 'assist',
    wrap_up_seconds: Number(text(form, 'wrap_up_seconds')),
    wrap_up_required: form.get('wrap_up_required') !== null,
    agents: several(form, 'agents'),
    recording_keep_days: days === '' ? null : Number(days),
    pop_on: text(form, 'pop_on') === 'answer' ? 'answer' : 'ring',
    pop_url: text(form, 'pop_url') || null,
    auto_pause: form.get('auto_pause') !== null,
  };
}

/** Of a new queue's rule, what its first form asks for. */
export function ruleFields(form: FormData, skills: Record<string, number>): Partial<QueueRule> {
  return {
    target_seconds: Number(text(form, 'target_seconds')),
    max_wait_seconds: Number(text(form, 'max_wait_seconds')),
    skills,
  };
}

export interface Lines {
  file: string;
  what: 'queues' | 'dialplan' | 'recording';
  lines: string;
}

/** What a queue needs in the sample's configuration (config/asterisk), to be put there by whoever keeps Asterisk. */
export function asteriskLines(name: string, mode: 'assist' | 'direct'): Lines[] {
  const enter = (context: string, goes: string) =>
    `[${context}]\nexten => ${name},1,Set(HELIN_QUEUE=${name})\n same => n,Goto(${goes},s,1)`;
  const way = mode === 'direct' ? 'helin-direct' : 'helin-queue';
  return [
    { file: 'queues.conf', what: 'queues', lines: `[${name}](helin-queue)\nstrategy = rrmemory` },
    {
      file: 'extensions.conf',
      what: 'dialplan',
      lines: [
        `[from-trunk]\nexten => +3725550000,1,Gosub(helin-arrive,s,1(${name}))\n same => n,Answer()\n same => n,Goto(${way},${name},1)`,
        enter('helin-queue', 'helin-wait'),
        ...(mode === 'direct' ? [enter('helin-direct', 'helin-hold')] : []),
        `[helin-transfer]\nexten => ${name},1,Goto(${way},${name},1)`,
      ].join('\n\n'),
    },
    {
      file: 'extensions.conf',
      what: 'recording',
      lines: `[globals]\nHELIN_RECORD_${name} = yes\nHELIN_NOTICE_${name} = helin/this-call-is-recorded`,
    },
  ];
}
