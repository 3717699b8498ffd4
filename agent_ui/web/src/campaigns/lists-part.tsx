/** A campaign's dial lists: how far each is, whether it is dialled, and new ones from a file. */

import { Switch } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ListChecks, PhoneOff } from 'lucide-react';
import { useIntl } from 'react-intl';
import { whyNot } from '../admin/why-not';
import { useT } from '../i18n';
import { queries } from '../queries';
import { Badge, CardBox, Empty, ProblemLine, TableFrame, When } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { type Campaign, campaigns, type DialList } from './api';
import s from './campaigns.module.css';
import { doneOf } from './figures';
import { Level, useLists, useMayRun, useShare } from './parts';
import { Segment } from './segment';
import { Upload } from './upload';

export function ListsPart({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const may = useMayRun();
  const { data, error } = useLists(campaign.id, campaign.state === 'running');
  return (
    <>
      <CardBox>
        {error && !data && <Empty icon={PhoneOff}>{t('server.away')}</Empty>}
        {data?.items.length === 0 && <Empty icon={ListChecks}>{t('campaigns.lists.none')}</Empty>}
        {data && data.items.length > 0 && (
          <TableFrame label={t('campaigns.part.lists')}>
            <table className={`${ui.table} ${s.lines}`}>
              <thead>
                <tr>
                  <th>{t('campaigns.list')}</th>
                  <th>{t('campaigns.penetration')}</th>
                  <th className={ui.end}>{t('campaigns.tried')}</th>
                  <th>{t('campaigns.source')}</th>
                  <th className={ui.end}>{t('campaigns.cost')}</th>
                  <th>{t('campaigns.since')}</th>
                  <th>{t('campaigns.dialled')}</th>
                </tr>
              </thead>
              <tbody>
                {data.items.map(each => (
                  <One key={each.id} campaign={campaign.id} list={each} may={may} />
                ))}
              </tbody>
            </table>
          </TableFrame>
        )}
      </CardBox>
      {may && <Upload campaign={campaign} />}
      {may && <Segment campaign={campaign} />}
    </>
  );
}

function One({ campaign, list, may }: { campaign: string; list: DialList; may: boolean }) {
  const t = useT();
  const intl = useIntl();
  const share = useShare();
  const turn = useMutation({
    mutationFn: (active: boolean) => campaigns.changeList(campaign, list.id, { active }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['campaign', campaign] }),
  });
  const done = doneOf(list);
  return (
    <tr>
      <th scope="row">
        <bdi>{list.name}</bdi> {list.segment && <Badge look="plain">{t('campaigns.segment')}</Badge>}
      </th>
      <td className="digits">
        <span className={s.far}>
          <Level share={list.leads ? done / list.leads : 0} />
          <span>
            {share(list.leads ? done / list.leads : null)}
            <small>{t('campaigns.done_of', { done, all: list.leads })}</small>
          </span>
        </span>
      </td>
      <td className={`${ui.end} digits`}>{intl.formatNumber(list.tried)}</td>
      <td>
        <bdi>{list.source ?? '–'}</bdi>
      </td>
      <td className={`${ui.end} digits`}>{list.cost === null ? '–' : intl.formatNumber(list.cost)}</td>
      <td>
        <When at={list.imported_at} brief />
      </td>
      <td>
        <Switch
          checked={turn.isPending ? turn.variables : list.active}
          disabled={!may}
          aria-label={`${t('campaigns.dialled')}: ${list.name}`}
          onChange={event => turn.mutate(event.currentTarget.checked)}
        />
        {turn.isError && <ProblemLine>{whyNot(turn.error, t)}</ProblemLine>}
      </td>
    </tr>
  );
}
