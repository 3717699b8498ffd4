/** Answers by mail: those that were sent, and the next one. */

import { Button, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, Problem, type Reply, type WrittenFile } from '../api';
import { useT } from '../i18n';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { ProblemLine, When } from '../ui/parts';
import type { useLetterDraft } from './letter-draft';
import s from './requests.module.css';

type Letter = Pick<ReturnType<typeof useLetterDraft>, 'draft' | 'change' | 'flush'>;

export function Answers({ file, letter }: { file: WrittenFile; letter: Letter }) {
  const t = useT();
  const key = ['replies', file.id];
  const { data } = useQuery({ queryKey: key, queryFn: () => api.replies(file.id) });
  const { draft, change, flush } = letter;
  const text = draft.reply;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  async function send(): Promise<void> {
    setBusy(true);
    setProblem('');
    const once = draft.once || newKey();
    change({ once });
    try {
      const sent = await api.reply(file.id, text, once);
      if (sent.state === 'sent') {
        change({ reply: '', once: '' });
        tell('done', t('written.sent'));
      } else {
        change({ once: '' });
        setProblem(sent.trouble ?? t('written.unsure'));
      }
    } catch (caught) {
      const refused = caught instanceof Problem && caught.status >= 400 && caught.status < 500;
      if (refused) change({ once: '' });
      setProblem(refused ? (caught as Problem).message : t('written.unsure'));
    }
    setBusy(false);
    void flush();
    void queries.invalidateQueries({ queryKey: key });
  }
  return (
    <section className={s.answers} aria-label={t('written.answers')}>
      {data?.items.map(each => (
        <Sent key={each.id} reply={each} />
      ))}
      <Textarea
        label={t('written.reply')}
        rows={4}
        resize="vertical"
        maxLength={50_000}
        value={text}
        onChange={event => change({ reply: event.currentTarget.value })}
      />
      {problem && <ProblemLine>{problem}</ProblemLine>}
      <Button variant="light" loading={busy} disabled={!text.trim()} onClick={() => void send()}>
        {t('written.send')}
      </Button>
    </section>
  );
}

function Sent({ reply }: { reply: Reply }) {
  const t = useT();
  return (
    <div className={s.sent} data-state={reply.state}>
      <small>
        {t(`written.reply.${reply.state}`)} · <When at={reply.at} /> {reply.trouble}
      </small>
      <p className={s.text} dir="auto">
        {reply.text}
      </p>
    </div>
  );
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
