/** One written request on the desk. Everything in it that a stranger wrote is text. */

import { Button, Menu, Skeleton, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { MessagesSquare, Paperclip } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { Timeline } from '../agent/timeline';
import { type Attachment, api, type WrittenFile } from '../api';
import { plain } from '../format';
import { useT, useWord } from '../i18n';
import { usePicture } from '../live';
import type { Written } from '../protocol';
import { queries, useAgentName, useInteractions } from '../queries';
import { tell, useCommand } from '../shell/notices';
import { PhoneNumber, ProblemLine, Tier, When } from '../ui/parts';
import { dayAt, instantOf, ownZone } from '../zones';
import { Answers } from './answers';
import { KindIcon, useTitle } from './in-line';
import { useLetterDraft } from './letter-draft';
import s from './requests.module.css';

type Letter = ReturnType<typeof useLetterDraft>;

export function RequestCard({ request }: { request: Written }) {
  const t = useT();
  const word = useWord();
  const { data: file, error } = useQuery({
    queryKey: ['request', request.id],
    queryFn: () => api.request(request.id),
  });
  const letter = useLetterDraft(
    usePicture(picture => picture.me.login),
    request.id,
  );
  const nameOf = useAgentName();
  return (
    <article className={s.card} aria-label={`${word('request', request.kind)}: ${plain(request.title)}`}>
      <header>
        <span className={s.sign}>
          <KindIcon kind={request.kind} size={20} />
        </span>
        <div>
          <h2>
            <bdi>{useTitle()(request)}</bdi>
          </h2>
          <p>
            {word('request', request.kind)} · <bdi>{request.queue}</bdi> · <When at={request.since} />
            {request.due_at && (
              <>
                {' · '}
                {t('written.due')} <When at={request.due_at} />
              </>
            )}
          </p>
        </div>
        <Tier>{request.tier}</Tier>
      </header>
      {error && <ProblemLine>{t('written.unread')}</ProblemLine>}
      {!file && !error && <Skeleton height={96} radius={10} />}
      {file && <Body file={file} />}
      {letter.draft.from && (
        <p className={s.begun} role="status">
          <MessagesSquare size={16} aria-hidden="true" />
          {t('draft.from', { agent: nameOf(letter.draft.from) })}
        </p>
      )}
      {file?.email && <Answers file={file} letter={letter} />}
      <Finish request={request} letter={letter} />
      {file?.contact && <History contact={file.contact} />}
    </article>
  );
}

function Body({ file }: { file: WrittenFile }) {
  const t = useT();
  const fields = Object.entries(file.details.fields ?? {});
  const attachments = file.details.attachments ?? [];
  return (
    <>
      <WhoWrote file={file} />
      <p className={s.text} dir="auto">
        {file.text || t('written.no_text')}
      </p>
      {fields.length > 0 && (
        <dl className={s.fields}>
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {attachments.length > 0 && <Attachments of={file.id} items={attachments} />}
    </>
  );
}

/** `download` keeps the browser on this page whatever comes back: the page may be the agent's telephone. */
function Attachments({ of, items }: { of: string; items: Attachment[] }) {
  const t = useT();
  const intl = useIntl();
  const size = (bytes: number) =>
    intl.formatNumber(bytes < 1e6 ? Math.ceil(bytes / 1e3) : bytes / 1e6, {
      style: 'unit',
      unit: bytes < 1e6 ? 'kilobyte' : 'megabyte',
      maximumFractionDigits: 1,
    });
  const kept = items.some(each => each.kept);
  const left = items.some(each => !each.kept);
  return (
    <ul className={s.attachments} aria-label={t('written.attachments')}>
      {items.map((each, index) => (
        <li key={index}>
          <Paperclip size={14} aria-hidden="true" />
          {each.kept && each.n ? (
            <a href={api.attachment(of, each.n)} download={plain(each.name, 150)}>
              <bdi>{plain(each.name, 150)}</bdi>
            </a>
          ) : (
            <bdi>{plain(each.name, 150)}</bdi>
          )}
          <small>{size(each.size)}</small>
        </li>
      ))}
      {kept && <li className={s.dim}>{t('written.careful')}</li>}
      {left && <li className={s.dim}>{t(kept ? 'written.others_in_mailbox' : 'written.in_mailbox')}</li>}
    </ul>
  );
}

function WhoWrote({ file }: { file: WrittenFile }) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const name = plain(file.contact_name ?? file.name ?? '');
  async function keep(): Promise<void> {
    setBusy(true);
    try {
      const made = await api.addContact({
        name: plain(file.name ?? file.email ?? file.number ?? '').slice(0, 200),
        ...(file.email ? { email: file.email } : {}),
        ...(file.number ? { numbers: [file.number] } : {}),
      });
      queries.setQueryData(['request', file.id], await api.giveRequest(file.id, made.id));
    } catch {
      tell('problem', t('save.failed'));
    }
    setBusy(false);
  }
  return (
    <p className={s.who}>
      {file.contact ? (
        <Link href={`/contacts/${file.contact}`}>
          <bdi>{name}</bdi>
        </Link>
      ) : (
        name && (
          <strong>
            <bdi>{name}</bdi>
          </strong>
        )
      )}
      {file.email && <bdi>{plain(file.email)}</bdi>}
      {file.number && <PhoneNumber>{file.number}</PhoneNumber>}
      {!file.contact && (name || file.email || file.number) && (
        <Button size="compact-sm" variant="default" loading={busy} onClick={() => void keep()}>
          {t('written.save_contact')}
        </Button>
      )}
    </p>
  );
}

function Finish({ request, letter }: { request: Written; letter: Letter }) {
  const t = useT();
  const give = useCommand();
  const { draft, change, flush, drop } = letter;
  const [busy, setBusy] = useState(false);
  async function say(name: string, args: Record<string, string> = {}): Promise<void> {
    if (busy) return;
    setBusy(true);
    if (name !== 'done') await withinReason(flush());
    const done = await give(name, { request: request.id, ...args });
    setBusy(false);
    if (done && (name === 'done' || name === 'decline')) drop();
    if (done && request.contact)
      void queries.invalidateQueries({ queryKey: ['interactions', request.contact] });
  }
  const times = parkTimes();
  return (
    <div className={s.finish}>
      <Textarea
        label={t('written.note')}
        rows={2}
        resize="vertical"
        maxLength={10_000}
        value={draft.note}
        onChange={event => change({ note: event.currentTarget.value })}
      />
      <div className={s.buttons}>
        {request.kind === 'callback' && (
          <Button loading={busy} onClick={() => void say('call_back')}>
            {t('callback.call')}
          </Button>
        )}
        <Button
          loading={busy}
          variant={request.kind === 'callback' ? 'default' : 'filled'}
          onClick={() => void say('done', { note: draft.note })}
        >
          {t('written.done')}
        </Button>
        <Menu width={220}>
          <Menu.Target>
            <Button variant="default" disabled={busy}>
              {t('written.park')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {times.map(({ id, at }) => (
              <Menu.Item key={id} onClick={() => void say('park', { until: at })}>
                {t(id)} <When at={at} />
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Button variant="subtle" disabled={busy} onClick={() => void say('decline')}>
          {t('written.give_back')}
        </Button>
      </div>
    </div>
  );
}

/** What is given away does not wait longer for a server that is slow. */
function withinReason(kept: Promise<void>): Promise<void> {
  return Promise.race([kept, new Promise<void>(resolve => setTimeout(resolve, 1_000))]);
}

function parkTimes() {
  const zone = ownZone();
  const morning = (days: number) => new Date(instantOf(dayAt(Date.now(), zone, days, 9), zone)).toISOString();
  return [
    { id: 'written.park.hour', at: new Date(Date.now() + 3_600_000).toISOString() },
    { id: 'written.park.hours', at: new Date(Date.now() + 3 * 3_600_000).toISOString() },
    { id: 'written.park.tomorrow', at: morning(1) },
    { id: 'written.park.week', at: morning(7) },
  ] as const;
}

function History({ contact }: { contact: string }) {
  const t = useT();
  const { data } = useInteractions(contact, 10);
  return (
    <section className={s.history} aria-label={t('history')}>
      <h3>{t('history')}</h3>
      <Timeline items={data ? data.pages.flatMap(page => page.items) : null} />
    </section>
  );
}
