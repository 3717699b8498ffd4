/** Ctrl+K: people by name or number. The field keeps the focus; arrows move, Enter opens. */

import { Modal } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Search as SearchIcon } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../api';
import { typedNumber } from '../format';
import { useT } from '../i18n';
import { Avatar, Name, PhoneNumber, Tier } from '../ui/parts';
import { useRest } from './rest';
import s from './shell.module.css';

export function useSearch(text: string, limit = 8) {
  const q = useRest(text.trim());
  return useQuery({
    queryKey: ['search', q, limit],
    queryFn: () => api.contacts(q, typedNumber(q), null, limit),
    enabled: q.length > 1,
    placeholderData: keepPreviousData,
  });
}

export default function Search({ close }: { close: () => void }) {
  const t = useT();
  const [, go] = useLocation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { data, isError } = useSearch(text);
  const asked = text.trim().length > 1;
  const found = asked ? (data?.items ?? []) : [];

  function open(index: number): void {
    const contact = found[index];
    if (!contact) return;
    close();
    go(`/contacts/${encodeURIComponent(contact.id)}`);
  }

  function steer(event: KeyboardEvent): void {
    if (event.key === 'Enter') open(at);
    else if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else return;
    event.preventDefault();
  }

  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={false}
      padding={0}
      size="lg"
      yOffset="12vh"
      centered={false}
      attributes={{ content: { 'aria-label': t('search') } }}
    >
      <div className={s.searchField}>
        <SearchIcon size={20} aria-hidden="true" />
        <input
          // The dialog is opened in order to type into it.
          data-autofocus
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls="search-found"
          aria-activedescendant={found[at] ? `found-${at}` : undefined}
          aria-label={t('search')}
          placeholder={t('search.hint')}
          className="quiet-focus"
          value={text}
          onChange={event => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={steer}
        />
      </div>
      <div id="search-found" role="listbox" aria-label={t('search.found')} className={s.found}>
        {found.map((contact, index) => (
          // Keys are heard by the field above, which keeps the focus (the combobox pattern).
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <div
            key={contact.id}
            id={`found-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onClick={() => open(index)}
          >
            <Avatar name={contact.name} />
            <span className={s.foundWho}>
              <Name most={60}>{contact.name}</Name>
              <small>
                {contact.account && <Name most={40}>{contact.account}</Name>}
                {contact.numbers[0] && <PhoneNumber>{contact.numbers[0]}</PhoneNumber>}
              </small>
            </span>
            <Tier>{contact.tier}</Tier>
          </div>
        ))}
      </div>
      <p className={s.foundNote} role="status">
        {isError
          ? t('server.away')
          : !asked
            ? t('search.begin')
            : found.length === 0 && data
              ? t('search.nobody')
              : ''}
      </p>
    </Modal>
  );
}
