/** Saving a report: its name, who sees it, when it is sent and to whom. */

import { Button, Checkbox, Modal, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { whyNot } from '../admin/why-not';
import { useT } from '../i18n';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { ProblemLine } from '../ui/parts';
import { Sure } from '../ui/sure';
import { chosen, SAVED_KEY, type SavedFields, type SavedReport, saved, type Wish, zoneHere } from './api';
import s from './reports.module.css';

const EVERY = ['day', 'week', 'month'] as const;

/** `one` null: a new one, of what is chosen on the page. */
export default function SavedForm({
  one,
  wish,
  done,
}: {
  one: SavedReport | null;
  wish: Wish;
  done: () => void;
}) {
  const t = useT();
  const [every, setEvery] = useState(one?.every ?? '');
  const over = (name: string, word: 'saved.done' | 'saved.removed') => {
    void queries.invalidateQueries({ queryKey: SAVED_KEY });
    tell('done', t(word, { name }));
    done();
  };
  const save = useMutation({
    mutationFn: (fields: SavedFields) => (one ? saved.put(one.id, fields) : saved.add(fields)),
    onSuccess: ({ name }) => over(name, 'saved.done'),
  });
  const remove = useMutation({
    mutationFn: () => saved.remove(one?.id ?? ''),
    onSuccess: () => over(one?.name ?? '', 'saved.removed'),
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const sent = every
      ? {
          at: text('at'),
          time_zone: text('zone'),
          recipients: text('to')
            .split(/[\s,;]+/)
            .filter(Boolean),
        }
      : {
          at: one?.at ?? '07:00',
          time_zone: one?.time_zone ?? zoneHere(),
          recipients: one?.recipients ?? [],
        };
    save.mutate({
      ...(one && !form.has('take') ? one.wish : chosen(wish)),
      name: text('name'),
      shared: form.has('shared'),
      every: EVERY.find(each => each === every) ?? null,
      ...sent,
    });
  }

  return (
    <Modal
      opened
      onClose={done}
      title={one?.name ?? t('saved.add')}
      closeButtonProps={{ 'aria-label': t('close') }}
      size="lg"
    >
      <form onSubmit={submit} className={s.save}>
        <TextInput
          name="name"
          label={t('saved.name')}
          defaultValue={one?.name}
          required
          withAsterisk={false}
          maxLength={120}
          autoComplete="off"
          data-autofocus
        />
        {one && <Checkbox name="take" label={t('saved.take')} />}
        <Switch name="shared" label={t('saved.shared')} defaultChecked={one?.shared ?? false} />
        <NativeSelect
          label={t('saved.send')}
          value={every}
          onChange={event => setEvery(event.currentTarget.value)}
          data={[
            { value: '', label: t('saved.never') },
            ...EVERY.map(value => ({ value, label: t(`saved.every.${value}`) })),
          ]}
        />
        {every && (
          <>
            <div className={s.fields}>
              <TextInput
                name="at"
                type="time"
                label={t('saved.at')}
                defaultValue={one?.at ?? '07:00'}
                required
                withAsterisk={false}
              />
              <TextInput
                name="zone"
                label={t('saved.zone')}
                defaultValue={one?.time_zone ?? zoneHere()}
                required
                withAsterisk={false}
                maxLength={40}
              />
            </div>
            <Textarea
              name="to"
              label={t('saved.to')}
              description={t('saved.to.more')}
              defaultValue={one?.recipients.join('\n')}
              required
              withAsterisk={false}
              rows={3}
              maxLength={7_000}
            />
          </>
        )}
        {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
        <Button type="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </form>
      {one && (
        <Sure
          label={t('saved.remove')}
          question={t('saved.remove.sure')}
          busy={remove.isPending}
          act={() => remove.mutate()}
        />
      )}
      {remove.isError && <ProblemLine>{whyNot(remove.error, t)}</ProblemLine>}
    </Modal>
  );
}
