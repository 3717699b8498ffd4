/** How a campaign dials, in whose name, and within which bounds. */

import { Button, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useIntl } from 'react-intl';
import { useLocation } from 'wouter';
import admin from '../admin/admin.module.css';
import { whyNot } from '../admin/why-not';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { tell } from '../shell/notices';
import { CardBox, ProblemLine } from '../ui/parts';
import { type Campaign, type CampaignFields, campaigns, MODES, type Mode } from './api';
import s from './campaigns.module.css';
import { campaignFields, FRESH, percentOf, settingsOf, versionFor } from './fields';
import { keep, useMayRun } from './parts';
import { After } from './settings-after';

/** `campaign` null: a new one. */
export function SettingsPart({ campaign }: { campaign: Campaign | null }) {
  const t = useT();
  const may = useMayRun();
  const [, go] = useLocation();
  const had: CampaignFields = campaign ?? FRESH;
  const [mode, setMode] = useState<Mode>(had.mode);
  // Of what the form was filled with, not of what came later.
  const [filled, fill] = useState(campaign);
  const save = useMutation({
    mutationFn: (fields: CampaignFields) =>
      campaign && filled
        ? campaigns.change(campaign.id, { ...fields, version: versionFor(filled, campaign, settingsOf) })
        : campaigns.add(fields),
    onSuccess: saved => {
      fill(saved);
      keep(saved);
      tell('done', t('campaigns.saved', { name: saved.name }));
      if (!campaign) go(`/campaigns/${encodeURIComponent(saved.id)}`, { replace: true });
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save.mutate(campaignFields(new FormData(event.currentTarget), had));
  }

  const ahead = mode !== 'preview';
  return (
    <CardBox label={t('campaigns.part.settings')}>
      <form onSubmit={submit} className={admin.sheet}>
        <fieldset disabled={!may} className={`${admin.group} ${s.settings}`}>
          <TextInput
            name="name"
            label={t('campaigns.name')}
            defaultValue={had.name}
            required
            withAsterisk={false}
            maxLength={200}
            autoComplete="off"
          />
          <div className={admin.pair}>
            <QueueField queue={had.queue} />
            <NativeSelect
              name="mode"
              label={t('campaigns.mode')}
              description={t(`campaigns.mode.${mode}.more`)}
              value={mode}
              onChange={event => setMode(MODES.find(each => each === event.currentTarget.value) ?? mode)}
              data={MODES.map(value => ({ value, label: t(`campaigns.mode.${value}`) }))}
            />
          </div>
          <div className={admin.pair}>
            <ProfileField profile={had.profile} />
            <TextInput
              name="caller_number"
              label={t('campaigns.caller_number')}
              description={t('campaigns.caller_number.more')}
              placeholder="+372…"
              defaultValue={had.caller_number ?? ''}
              maxLength={40}
              autoComplete="off"
            />
          </div>
          <TextInput
            name="company"
            label={t('campaigns.company')}
            description={t('campaigns.company.more')}
            defaultValue={had.company ?? ''}
            maxLength={200}
            autoComplete="off"
          />
          {mode === 'predictive' && (
            <Textarea
              name="reason"
              label={t('campaigns.reason')}
              description={t('campaigns.reason.more')}
              defaultValue={had.reason ?? ''}
              maxLength={2_000}
              rows={3}
              resize="vertical"
            />
          )}
          <Bounds had={had} ahead={ahead} />
          <After settings={had.settings} queue={had.queue} />
          {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
          {may && (
            <div className={admin.buttons}>
              <Button type="submit" loading={save.isPending}>
                {t(campaign ? 'save' : 'campaigns.make')}
              </Button>
            </div>
          )}
        </fieldset>
      </form>
    </CardBox>
  );
}

/** Those that the server knows: the version in force, and the next one where there is one. */
function ProfileField({ profile }: { profile: string }) {
  const t = useT();
  const intl = useIntl();
  const { data } = useQuery({
    queryKey: ['country-profiles'],
    queryFn: campaigns.profiles,
    staleTime: 300_000,
  });
  const known = data?.items ?? [];
  const keys = [...new Set([...(profile ? [profile] : []), ...known.map(each => each.key)])].sort();
  const [key, setKey] = useState(profile);
  const day = (date: string) => intl.formatDate(`${date}T12:00:00Z`, { dateStyle: 'medium' });
  const now = known.find(each => each.key === key && each.in_force);
  const next = known.find(each => each.key === key && now && each.effective_from > now.effective_from);
  const told = now && t('campaigns.profile.version', { version: now.version, date: day(now.effective_from) });
  const soon = next && t('campaigns.profile.next', { version: next.version, date: day(next.effective_from) });
  return (
    <NativeSelect
      name="profile"
      label={t('campaigns.profile')}
      description={[told ?? t('campaigns.profile.more'), soon].filter(Boolean).join(' ')}
      value={key}
      onChange={event => setKey(event.currentTarget.value)}
      required
      withAsterisk={false}
      data={[
        ...(profile ? [] : [{ value: '', label: t('campaigns.profile.choose') }]),
        ...keys.map(value => {
          const name = known.findLast(each => each.key === value)?.name;
          return { value, label: name ? `${value} – ${name}` : value };
        }),
      ]}
    />
  );
}

function QueueField({ queue }: { queue: string }) {
  const t = useT();
  const known = usePicture(picture => picture.queues);
  const direct = Object.values(known).filter(each => each.mode === 'direct');
  const names = [...new Set([...direct.map(each => each.name), ...(queue ? [queue] : [])])].sort();
  return (
    <NativeSelect
      name="queue"
      label={t('queue')}
      description={t(names.length ? 'campaigns.queue.more' : 'campaigns.queue.none')}
      defaultValue={queue}
      required
      withAsterisk={false}
      data={[...(queue ? [] : [{ value: '', label: t('campaigns.queue.choose') }]), ...names]}
    />
  );
}

interface Bound {
  name: 'ring_seconds' | 'reserve_seconds' | 'attempts' | 'attempts_per_day';
  min: number;
  max: number;
}

const BOUNDS: Bound[] = [
  { name: 'ring_seconds', min: 15, max: 120 },
  { name: 'attempts', min: 1, max: 50 },
  { name: 'attempts_per_day', min: 1, max: 20 },
];
const RESERVE: Bound = { name: 'reserve_seconds', min: 10, max: 3_600 };

/** `ahead`: calls leave before an agent has looked at the lead. */
function Bounds({ had, ahead }: { had: CampaignFields; ahead: boolean }) {
  const t = useT();
  const { settings } = had;
  return (
    <>
      <div className={s.figures}>
        {[...BOUNDS, ...(ahead ? [] : [RESERVE])].map(({ name, min, max }) => (
          <TextInput
            key={name}
            name={name}
            type="number"
            min={min}
            max={max}
            required
            withAsterisk={false}
            label={t(`campaigns.${name}`)}
            defaultValue={settings[name]}
          />
        ))}
        {ahead && (
          <TextInput
            name="abandonment_limit"
            type="number"
            min={0}
            max={3}
            step="any"
            label={t('campaigns.abandonment_limit')}
            placeholder={t('campaigns.abandonment_limit.none')}
            defaultValue={percentOf(settings.abandonment_limit)}
          />
        )}
        <TextInput
          name="value"
          type="number"
          min={0}
          step="any"
          label={t('campaigns.value')}
          defaultValue={settings.value ?? ''}
        />
        <TextInput
          name="currency"
          label={t('campaigns.currency')}
          defaultValue={settings.currency}
          pattern="[A-Za-z]{3}"
          required
          withAsterisk={false}
          maxLength={3}
          autoComplete="off"
        />
      </div>
      {ahead && (
        <div className={admin.pair}>
          <TextInput
            name="legal_sound"
            label={t('campaigns.legal_sound')}
            description={t('campaigns.legal_sound.more')}
            placeholder="helin/legal"
            defaultValue={settings.legal_sound}
            maxLength={80}
            autoComplete="off"
          />
          <Switch
            name="amd"
            label={t('campaigns.amd')}
            description={t('campaigns.amd.more')}
            defaultChecked={settings.amd}
          />
        </div>
      )}
    </>
  );
}
