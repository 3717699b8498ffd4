/** A list that is a search over contacts: whoever comes to fit it while the campaign runs is called too. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Users } from 'lucide-react';
import { type FormEvent, useRef } from 'react';
import admin from '../admin/admin.module.css';
import { whyNot } from '../admin/why-not';
import { useT } from '../i18n';
import { LANGUAGES } from '../i18n/spoken';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { CardBox, ProblemLine } from '../ui/parts';
import { type Campaign, campaigns } from './api';
import s from './campaigns.module.css';
import { segmentOf } from './fields';

export function Segment({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const form = useRef<HTMLFormElement>(null);
  const add = useMutation({
    mutationFn: (given: FormData) =>
      campaigns.addList(campaign.id, String(given.get('name')).trim(), segmentOf(given)),
    onSuccess: list => {
      form.current?.reset();
      tell('done', t('campaigns.segment.made', { name: list.name }));
      void queries.invalidateQueries({ queryKey: ['campaign', campaign.id] });
    },
  });
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    add.mutate(new FormData(event.currentTarget));
  }
  const text = (name: 'account' | 'bought' | 'not_bought') => (
    <TextInput name={name} label={t(`campaigns.segment.${name}`)} maxLength={200} autoComplete="off" />
  );
  return (
    <CardBox title={t('campaigns.segment.add')}>
      <form ref={form} onSubmit={submit} className={`${admin.sheet} ${admin.underTitle}`}>
        <p className={s.dim}>{t('campaigns.segment.more')}</p>
        <div className={s.figures}>
          <TextInput
            name="name"
            label={t('campaigns.list')}
            required
            withAsterisk={false}
            maxLength={200}
            autoComplete="off"
          />
          <NativeSelect
            name="tier"
            label={t('campaigns.segment.tier')}
            data={[{ value: '', label: t('campaigns.segment.any') }, 'A', 'B', 'C']}
          />
          <NativeSelect
            name="language"
            label={t('campaigns.segment.language')}
            data={[
              { value: '', label: t('campaigns.segment.any') },
              ...Object.entries(LANGUAGES).map(([value, label]) => ({ value, label })),
            ]}
          />
          {text('account')}
          {text('bought')}
          {text('not_bought')}
          <TextInput
            name="last_contact_days"
            type="number"
            min={1}
            max={3_650}
            label={t('campaigns.segment.last_contact_days')}
          />
        </div>
        {add.isError && <ProblemLine>{whyNot(add.error, t)}</ProblemLine>}
        <div className={admin.buttons}>
          <Button
            type="submit"
            variant="default"
            loading={add.isPending}
            leftSection={<Users size={16} aria-hidden="true" />}
          >
            {t('campaigns.segment.make')}
          </Button>
        </div>
      </form>
    </CardBox>
  );
}
