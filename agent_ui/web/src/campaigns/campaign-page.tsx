/** A campaign: whether it can start, and behind tabs all that belongs to it. */

import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, PhoneOff } from 'lucide-react';
import { Link } from 'wouter';
import admin from '../admin/admin.module.css';
import { Problem } from '../api';
import { useT } from '../i18n';
import { Empty } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { type Campaign, campaigns } from './api';
import { AttemptsPart } from './attempts-part';
import s from './campaigns.module.css';
import { ListsPart } from './lists-part';
import { Overview } from './overview';
import { CampaignBadge, LIVE, useRun } from './parts';
import { ResultsPart } from './results-part';
import { ScriptPart } from './script-part';
import { SettingsPart } from './settings-part';

const PARTS = ['overview', 'settings', 'lists', 'script', 'attempts', 'results'] as const;

export default function CampaignPage({ id, part }: { id: string; part: string }) {
  const t = useT();
  const { data, error } = useQuery({
    queryKey: ['campaign', id],
    queryFn: () => campaigns.one(id),
    refetchInterval: LIVE,
  });
  const gone = error instanceof Problem && error.status === 404;
  return (
    <div className={ui.page}>
      <header>
        <Link href="/campaigns" className={admin.back}>
          <ArrowLeft size={16} aria-hidden="true" />
          {t('nav.campaigns')}
        </Link>
        {data && <Head campaign={data} />}
      </header>
      {error && !data && <Empty icon={PhoneOff}>{t(gone ? 'campaigns.gone' : 'server.away')}</Empty>}
      {data && (
        <>
          <nav className={s.parts} aria-label={data.name}>
            {PARTS.map(each => (
              <Link
                key={each}
                href={`/campaigns/${encodeURIComponent(id)}${each === 'overview' ? '' : `/${each}`}`}
                aria-current={each === part ? 'page' : undefined}
              >
                {t(`campaigns.part.${each}`)}
              </Link>
            ))}
          </nav>
          <Part campaign={data} part={part} />
        </>
      )}
    </div>
  );
}

function Head({ campaign }: { campaign: Campaign }) {
  const { buttons, below } = useRun(campaign);
  return (
    <>
      <div className={ui.title}>
        <h1>
          <bdi>{campaign.name}</bdi>
        </h1>
        <CampaignBadge state={campaign.state} />
        {buttons}
      </div>
      {below}
    </>
  );
}

function Part({ campaign, part }: { campaign: Campaign; part: string }) {
  if (part === 'settings') return <SettingsPart campaign={campaign} />;
  if (part === 'lists') return <ListsPart campaign={campaign} />;
  if (part === 'script') return <ScriptPart campaign={campaign} />;
  if (part === 'attempts') return <AttemptsPart campaign={campaign} />;
  if (part === 'results') return <ResultsPart campaign={campaign} />;
  return <Overview campaign={campaign} />;
}
