/** A queue as it is set up: the form, and what Asterisk needs for it. */

import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowLeft, PhoneOff } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api, Problem, type QueueOwnFields, type QueueRule, type QueueSettings, type User } from '../api';
import { useT } from '../i18n';
import { useLive } from '../live';
import { queries, useMe } from '../queries';
import { tell } from '../shell/notices';
import { CardBox, Empty, ProblemLine } from '../ui/parts';
import { Sure } from '../ui/sure';
import ui from '../ui/ui.module.css';
import LimitsCard from '../wall/limits-card';
import s from './admin.module.css';
import { AsteriskCard } from './asterisk-card';
import { ChoicesField } from './choices-field';
import { levelsOf, queueFields, ruleFields, type SkillRow } from './fields';
import { RuleCard } from './rule-card';
import { SkillsField } from './skills-field';
import { whyNot } from './why-not';

const FRESH: QueueOwnFields = {
  mode: 'assist',
  wrap_up_seconds: 30,
  wrap_up_required: false,
  agents: [],
  recording_keep_days: null,
  pop_on: 'ring',
  pop_url: null,
  auto_pause: true,
};

/** `name` null: a new one. */
export default function QueuePage({ name }: { name: string | null }) {
  const t = useT();
  const { data: queue, error } = useQuery({
    queryKey: ['queue', name],
    queryFn: () => api.queue(name ?? ''),
    enabled: name !== null,
    staleTime: 0,
  });
  const { data: users, error: away } = useQuery({ queryKey: ['users'], queryFn: api.users });
  // Asterisk may have a queue that nobody has set up here: it is shown with what it has by itself.
  const unset = error instanceof Problem && error.status === 404;
  const live = useLive(({ picture }) => name !== null && picture?.queues[name] !== undefined);
  const there = name === null || queue !== undefined || (unset && live);
  return (
    <div className={ui.page}>
      <header>
        <Link href="/queues" className={s.back}>
          <ArrowLeft size={16} aria-hidden="true" />
          {t('nav.queues')}
        </Link>
        <div className={ui.title}>
          <h1>{name === null ? t('queue.add') : <bdi>{name}</bdi>}</h1>
        </div>
      </header>
      {!there && error && <Empty icon={PhoneOff}>{t(unset ? 'queue.gone' : 'server.away')}</Empty>}
      {there && away && <Empty icon={PhoneOff}>{t('server.away')}</Empty>}
      {there && users && <Forms key={name ?? ''} name={name} queue={queue ?? null} users={users.items} />}
    </div>
  );
}

interface Shown {
  name: string | null;
  queue: QueueSettings | null;
  users: User[];
}

/** The rule for supervisors, and beside it all else for administrators. A queue nobody has set up yet has no rule. */
function Forms({ name, queue, users }: Shown) {
  const { data: me } = useMe();
  // Of what the forms were filled with, not of what came later.
  const [version, saw] = useState(queue?.version);
  const known = [...new Set(users.flatMap(user => Object.keys(user.skills ?? {})))].sort();
  const own = { name, queue, users, known, version, saw };
  return (
    <>
      {queue && <RuleCard queue={queue} known={known} version={version} saw={saw} />}
      {queue && <LimitsCard queue={queue.name} />}
      {(me?.role === 'admin' || !queue) && <QueueForm {...own} />}
    </>
  );
}

interface FormProps extends Shown {
  known: string[];
  version: string | undefined;
  saw: (version: string) => void;
}

