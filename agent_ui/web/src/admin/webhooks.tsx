/** Programs that are told what happens: where, of what, and whether it gets through. */

import '@mantine/core/styles/Checkbox.layer.css';
import { Button, Checkbox, Modal, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Pencil, Plus, Webhook as Sign } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ask, type Page } from '../api';
import { useT } from '../i18n';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { Badge, CardBox, Empty, Name, ProblemLine, TableFrame, When } from '../ui/parts';
import { Sure } from '../ui/sure';
import ui from '../ui/ui.module.css';
import s from './admin.module.css';
import { whyNot } from './why-not';

export interface Webhook {
  name: string;
  url: string;
  events: string[];
  active: boolean;
  state: 'on' | 'off' | 'away';
  trouble: string | null;
  delivered_at: string | null;
  behind: number;
  failures: number;
  replaying: boolean;
}

interface Fields {
  url: string;
  events: string[];
  active: boolean;
}

const GROUPS = ['call', 'agent', 'campaign', 'request', 'alarm'] as const;
const KEY = ['webhooks'];
const at = (name: string, more = '') => `/webhooks/${encodeURIComponent(name)}${more}`;
const list = () => ask<Page<Webhook>>('GET', '/webhooks');
const refresh = () => queries.invalidateQueries({ queryKey: KEY });

export default function Webhooks() {
  const t = useT();
  const { data, isError } = useQuery({ queryKey: KEY, queryFn: list, refetchInterval: 10_000 });
  const [edited, setEdited] = useState<Webhook | 'new' | null>(null);
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.webhooks')}</h1>
        <Button leftSection={<Plus size={17} aria-hidden="true" />} onClick={() => setEdited('new')}>
          {t('webhooks.add')}
        </Button>
      </div>
      {isError && !data && <ProblemLine>{t('server.away')}</ProblemLine>}
      {data?.items.length === 0 && <Empty icon={Sign}>{t('webhooks.none')}</Empty>}
      {data && data.items.length > 0 && (
        <CardBox>
          <TableFrame label={t('nav.webhooks')}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>{t('webhooks.name')}</th>
                  <th>{t('webhooks.events')}</th>
                  <th>{t('webhooks.state')}</th>
                  <th>{t('webhooks.delivered')}</th>
                  <th>{t('webhooks.failures')}</th>
                  <th>
                    <span className="for-ears">{t('edit')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.items.map(one => (
                  <Row key={one.name} webhook={one} edit={() => setEdited(one)} />
                ))}
              </tbody>
            </table>
          </TableFrame>
        </CardBox>
      )}
      {edited && (
        <Modal
          opened
          onClose={() => setEdited(null)}
          title={edited === 'new' ? t('webhooks.add') : edited.name}
          closeButtonProps={{ 'aria-label': t('close') }}
          size="lg"
        >
          <WebhookForm webhook={edited === 'new' ? null : edited} done={() => setEdited(null)} />
        </Modal>
      )}
    </div>
  );
}

function Row({ webhook, edit }: { webhook: Webhook; edit: () => void }) {
  const t = useT();
  const look = webhook.state === 'on' ? 'ready' : webhook.state === 'away' ? 'danger' : 'plain';
  return (
    <tr>
      <td>
        <bdi>{webhook.name}</bdi>
        <br />
        <Name>{webhook.url}</Name>
      </td>
      <td>{webhook.events.join(', ')}</td>
      <td>
        <Badge look={look}>{t(`webhooks.state.${webhook.state}`)}</Badge>
        {webhook.replaying && <Badge look="plain">{t('webhooks.replaying')}</Badge>}
        {webhook.trouble && <div className={ui.dim}>{webhook.trouble}</div>}
      </td>
      <td>{webhook.delivered_at ? <When at={webhook.delivered_at} /> : '–'}</td>
      <td className="digits">{webhook.failures}</td>
      <td className={ui.end}>
        <Button
          variant="subtle"
          size="compact-md"
          aria-label={t('user.edit', { name: webhook.name })}
          onClick={edit}
        >
          <Pencil size={16} aria-hidden="true" />
        </Button>
      </td>
    </tr>
  );
}

