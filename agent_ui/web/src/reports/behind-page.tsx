/** The calls behind one figure: exactly those that it counts. */

import { Button } from '@mantine/core';
import { PhoneOff } from 'lucide-react';
import { useSearchParams } from 'wouter';
import type { CallFilter } from '../api';
import { Rows } from '../calls/calls-page';
import { useT } from '../i18n';
import { useCalls } from '../queries';
import { CardBox, Empty, ProblemLine } from '../ui/parts';
import ui from '../ui/ui.module.css';

export default function BehindPage() {
  const t = useT();
  const [params] = useSearchParams();
  const filter: CallFilter = Object.fromEntries(params);
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useCalls(filter);
  const calls = data?.pages.flatMap(page => page.items);
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('report.behind')}</h1>
        <Button variant="default" onClick={() => history.back()}>
          {t('report.back')}
        </Button>
      </div>
      {error && <ProblemLine>{error.message || t('server.away')}</ProblemLine>}
      <CardBox label={t('nav.calls')}>
        {calls?.length === 0 && <Empty icon={PhoneOff}>{t('report.no_calls')}</Empty>}
        {calls && calls.length > 0 && <Rows calls={calls} />}
      </CardBox>
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('show.more')}
        </Button>
      )}
    </div>
  );
}
