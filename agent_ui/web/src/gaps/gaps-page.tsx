/** When nobody listened to an Asterisk, and what its own records said of that time afterwards. */

import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { Link } from 'wouter';
import { ask, type Page } from '../api';
import { useT, useWord } from '../i18n';
import { pages } from '../queries';
import { Badge, CardBox, Empty, Name, ProblemLine, TableFrame, When } from '../ui/parts';
import ui from '../ui/ui.module.css';

export interface Difference {
  kind: string;
  call: string;
  text: string;
  repaired: boolean;
}

export interface Gap {
  id: string;
  asterisk: string;
  from: string;
  to: string;
  why: string;
  sources: string[];
  troubles: string[];
  witnessed: number;
  repaired: number;
  unexplained: number;
  differences: Difference[];
}

const of = (cursor: string | null) =>
  ask<Page<Gap>>('GET', `/gaps${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);

export default function GapsPage() {
  const t = useT();
  const { data, isError, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['gaps'],
    queryFn: ({ pageParam }) => of(pageParam),
    ...pages<Gap>(),
  });
  const gaps = data?.pages.flatMap(each => each.items);
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.gaps')}</h1>
      </div>
      <p>{t('gaps.what')}</p>
      {isError && !data && <ProblemLine>{t('server.away')}</ProblemLine>}
      {gaps?.length === 0 && <Empty icon={ShieldCheck}>{t('gaps.none')}</Empty>}
      {gaps && gaps.length > 0 && (
        <CardBox>
          <TableFrame label={t('nav.gaps')}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>{t('gaps.when')}</th>
                  <th>{t('gaps.why')}</th>
                  <th>{t('gaps.compared')}</th>
                  <th>{t('gaps.repaired')}</th>
                  <th>{t('gaps.unexplained')}</th>
                </tr>
              </thead>
              <tbody>
                {gaps.map(gap => (
                  <Row key={gap.id} gap={gap} />
                ))}
              </tbody>
            </table>
          </TableFrame>
          {hasNextPage && (
            <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
              {t('show.more')}
            </Button>
          )}
        </CardBox>
      )}
    </div>
  );
}

function Row({ gap }: { gap: Gap }) {
  const t = useT();
  return (
    <>
      <tr>
        <td>
          <When at={gap.from} /> – <When at={gap.to} />
        </td>
        <td>
          <bdi>{gap.asterisk}</bdi>: <Name>{gap.why}</Name>
        </td>
        <td className="digits">
          {gap.sources.length > 0 ? `${gap.witnessed} (${gap.sources.join(', ')})` : t('gaps.nothing')}
        </td>
        <td className="digits">{gap.repaired}</td>
        <td className="digits">{gap.unexplained > 0 ? <Badge look="danger">{gap.unexplained}</Badge> : 0}</td>
      </tr>
      {gap.differences.length > 0 && (
        <tr>
          <td colSpan={5}>
            <details open={gap.unexplained > 0}>
              <summary>{t('gaps.differences', { count: gap.differences.length })}</summary>
              <ul>
                {gap.differences.map(each => (
                  <li key={`${each.kind}${each.call}`}>
                    <One difference={each} />
                  </li>
                ))}
              </ul>
            </details>
          </td>
        </tr>
      )}
    </>
  );
}

function One({ difference }: { difference: Difference }) {
  const t = useT();
  const word = useWord();
  const known = difference.repaired || difference.kind !== 'missing_here';
  return (
    <>
      <Badge look={difference.repaired ? 'ready' : 'danger'}>
        {t(difference.repaired ? 'gaps.is_repaired' : 'gaps.is_not')}
      </Badge>{' '}
      {word('gaps.kind', difference.kind)}:{' '}
      {known ? (
        <Link className={ui.link} href={`/calls/${encodeURIComponent(difference.call)}`}>
          <bdi>{difference.call}</bdi>
        </Link>
      ) : (
        <bdi>{difference.call}</bdi>
      )}
      {difference.text && <div className={ui.dim}>{difference.text}</div>}
    </>
  );
}
