/** The form of a contact, new or known. What is not changed is not sent. */

import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type Contact, type ContactFields, Problem } from '../api';
import { useT } from '../i18n';
import { queries, useAgentName } from '../queries';
import { ProblemLine } from '../ui/parts';

/** What the form holds that the contact does not. */
export function changes(form: FormData, contact: Contact | undefined): ContactFields {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const numbers = text('numbers')
    .split(/[\n,;]+/)
    .map(each => each.trim())
    .filter(Boolean);
  const fields: ContactFields = {
    name: text('name'),
    account: text('account') || null,
    numbers,
    email: text('email') || null,
    language: text('language') || null,
    note: text('note') || null,
    preferred_agent: text('preferred_agent') || null,
  };
  if (!contact) return fields;
  if (form.has('account_agent')) fields.account_agent = text('account_agent') || null;
  const changed = Object.entries(fields).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(contact[name as keyof ContactFields] ?? null),
  );
  return Object.fromEntries(changed);
}

interface AgentProps {
  name: string;
  label: string;
  more: string;
  agent: string | null | undefined;
}

/** Who is chosen already can be kept, also while the list of colleagues is not there. */
function AgentField({ name, label, more, agent }: AgentProps) {
  const t = useT();
  const nameOf = useAgentName();
  const colleagues = useQuery({ queryKey: ['colleagues'], queryFn: api.colleagues });
  const [login, setLogin] = useState(agent ?? '');
  const others = (colleagues.data?.items ?? []).filter(each => each.id !== login);
  return (
    <NativeSelect
      name={name}
      label={label}
      description={more}
      value={login}
      onChange={event => setLogin(event.currentTarget.value)}
      data={[
        { value: '', label: t('contact.agent.nobody') },
        ...(login ? [{ value: login, label: nameOf(login) }] : []),
        ...others.map(each => ({ value: each.id, label: each.name })),
      ]}
    />
  );
}

export function ContactForm({ contact, done }: { contact?: Contact; done: (contact: Contact) => void }) {
  const t = useT();
  const save = useMutation({
    mutationFn: (fields: ContactFields) =>
      contact ? api.changeContact(contact.id, fields) : api.addContact(fields),
    onSuccess: saved => {
      queries.setQueryData(['contact', saved.id], saved);
      void queries.invalidateQueries({ queryKey: ['search'] });
      done(saved);
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save.mutate(changes(new FormData(event.currentTarget), contact));
  }

  return (
    <form onSubmit={submit} style={{ display: 'grid', gap: 14 }}>
      <TextInput
        name="name"
        label={t('contact.name')}
        defaultValue={contact?.name}
        required
        withAsterisk={false}
        maxLength={200}
        data-autofocus
      />
      <TextInput
        name="account"
        label={t('contact.account')}
        defaultValue={contact?.account ?? ''}
        maxLength={200}
      />
      <Textarea
        name="numbers"
        label={t('contact.numbers')}
        description={t('contact.numbers_more')}
        defaultValue={contact?.numbers.join('\n')}
        rows={3}
      />
      <TextInput
        name="email"
        type="email"
        label={t('contact.email')}
        defaultValue={contact?.email ?? ''}
        maxLength={200}
      />
      <NativeSelect
        name="language"
        label={t('contact.language')}
        defaultValue={contact?.language ?? ''}
        data={[
          { value: '', label: t('unknown') },
          { value: 'et', label: 'Eesti' },
          { value: 'en', label: 'English' },
          { value: 'ru', label: 'Русский' },
        ]}
      />
      <AgentField
        name="preferred_agent"
        label={t('contact.agent')}
        more={t('contact.agent.more')}
        agent={contact?.preferred_agent}
      />
      {contact?.account && (
        <AgentField
          name="account_agent"
          label={t('contact.account_agent')}
          more={t('contact.account_agent.more')}
          agent={contact.account_agent}
        />
      )}
      <Textarea
        name="note"
        label={t('contact.note')}
        defaultValue={contact?.note ?? ''}
        rows={3}
        maxLength={10_000}
      />
      {save.isError && (
        <ProblemLine>
          {save.error instanceof Problem && save.error.status === 422
            ? t('save.refused', { why: save.error.detail })
            : t('save.failed')}
        </ProblemLine>
      )}
      <Button type="submit" loading={save.isPending}>
        {t('save')}
      </Button>
    </form>
  );
}
