/** What came of a campaign: all of it, and by list, hour, attempt or agent. */

import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ChartNoAxesColumn, PhoneOff } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useT } from '../i18n';
import { useAgentName } from '../queries';
import { CardBox, Empty, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { BY, type By, type Campaign, campaigns, type Result } from './api';
import s from './campaigns.module.css';
import { abandonedShare } from './figures';
import { Funnel } from './funnel';
import { Level, LIVE, useShare, useTotal } from './parts';

export function ResultsPart({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const [by, setBy] = useState<By>('list');
  const running = campaign.state === 'running';
  const { data: whole, error } = useTotal(campaign.id, running);
  const { data } = useQuery({
    queryKey: ['campaign', campaign.id, 'results', by],
    queryFn: () => campaigns.results(campaign.id, by),
    refetchInterval: running && LIVE,
  });
  const total = whole?.items[0];
  const choice = (
    <NativeSelect
      aria-label={t('campaigns.by')}
      value={by}
      onChange={event => setBy(BY.find(each => each === event.currentTarget.value) ?? by)}
      data={BY.map(value => ({ value, label: t(`campaigns.by.${value}`) }))}
    />
  );
  if (error && !whole) return <Empty icon={PhoneOff}>{t('server.away')}</Empty>;
  if (!total) return null;
  if (total.attempts === 0)
    return (
      <CardBox>
        <Empty icon={ChartNoAxesColumn}>{t('campaigns.results.none')}</Empty>
      </CardBox>
    );
  return (
    <>
      <CardBox title={t('campaigns.funnel')}>
        <Funnel result={total} />
      </CardBox>
      <CardBox title={t('campaigns.split')} side={choice}>
        {data && <Lines by={by} results={data.items} />}
      </CardBox>
    </>
  );
}

function Lines({ by, results }: { by: By; results: Result[] }) {
  const t = useT();
  const intl = useIntl();
  const share = useShare();
  const nameOf = useAgentName();
  const most = Math.max(1, ...results.map(each => each.attempts));
  const called = (result: Result) => {
    if (by === 'list') return result.name;
    if (by === 'attempt') return t('campaigns.attempt_n', { n: Number(result.key) });
    if (by === 'agent') return result.key ? nameOf(result.key) : t('campaigns.no_agent');
    return intl.formatDate(result.key, {
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  };
  const number = (value: number) => intl.formatNumber(value);
  return (
    <TableFrame label={t('campaigns.split')}>
      <table className={`${ui.table} ${s.lines}`}>
        <thead>
          <tr>
            <th>{t(`campaigns.by.${by}`)}</th>
            <th>{t('campaigns.stage.dialled')}</th>
            <th className={ui.end}>{t('campaigns.stage.person')}</th>
            <th className={ui.end}>{t('campaigns.stage.talked')}</th>
            <th className={ui.end}>{t('campaigns.abandoned')}</th>
            <th className={ui.end}>{t('campaigns.sales')}</th>
            <th className={ui.end}>{t('campaigns.conversion')}</th>
          </tr>
        </thead>
        <tbody>
          {results.map(each => (
            <tr key={each.key}>
              <th scope="row">
                <bdi>{called(each)}</bdi>
              </th>
              <td className="digits">
                <span className={s.far}>
                  <Level share={each.attempts / most} />
                  {number(each.attempts)}
                </span>
              </td>
              <td className={`${ui.end} digits`}>{number(each.answered)}</td>
              <td className={`${ui.end} digits`}>{number(each.connected)}</td>
              <td className={`${ui.end} digits`}>{share(abandonedShare(each))}</td>
              <td className={`${ui.end} digits`}>{number(each.sales)}</td>
              <td className={`${ui.end} digits`}>{share(each.conversion)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
