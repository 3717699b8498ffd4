/** A person: who they are, and everything that happened with them. */

import { Button, Modal, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Building2, Headset, Languages, Mail, Pencil, Phone, StickyNote, Ticket } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { Timeline, TimelineToCome } from '../agent/timeline';
import { api, type Contact, Problem } from '../api';
import { useT } from '../i18n';
import { DialNumber } from '../phone/dial';
import { queries, useAgentName, useContact, useInteractions } from '../queries';
import { Avatar, Badge, CardBox, Empty, Name, ProblemLine, Tier } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { ContactForm } from './contact-form';
import s from './contacts.module.css';

export default function ContactPage({ id }: { id: string }) {
  const t = useT();
  const { data: contact, error } = useContact(id);
  const [editing, setEditing] = useState(false);
  if (error)
    return (
      <div className={ui.page}>
        <Empty icon={StickyNote}>
          {t(error instanceof Problem && error.status === 404 ? 'contact.gone' : 'server.away')}
        </Empty>
      </div>
    );
  if (!contact) return <div className={ui.page} aria-busy="true" />;
  return (
    <div className={ui.page}>
      <header className={s.header}>
        <Avatar name={contact.name} size={72} />
        <div className={s.headWords}>
          <h1>
            <Name most={90} opens>
              {contact.name}
            </Name>
            <Tier>{contact.tier}</Tier>
          </h1>
          <p>
            {contact.account && <Name most={90}>{contact.account}</Name>}
            {contact.open_tickets > 0 && (
              <Badge look="paused">
                <Ticket size={14} aria-hidden="true" />
                {t('tickets.open', { count: contact.open_tickets })}
              </Badge>
            )}
          </p>
        </div>
        <Button
          variant="default"
          leftSection={<Pencil size={16} aria-hidden="true" />}
          onClick={() => setEditing(true)}
        >
          {t('edit')}
        </Button>
      </header>
      <div className={s.columns}>
        <Profile contact={contact} />
        <CardBox title={t('history')}>
          <div className={ui.lines}>
            <AddNote id={id} />
            <Past id={id} />
          </div>
        </CardBox>
      </div>
      {editing && (
        <Modal
          opened
          onClose={() => setEditing(false)}
          title={t('edit')}
          closeButtonProps={{ 'aria-label': t('close') }}
        >
          <ContactForm contact={contact} done={() => setEditing(false)} />
        </Modal>
      )}
    </div>
  );
}

function Profile({ contact }: { contact: Contact }) {
  const t = useT();
  const intl = useIntl();
  const nameOf = useAgentName();
  const agent = contact.preferred_agent ?? contact.account_agent;
  return (
    <CardBox title={t('contact.profile')}>
      <dl className={s.profile}>
        <Line icon={<Phone size={17} />} word={t('contact.numbers')}>
          {contact.numbers.length === 0 && '–'}
          {contact.numbers.map(number => (
            <span key={number} className={s.number}>
              <DialNumber>{number}</DialNumber>
            </span>
          ))}
        </Line>
        <Line icon={<Building2 size={17} />} word={t('contact.account')}>
          {contact.account ? <Name most={80}>{contact.account}</Name> : '–'}
        </Line>
        <Line icon={<Mail size={17} />} word={t('contact.email')}>
          {contact.email ? <Name most={80}>{contact.email}</Name> : '–'}
        </Line>
        <Line icon={<Languages size={17} />} word={t('contact.language')}>
          {(contact.language && intl.formatDisplayName(contact.language, { type: 'language' })) || '–'}
        </Line>
        {agent && (
          <Line icon={<Headset size={17} />} word={t('contact.agent')}>
            <Name most={80}>{nameOf(agent)}</Name>
          </Line>
        )}
        {contact.note && (
          <Line icon={<StickyNote size={17} />} word={t('contact.note')}>
            <span className={s.text} dir="auto">
              {contact.note}
            </span>
          </Line>
        )}
      </dl>
    </CardBox>
  );
}

function Line({ icon, word, children }: { icon: ReactNode; word: string; children: ReactNode }) {
  return (
    <div>
      <dt>
        <span aria-hidden="true">{icon}</span>
        {word}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function AddNote({ id }: { id: string }) {
  const t = useT();
  const [text, setText] = useState('');
  const add = useMutation({
    mutationFn: () => api.addNote(id, text.trim()),
    onSuccess: () => {
      setText('');
      return queries.invalidateQueries({ queryKey: ['interactions', id] });
    },
  });
  return (
    <form
      className={s.addNote}
      onSubmit={event => {
        event.preventDefault();
        if (text.trim()) add.mutate();
      }}
    >
      <Textarea
        aria-label={t('note.add')}
        placeholder={t('note.add_hint')}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        maxLength={10_000}
        autosize
        minRows={1}
        maxRows={8}
        dir="auto"
      />
      <Button type="submit" loading={add.isPending} disabled={!text.trim()}>
        {t('note.add')}
      </Button>
      {add.isError && <ProblemLine>{t('save.failed')}</ProblemLine>}
    </form>
  );
}

/** Goes on by itself when its end comes into sight; the button is for keyboards and for when that fails. */
function Past({ id }: { id: string }) {
  const t = useT();
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInteractions(id);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = end.current;
    if (!mark || !hasNextPage || isFetchingNextPage) return;
    const watch = new IntersectionObserver(
      seen => {
        if (seen.some(each => each.isIntersecting)) void fetchNextPage();
      },
      { rootMargin: '400px' },
    );
    watch.observe(mark);
    return () => watch.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (!data) return <TimelineToCome />;
  return (
    <>
      <Timeline items={data.pages.flatMap(page => page.items)} />
      <div ref={end}>
        {hasNextPage && (
          <Button
            variant="subtle"
            fullWidth
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {t('show.more')}
          </Button>
        )}
      </div>
    </>
  );
}
