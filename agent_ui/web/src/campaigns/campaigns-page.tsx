/** All campaigns: which of them dial, how far they are, what came of them. */

import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Megaphone, PhoneOff, Plus } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { useT } from '../i18n';
import { pages } from '../queries';
import { CardBox, Empty, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { type Campaign, campaigns } from './api';
import s from './campaigns.module.css';
import { abandonedShare } from './figures';
import { CampaignBadge, Level, LIVE, useMayRun, useRun, useShare } from './parts';

export default function CampaignsPage() {
  const t = useT();
  const may = useMayRun();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['campaigns'],
    queryFn: ({ pageParam }) => campaigns.all(pageParam),
    refetchInterval: LIVE,
    ...pages<Campaign>(),
  });
  const all = data?.pages.flatMap(page => page.items);
  const add = may && (
    <Button component={Link} href="/new-campaign" leftSection={<Plus size={17} aria-hidden="true" />}>
      {t('campaigns.add')}
    </Button>
  );
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.campaigns')}</h1>
        {all && all.length > 0 && add}
      </div>
      {error && !data && <Empty icon={PhoneOff}>{t('server.away')}</Empty>}
      {all?.length === 0 && (
        <CardBox>
          <div className={s.none}>
            <Megaphone size={32} strokeWidth={1.5} aria-hidden="true" />
            <p>{t('campaigns.none')}</p>
            {add}
          </div>
        </CardBox>
      )}
      {all && all.length > 0 && (
        <CardBox>
          <TableFrame label={t('nav.campaigns')}>
            <table className={`${ui.table} ${s.campaigns}`}>
              <thead>
                <tr>
                  <th>{t('campaigns.name')}</th>
                  <th>{t('filter.state')}</th>
                  <th>{t('queue')}</th>
                  <th>{t('campaigns.penetration')}</th>
                  <th className={ui.end}>{t('campaigns.answered')}</th>
                  <th className={ui.end}>{t('campaigns.abandoned')}</th>
                  <th className={ui.end}>{t('campaigns.sales')}</th>
                  {may && (
                    <th>
                      <span className="for-ears">{t('campaigns.run')}</span>
                    </th>
                  )}
                </tr>
              </thead>
              {all.map(each => (
                <One key={each.id} campaign={each} />
              ))}
            </table>
          </TableFrame>
        </CardBox>
      )}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('show.more')}
        </Button>
      )}
    </div>
  );
}

function One({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const intl = useIntl();
  const share = useShare();
  const { buttons, below } = useRun(campaign);
  const { standing } = campaign;
  const total = standing?.total;
  const figure = (value: number | undefined) => (value === undefined ? '–' : intl.formatNumber(value));
  const over =
    total &&
    campaign.settings.abandonment_limit !== null &&
    (abandonedShare(total) ?? 0) > campaign.settings.abandonment_limit;
  return (
    <tbody>
      <tr>
        <td>
          <Link href={`/campaigns/${encodeURIComponent(campaign.id)}`} className={ui.link}>
            <bdi>{campaign.name}</bdi>
          </Link>
          <small className={s.mode}>{t(`campaigns.mode.${campaign.mode}`)}</small>
        </td>
        <td>
          <CampaignBadge state={campaign.state} />
        </td>
        <td>
          <bdi>{campaign.queue}</bdi>
        </td>
        <td className="digits">
          {standing && standing.leads > 0 ? (
            <span className={s.far}>
              <Level share={standing.done / standing.leads} />
              <span>
                {share(standing.done / standing.leads)}
                <small>{t('campaigns.done_of', { done: standing.done, all: standing.leads })}</small>
              </span>
            </span>
          ) : (
            '–'
          )}
        </td>
        <td className={`${ui.end} digits`}>{figure(total?.answered)}</td>
        <td className={`${ui.end} digits`}>
          <span className={over ? s.over : undefined}>{share(total ? abandonedShare(total) : null)}</span>
        </td>
        <td className={`${ui.end} digits`}>{figure(total?.sales)}</td>
        {buttons && <td className={s.runs}>{buttons}</td>}
      </tr>
      {below && (
        <tr>
          <td colSpan={8}>{below}</td>
        </tr>
      )}
    </tbody>
  );
}
