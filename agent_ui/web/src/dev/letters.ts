/** A mail that an agent has taken, with what came with it and what was answered before. */

import type { KeptDraft, Reply, WrittenFile } from '../api';
import type { Written } from '../protocol';

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const written = (more: Partial<Written>): Written => ({
  id: '7',
  kind: 'mail',
  queue: 'support',
  state: 'taken',
  agent: 'agent1',
  since: ago(95),
  due_at: ago(-145),
  until: null,
  contact: '17',
  tier: 'A',
  name: 'Mari Maasikas',
  title: 'Two invoices for one month',
  ...more,
});

/** `letter-offered` has an offer above it as well. */
export const OWN = (scene: string, agent: string): Written[] => [
  written({ agent }),
  ...(scene === 'letter-offered'
    ? [written({ id: '8', agent, kind: 'callback', state: 'offered', title: 'Callback', until: ago(-0.4) })]
    : []),
];

export const FILE: WrittenFile = {
  id: '7',
  kind: 'mail',
  queue: 'support',
  contact: '17',
  contact_name: 'Mari Maasikas',
  name: 'Mari Maasikas',
  number: null,
  email: 'mari@home.example',
  subject: 'Two invoices for one month',
  text: 'Hello,\n\nI got two invoices for October, both attached. Which of them is to be paid?\n\nMari Maasikas',
  details: {
    attachments: [
      { n: 1, name: 'arve-2026-10.pdf', type: 'application/pdf', size: 184_320, kept: true },
      { n: 2, name: 'arve-2026-10-teine-koopia.pdf', type: 'application/pdf', size: 191_488, kept: true },
      { n: 3, name: 'ekraanivideo.mp4', type: 'video/mp4', size: 18_874_368, kept: false },
    ],
  },
  since: ago(95),
  due_at: ago(-145),
};

export const REPLIES: Reply[] = [
  {
    id: '1',
    agent: 'agent2',
    text: 'Thank you, we are looking into it.',
    state: 'sent',
    trouble: null,
    at: ago(80),
  },
];

export const DRAFT: KeptDraft = {
  agent: 'agent2',
  text: JSON.stringify({ reply: 'Dear Mari,\n\nthe second one is a mistake of ours.', note: '', once: '' }),
};