function QueueForm({ name, queue, users, known, version, saw }: FormProps) {
  const t = useT();
  const [, go] = useLocation();
  const had = queue ?? FRESH;
  const [called, call] = useState(name ?? '');
  const [mode, setMode] = useState(had.mode);
  const [skills, setSkills] = useState<SkillRow[]>([]);
  const save = useMutation({
    mutationFn: ({ fields, rule }: { fields: QueueOwnFields; rule: Partial<QueueRule> }) =>
      name === null
        ? api.addQueue({ ...fields, ...rule, name: called.trim() })
        : queue
          ? api.changeQueue(name, { ...fields, ...(version ? { version } : {}) })
          : api.putQueue(name, fields),
    onSuccess: saved => {
      saw(saved.version);
      queries.setQueryData(['queue', saved.name], saved);
      for (const key of ['queues', 'users']) void queries.invalidateQueries({ queryKey: [key] });
      tell('done', t('queue.saved', { name: saved.name }));
      if (name === null) go(`/queues/${encodeURIComponent(saved.name)}`, { replace: true });
    },
  });
  const remove = useMutation({
    mutationFn: () => api.removeQueue(name ?? ''),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ['queue', name] });
      void queries.invalidateQueries({ queryKey: ['users'] });
      go('/queues');
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const levels = levelsOf(skills);
    const form = new FormData(event.currentTarget);
    if (levels) save.mutate({ fields: queueFields(form), rule: ruleFields(form, levels) });
  }

  const seconds = (field: 'target_seconds' | 'max_wait_seconds' | 'wrap_up_seconds', is: number) => (
    <TextInput
      name={field}
      type="number"
      min={field === 'wrap_up_seconds' ? 0 : 1}
      max={86_400}
      required
      withAsterisk={false}
      label={t(`queue.${field}`)}
      description={t(`queue.${field}.more`)}
      defaultValue={is}
    />
  );
  return (
    <div className={s.beside}>
      <CardBox label={t('queue.settings')}>
        <form onSubmit={submit} className={s.sheet}>
          {name === null && (
            <TextInput
              label={t('queue.name')}
              description={t('queue.name.more')}
              value={called}
              onChange={event => call(event.currentTarget.value)}
              required
              withAsterisk={false}
              maxLength={128}
              autoComplete="off"
              data-autofocus
            />
          )}
          <NativeSelect
            name="mode"
            label={t('queue.mode')}
            description={t(`queue.${mode}.more`)}
            value={mode}
            onChange={event => setMode(event.currentTarget.value === 'direct' ? 'direct' : 'assist')}
            data={(['assist', 'direct'] as const).map(value => ({ value, label: t(`queue.${value}`) }))}
          />
          {name === null && (
            <div className={s.pair}>
              {seconds('target_seconds', 20)}
              {seconds('max_wait_seconds', 300)}
            </div>
          )}
          <div className={s.pair}>
            {seconds('wrap_up_seconds', had.wrap_up_seconds)}
            <Switch
              name="wrap_up_required"
              label={t('queue.wrap_up_required')}
              description={t('queue.wrap_up_required.more')}
              defaultChecked={had.wrap_up_required}
            />
          </div>
          <Switch
            name="auto_pause"
            label={t('queue.auto_pause')}
            description={t('queue.auto_pause.more')}
            defaultChecked={had.auto_pause}
          />
          <ChoicesField
            name="agents"
            label={t('floor.agents')}
            none={t('floor.no_agents')}
            all={users.map(user => ({ value: user.login, label: user.name }))}
            chosen={had.agents}
          />
          {name === null && (
            <SkillsField rows={skills} change={setSkills} hint={t('skills.of_queue')} known={known} />
          )}
          <NativeSelect
            name="pop_on"
            label={t('queue.pop_on')}
            defaultValue={had.pop_on}
            data={(['ring', 'answer'] as const).map(value => ({ value, label: t(`queue.pop_on.${value}`) }))}
          />
          <TextInput
            name="pop_url"
            label={t('queue.pop_url')}
            description={t('queue.pop_url.more', { places: '{number} {contact} {call} {queue}' })}
            placeholder="https://crm.example/find?number={number}"
            defaultValue={had.pop_url ?? ''}
            maxLength={2_000}
            autoComplete="off"
          />
          <TextInput
            name="recording_keep_days"
            type="number"
            min={0}
            max={36_500}
            label={t('queue.keep_days')}
            description={t('queue.keep_days.more')}
            defaultValue={had.recording_keep_days ?? ''}
          />
          {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
          <div className={s.buttons}>
            <Button type="submit" loading={save.isPending}>
              {t('save')}
            </Button>
            {queue && (
              <Sure
                label={t('queue.remove')}
                question={t('queue.remove.sure')}
                busy={remove.isPending}
                act={() => remove.mutate()}
              />
            )}
          </div>
          {remove.isError && <ProblemLine>{t('save.failed')}</ProblemLine>}
        </form>
      </CardBox>
      <AsteriskCard name={called.trim()} mode={mode} seen={queue?.asterisk ?? null} />
    </div>
  );
}