function WebhookForm({ webhook, done }: { webhook: Webhook | null; done: () => void }) {
  const t = useT();
  const [secret, setSecret] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: ({ name, fields }: { name: string; fields: Fields }) =>
      webhook
        ? ask<{ secret?: string }>('PATCH', at(webhook.name), fields)
        : ask<{ secret?: string }>('POST', '/webhooks', { ...fields, name }),
    onSuccess: async saved => {
      await refresh();
      tell('done', t('webhooks.saved'));
      if (saved.secret) setSecret(saved.secret);
      else done();
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const single = webhook?.events.filter(each => each.includes('.')) ?? [];
    const events = [...GROUPS.filter(group => form.has(`of-${group}`)), ...single];
    save.mutate({
      name: text('name'),
      fields: { url: text('url'), events, active: form.has('active') },
    });
  }

  if (secret)
    return (
      <div className={s.form}>
        <TextInput
          label={t('webhooks.secret')}
          description={t('webhooks.secret_once')}
          value={secret}
          readOnly
        />
        <Button onClick={done}>{t('close')}</Button>
      </div>
    );
  return (
    <>
      <form onSubmit={submit} className={s.form}>
        {!webhook && (
          <TextInput
            name="name"
            label={t('webhooks.name')}
            required
            withAsterisk={false}
            maxLength={80}
            autoComplete="off"
          />
        )}
        <TextInput
          name="url"
          label={t('webhooks.url')}
          defaultValue={webhook?.url}
          placeholder="https://shop.example/helin"
          type="url"
          required
          withAsterisk={false}
          maxLength={2000}
          autoComplete="off"
        />
        <fieldset className={s.group}>
          <legend>{t('webhooks.events')}</legend>
          {GROUPS.map(group => (
            <Checkbox
              key={group}
              name={`of-${group}`}
              label={t(`webhooks.of.${group}`)}
              defaultChecked={webhook ? webhook.events.includes(group) : group === 'call'}
            />
          ))}
        </fieldset>
        <Switch name="active" label={t('webhooks.active')} defaultChecked={webhook?.active !== false} />
        {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
        <Button type="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </form>
      {webhook && <More webhook={webhook} done={done} />}
    </>
  );
}

/** Telling again, and no more. */
function More({ webhook, done }: { webhook: Webhook; done: () => void }) {
  const t = useT();
  const again = useMutation({
    mutationFn: (times: { from: string; to: string }) => ask('POST', at(webhook.name, '/replay'), times),
    onSuccess: async () => {
      await refresh();
      tell('done', t('webhooks.is_replayed'));
      done();
    },
  });
  const remove = useMutation({
    mutationFn: () => ask('DELETE', at(webhook.name)),
    onSuccess: async () => {
      await refresh();
      done();
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const moment = (name: string) => new Date(String(form.get(name))).toISOString();
    again.mutate({ from: moment('from'), to: moment('to') });
  }

  return (
    <>
      <form onSubmit={submit} className={s.form}>
        <div className={s.pair}>
          <TextInput
            name="from"
            type="datetime-local"
            label={t('webhooks.from')}
            required
            withAsterisk={false}
          />
          <TextInput name="to" type="datetime-local" label={t('webhooks.to')} required withAsterisk={false} />
        </div>
        {again.isError && <ProblemLine>{whyNot(again.error, t)}</ProblemLine>}
        <Button type="submit" variant="default" loading={again.isPending}>
          {t('webhooks.replay')}
        </Button>
      </form>
      {remove.isError && <ProblemLine>{whyNot(remove.error, t)}</ProblemLine>}
      <Sure
        label={t('webhooks.remove')}
        question={t('webhooks.remove.sure', { name: webhook.name })}
        act={() => remove.mutate()}
        busy={remove.isPending}
      />
    </>
  );
}
