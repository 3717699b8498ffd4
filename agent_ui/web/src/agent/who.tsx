/** Who calls: known, shared by several people, unknown, or not looked up yet. All four stand in the same place and height. */

import { Button, Skeleton, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ArrowUpRight, Building2, Clock3, Repeat2, Ticket, UserPlus, Users } from 'lucide-react';
import { type FormEvent, type ReactNode, useId } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { api } from '../api';
import { useSecond } from '../clock';
import { plain } from '../format';
import { useT } from '../i18n';
import type { Card, PopContact } from '../protocol';
import { queries, useAgentName } from '../queries';
import { Avatar, Badge, Name, PhoneNumber, ProblemLine, Tier } from '../ui/parts';
import { isZone, placeOf, zoneOfNumber } from '../zones';
import s from './call-card.module.css';
import { claimedName } from './desk';

export function Person({
  contact,
  card,
  children,
}: {
  contact: PopContact;
  card: Card;
  children?: ReactNode;
}) {
  const t = useT();
  const nameOf = useAgentName();
  const zone = zoneOf(contact, card);
  const before = card.direction === 'inbound' ? (contact.calls_7d ?? 0) : 0;
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
          {zone && <TheirTime zone={zone} />}
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
          {before > 0 && (
            <Badge look={before > 1 ? 'danger' : 'plain'}>
              <Repeat2 size={14} aria-hidden="true" />
              {t('pop.nth_call', { n: before + 1 })}
            </Badge>
          )}
          {contact.last_agent && (
            <span>{t('pop.last_agent', { agent: plain(nameOf(contact.last_agent)) })}</span>
          )}
          <Link href={`/contacts/${encodeURIComponent(contact.id)}`} className={s.open}>
            {t('contact.open')}
            <ArrowUpRight size={15} aria-hidden="true" />
          </Link>
          {children}
        </p>
      </div>
    </div>
  );
}

/** Where a customer is: as the CRM has it, else as their number tells. */
export function zoneOf(contact: PopContact | undefined, card: Card): string | null {
  return isZone(contact?.time_zone) ? contact.time_zone : zoneOfNumber(card.number);
}

function TheirTime({ zone }: { zone: string }) {
  const t = useT();
  const intl = useIntl();
  const second = useSecond();
  const time = intl.formatDate(second * 1000, { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  return (
    <span className={s.account} title={zone}>
      <Clock3 size={15} aria-hidden="true" />
      {t('pop.their_time', { time, place: placeOf(zone) })}
    </span>
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

/** This queue's pop comes with the answer: until then only the number is shown. */
export function Veiled({ card }: { card: Card }) {
  const t = useT();
  return (
    <div className={s.person}>
      <Avatar name={null} size={64} />
      <div className={s.personWords}>
        <h2>
          <PhoneNumber>{card.number}</PhoneNumber>
        </h2>
        <p className={s.line}>{t('pop.on_answer')}</p>
      </div>
    </div>
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
