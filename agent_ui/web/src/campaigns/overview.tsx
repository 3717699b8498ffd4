/** What a campaign would dial now, what later and what not, with the reasons; and what came of it so far. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { PhoneOff, RefreshCw } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { useT, useWord } from '../i18n';
import { CardBox, Empty, PhoneNumber, When as Time, Who } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { type Campaign, campaigns, type Expected, type Preview, type Reason, type When } from './api';
import s from './campaigns.module.css';
import { examplesOf } from './figures';
import { Funnel } from './funnel';
import { Faults, useTotal } from './parts';

const WHENS: When[] = ['now', 'later', 'never'];

export function Overview({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const { id } = campaign;
  const total = useTotal(id, campaign.state === 'running').data?.items[0];
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['campaign', id, 'preview'],
    queryFn: async () => {
      const [preview, leads] = await Promise.all([campaigns.preview(id), campaigns.previewLeads(id)]);
      return { preview, leads: leads.items };
    },
  });
  const again = (
    <Button
      variant="default"
      leftSection={<RefreshCw size={15} aria-hidden="true" />}
      loading={isFetching}
      onClick={() => void refetch()}
    >
      {t('campaigns.preview.again')}
    </Button>
  );
  return (
    <>
      {campaign.state !== 'running' && <Faults faults={campaign.faults} />}
      <CardBox title={t('campaigns.preview')} side={again}>
        {error && !data && <Empty icon={PhoneOff}>{t('server.away')}</Empty>}
        {data && <Foreseen id={id} preview={data.preview} leads={data.leads} />}
      </CardBox>
      {total && total.attempts > 0 && (
        <CardBox title={t('campaigns.funnel')}>
          <Funnel result={total} />
        </CardBox>
      )}
    </>
  );
}

function Foreseen({ id, preview, leads }: { id: string; preview: Preview; leads: Expected[] }) {
  const t = useT();
  const intl = useIntl();
  if (preview.leads === 0)
    return (
      <p className={s.words}>
        {t('campaigns.preview.none')}{' '}
        <Link href={`/campaigns/${encodeURIComponent(id)}/lists`} className={s.go}>
          {t('campaigns.lists.add')}
        </Link>
      </p>
    );
  const others = preview.reasons.filter(each => each.when !== 'now');
  return (
    <div role="status">
      <dl className={s.whens}>
        {WHENS.map(when => (
          <div key={when} data-when={when}>
            <dt>{t(`campaigns.when.${when}`)}</dt>
            <dd className="digits">{intl.formatNumber(preview[when])}</dd>
          </div>
        ))}
      </dl>
      <p className={s.words}>
        {t('campaigns.preview.counts', { now: preview.now, later: preview.later, never: preview.never })}
        {preview.judged < preview.leads && (
          <> {t('campaigns.preview.sample', { judged: preview.judged, leads: preview.leads })}</>
        )}
        {preview.left_out > 0 && <> {t('campaigns.preview.left_out', { count: preview.left_out })}</>}
      </p>
      {others.length > 0 && (
        <ul className={s.reasons} aria-label={t('campaigns.preview.why')}>
          {others.map(each => (
            <Why key={each.when + each.code + each.why} reason={each} examples={examplesOf(each, leads)} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Why({ reason, examples }: { reason: Reason; examples: Expected[] }) {
  const t = useT();
  const intl = useIntl();
  const word = useWord();
  const said = word('campaigns.code', reason.code);
  const line = (
    <>
      <span className={`${s.count} digits`}>{intl.formatNumber(reason.leads)}</span>
      <span>
        {said === reason.code ? reason.why : said}
        <small className={ui.dim}> · {t(`campaigns.when.${reason.when}`)}</small>
      </span>
    </>
  );
  return (
    <li>
      {examples.length === 0 && said === reason.code ? (
        <p>{line}</p>
      ) : (
        <details>
          <summary>{line}</summary>
          <div className={s.examples}>
            {said !== reason.code && <p className={ui.dim}>{reason.why}</p>}
            {examples.length > 0 && (
              <ul aria-label={t('campaigns.preview.examples')}>
                {examples.map(each => (
                  <li key={each.lead}>
                    <Who name={each.name || null} number={each.number} />{' '}
                    {each.name && (
                      <span className={ui.dim}>
                        <PhoneNumber>{each.number}</PhoneNumber>
                      </span>
                    )}
                    {each.not_before && (
                      <>
                        {' · '}
                        {t('campaigns.preview.from')} <Time at={each.not_before} />
                      </>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </div>
        </details>
      )}
    </li>
  );
}
