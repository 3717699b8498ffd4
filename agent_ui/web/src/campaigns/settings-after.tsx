/** What becomes of a lead after a call: tried again, opened again, called back; and whose it is. */

import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import admin from '../admin/admin.module.css';
import { api } from '../api';
import { useT } from '../i18n';
import { useDispositions, useResultWord } from '../queries';
import { type CampaignSettings, OUTCOMES, SHARES } from './api';
import s from './campaigns.module.css';
import { Pairs } from './pairs';

const LONGEST_RETRY = 60 * 24 * 90;

export function After({ settings, queue }: { settings: CampaignSettings; queue: string }) {
  const t = useT();
  const word = useResultWord();
  const { data } = useDispositions(queue || null);
  const headings = new Set(data?.items.map(each => each.parent));
  const results = (data?.items ?? [])
    .filter(each => each.active && !headings.has(each.key))
    .map(each => ({ value: each.key, label: word(each.key) }));
  const outcomes = OUTCOMES.filter(each => each !== 'person').map(value => ({
    value,
    label: t(`campaigns.outcome.${value}`),
  }));
  const whole = (
    name: 'recycle_times' | 'callback_mine_minutes' | 'callback_hours',
    min: number,
    max: number,
  ) => (
    <TextInput
      name={name}
      type="number"
      min={min}
      max={max}
      required
      withAsterisk={false}
      label={t(`campaigns.${name}`)}
      defaultValue={settings[name]}
    />
  );
  const minutes: [string, string] = [t('column.outcome'), t('campaigns.minutes')];
  return (
    <>
      <Pairs
        name="retry"
        legend={t('campaigns.retry')}
        hint={t('campaigns.retry.more')}
        labels={minutes}
        options={outcomes}
        had={settings.retry}
        most={LONGEST_RETRY}
        usual={60}
      />
      <Pairs
        name="retry_dispositions"
        legend={t('campaigns.retry_dispositions')}
        hint={t('campaigns.retry_dispositions.more')}
        labels={[t('campaigns.result'), t('campaigns.minutes')]}
        options={results}
        had={settings.retry_dispositions}
        most={LONGEST_RETRY}
        usual={1_440}
      />
      <Pairs
        name="recycle"
        legend={t('campaigns.recycle')}
        hint={t('campaigns.recycle.more')}
        labels={[t('campaigns.result'), t('campaigns.hours')]}
        options={results}
        had={settings.recycle}
        most={LONGEST_RETRY / 60}
        usual={720}
      />
      <div className={s.figures}>
        {whole('recycle_times', 0, 20)}
        {whole('callback_mine_minutes', 1, 10_080)}
        {whole('callback_hours', 1, 720)}
      </div>
      <Owners settings={settings} />
    </>
  );
}

function Owners({ settings }: { settings: CampaignSettings }) {
  const t = useT();
  const [share, setShare] = useState(settings.share);
  const { data } = useQuery({ queryKey: ['names'], queryFn: api.colleagues, staleTime: 300_000 });
  return (
    <>
      <div className={admin.pair}>
        <NativeSelect
          name="share"
          label={t('campaigns.share')}
          description={t('campaigns.share.more')}
          value={share}
          onChange={event => setShare(SHARES.find(each => each === event.currentTarget.value) ?? share)}
          data={SHARES.map(value => ({ value, label: t(`campaigns.share.${value}`) }))}
        />
      </div>
      {share === 'quota' && (
        <Pairs
          name="quotas"
          legend={t('campaigns.quotas')}
          hint={t('campaigns.quotas.more')}
          labels={[t('agent'), t('campaigns.quota')]}
          options={(data?.items ?? []).map(each => ({ value: each.id, label: each.name }))}
          had={settings.quotas}
          most={100_000}
          usual={50}
        />
      )}
    </>
  );
}
