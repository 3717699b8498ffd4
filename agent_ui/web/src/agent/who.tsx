/** Who calls: known, shared by several people, unknown, or not looked up yet. All four stand in the same place and height. */

import { Button, Skeleton, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ArrowUpRight, Building2, Ticket, UserPlus, Users } from 'lucide-react';
import { type FormEvent, useId } from 'react';
import { Link } from 'wouter';
import { api } from '../api';
import { plain } from '../format';
import { useT } from '../i18n';
import type { Card, PopContact } from '../protocol';
import { queries } from '../queries';
import { Avatar, Badge, Name, PhoneNumber, ProblemLine, Tier } from '../ui/parts';
import s from './call-card.module.css';
import { claimedName } from './desk';

export function Person({ contact, card }: { contact: PopContact; card: Card }) {
  const t = useT();
  return (
    <div className={s.person}>
      <Avatar name={contact.name} size={64} />
      <div className={s.personWords}>
        <h2>
          <Name most={70} opens>
            {contact.name}
          </Name>
          <Tier>{contact.tier}</Tier>
        </h2>
        <p className={s.line}>
          <PhoneNumber>{card.number}</PhoneNumber>
          {contact.account && (
            <span className={s.account}>
              <Building2 size={15} aria-hidden="true" />
              <Name most={60}>{contact.account}</Name>
            </span>
          )}
        </p>
        <p className={s.line}>
          {contact.open_tickets > 0 && (
            <Badge look="paused">
              <Ticket size={14} aria-hidden="true" />
              {t('tickets.open', { count: contact.open_tickets })}
            </Badge>
          )}
          <Link href={`/contacts/${encodeURIComponent(contact.id)}`} className={s.open}>
            {t('contact.open')}
            <ArrowUpRight size={15} aria-hidden="true" />
          </Link>
        </p>
      </div>
    </div>
  );
}

/** The number is several people's: who is it? */
export function Chooser({
  contacts,
  chosen,
  choose,
}: {
  contacts: PopContact[];
  chosen: string;
  choose: (id: string) => void;
}) {
  const t = useT();
  const group = useId();
  return (
    <fieldset className={s.chooser}>
      <legend>
        <Users size={16} aria-hidden="true" />
        {t('shared.who', { count: contacts.length })}
      </legend>
      <div className={s.choices}>
        {contacts.map(contact => (
          <label key={contact.id} className={s.choice}>
            <input
              type="radio"
              name={group}
              checked={contact.id === chosen}
              onChange={() => choose(contact.id)}
            />
            <Avatar name={contact.name} size={34} />
            <span>
              <Name most={40}>{contact.name}</Name>
              <small>{contact.account ? <Name most={40}>{contact.account}</Name> : t('account.none')}</small>
            </span>
            <Tier>{contact.tier}</Tier>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Looked up, and nobody: one tap makes a contact of what is known. */
export function Stranger({ card, made }: { card: Card; made: (contact: PopContact) => void }) {
  const t = useT();
  const save = useMutation({
    mutationFn: (form: FormData) =>
      api.addContact({
        name: String(form.get('name')).trim(),
        account: String(form.get('account')).trim() || null,
        numbers: card.number ? [card.number] : [],
      }),
    onSuccess: contact => {
      queries.setQueryData(['contact', contact.id], contact);
      made(contact);
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save.mutate(new FormData(event.currentTarget));
  }

  const claimed = claimedName(card);
  return (
    <>
      <div className={s.person}>
        <Avatar name={null} size={64} />
        <div className={s.personWords}>
          <h2>
            {card.number ? (
              <PhoneNumber>{card.number}</PhoneNumber>
            ) : claimed ? (
              <Name>{claimed}</Name>
            ) : (
              t('number.withheld')
            )}
          </h2>
          <p className={s.line}>{t(card.number ? 'stranger.first' : 'stranger.withheld')}</p>
        </div>
      </div>
      {card.number && (
        <form className={s.newcomer} onSubmit={submit}>
          <TextInput
            name="name"
            label={t('contact.name')}
            defaultValue={claimed ? plain(claimed, 200) : ''}
            required
            withAsterisk={false}
            maxLength={200}
            autoComplete="off"
          />
          <TextInput name="account" label={t('contact.account')} maxLength={200} autoComplete="off" />
          <Button
            type="submit"
            loading={save.isPending}
            leftSection={<UserPlus size={17} aria-hidden="true" />}
          >
            {t('stranger.save')}
          </Button>
          {save.isError && <ProblemLine>{t('save.failed')}</ProblemLine>}
        </form>
      )}
    </>
  );
}

/** The look-up is under way: what the network says stands where the name will be. */
export function NotYet({ card }: { card: Card }) {
  const t = useT();
  const claimed = claimedName(card);
  return (
    <div className={s.person} aria-busy="true">
      <Skeleton circle height={64} width={64} />
      <div className={s.personWords}>
        <h2>{claimed ? <Name>{claimed}</Name> : <PhoneNumber>{card.number}</PhoneNumber>}</h2>
        <p className={s.line}>
          {claimed && <PhoneNumber>{card.number}</PhoneNumber>}
          <span>{t('lookup.under_way')}</span>
        </p>
        <div className={s.line}>
          <Skeleton height={14} width={140} />
        </div>
      </div>
    </div>
  );
}
