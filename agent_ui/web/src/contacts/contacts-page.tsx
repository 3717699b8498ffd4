import { Button, Modal, TextInput } from '@mantine/core';
import { Search, UserPlus, UserRoundSearch } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useT } from '../i18n';
import { useSearch } from '../shell/search';
import { Avatar, Badge, CardBox, Empty, Name, PhoneNumber, ProblemLine, Tier } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { ContactForm } from './contact-form';
import s from './contacts.module.css';

export default function ContactsPage() {
  const t = useT();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [adding, setAdding] = useState(false);
  const { data, isError } = useSearch(text, 40);
  const asked = text.trim().length > 1;
  const found = asked ? data?.items : undefined;
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.contacts')}</h1>
        <Button leftSection={<UserPlus size={17} aria-hidden="true" />} onClick={() => setAdding(true)}>
          {t('contact.add')}
        </Button>
      </div>
      <TextInput
        type="search"
        size="md"
        aria-label={t('search')}
        placeholder={t('search.hint')}
        leftSection={<Search size={18} aria-hidden="true" />}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      {isError && <ProblemLine>{t('server.away')}</ProblemLine>}
      <CardBox label={t('search.found')}>
        {!asked && <Empty icon={UserRoundSearch}>{t('search.begin')}</Empty>}
        {found?.length === 0 && <Empty icon={UserRoundSearch}>{t('search.nobody')}</Empty>}
        <ul className={s.people}>
          {found?.map(contact => (
            <li key={contact.id}>
              <Link href={`/contacts/${encodeURIComponent(contact.id)}`} className={s.personRow}>
                <Avatar name={contact.name} size={40} />
                <span className={s.who}>
                  <Name most={70}>{contact.name}</Name>
                  <small>{contact.account && <Name most={60}>{contact.account}</Name>}</small>
                </span>
                <span className={s.rowNumber}>
                  {contact.numbers[0] && <PhoneNumber>{contact.numbers[0]}</PhoneNumber>}
                </span>
                {contact.open_tickets > 0 && (
                  <Badge look="paused">{t('tickets.open', { count: contact.open_tickets })}</Badge>
                )}
                <Tier>{contact.tier}</Tier>
              </Link>
            </li>
          ))}
        </ul>
      </CardBox>
      {adding && (
        <Modal
          opened
          onClose={() => setAdding(false)}
          title={t('contact.add')}
          closeButtonProps={{ 'aria-label': t('close') }}
        >
          <ContactForm done={contact => go(`/contacts/${encodeURIComponent(contact.id)}`)} />
        </Modal>
      )}
    </div>
  );
}
