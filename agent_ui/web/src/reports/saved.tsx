/** Reports that were saved: opened at a click, shared, sent by mail at fixed times. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Bookmark, Pencil } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useT } from '../i18n';
import { useAgentName, useMe } from '../queries';
import { CardBox, ProblemLine, TableFrame, When } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { SAVED_KEY, type SavedReport, saved, type Wish } from './api';
import s from './reports.module.css';

const SavedForm = lazy(() => import('./saved-form'));

interface Props {
  /** What is chosen on the page now. */
  wish: Wish;
  open: (one: SavedReport) => void;
}

export function SavedCard({ wish, open }: Props) {
  const t = useT();
  const [edited, setEdited] = useState<SavedReport | 'new' | null>(null);
  const opener = useRef<Element | null>(null);
  const edit = (which: SavedReport | 'new') => {
    opener.current = document.activeElement;
    setEdited(which);
  };
  /** The keyboard goes on where it was. */
  const done = () => {
    setEdited(null);
    setTimeout(() => opener.current instanceof HTMLElement && opener.current.focus());
  };
  const { data, isError } = useQuery({ queryKey: SAVED_KEY, queryFn: saved.all, refetchInterval: 60_000 });
  const add = (
    <Button
      variant="default"
      leftSection={<Bookmark size={16} aria-hidden="true" />}
      disabled={wish.measures.length === 0}
      onClick={() => edit('new')}
    >
      {t('saved.add')}
    </Button>
  );
  return (
    <CardBox title={t('saved')} side={add}>
      {isError && !data && <ProblemLine>{t('server.away')}</ProblemLine>}
      {data?.items.length === 0 && <p className={s.nothing}>{t('saved.none')}</p>}
      {data && data.items.length > 0 && (
        <TableFrame label={t('saved')}>
          <table className={ui.table}>
            <thead>
              <tr>
                <th>{t('saved.name')}</th>
                <th>{t('saved.whose')}</th>
                <th>{t('saved.send')}</th>
                <th>
                  <span className="for-ears">{t('edit')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map(one => (
                <Row key={one.id} one={one} open={() => open(one)} edit={() => edit(one)} />
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      {edited && (
        <Suspense>
          <SavedForm one={edited === 'new' ? null : edited} wish={wish} done={done} />
        </Suspense>
      )}
    </CardBox>
  );
}

function Row({ one, open, edit }: { one: SavedReport; open: () => void; edit: () => void }) {
  const t = useT();
  const nameOf = useAgentName();
  const { data: me } = useMe();
  const mine = one.owner === me?.login;
  return (
    <tr>
      <td>
        <button type="button" className={s.open} onClick={open}>
          <bdi>{one.name}</bdi>
        </button>
      </td>
      <td>
        {mine ? t(one.shared ? 'saved.for_all' : 'saved.mine') : t('saved.by', { name: nameOf(one.owner) })}
      </td>
      <td className={s.sending}>
        <Sending one={one} />
      </td>
      <td className={ui.end}>
        {mine && (
          <Button
            variant="subtle"
            size="compact-md"
            aria-label={t('user.edit', { name: one.name })}
            onClick={edit}
          >
            <Pencil size={16} aria-hidden="true" />
          </Button>
        )}
      </td>
    </tr>
  );
}

function Sending({ one }: { one: SavedReport }) {
  const t = useT();
  if (!one.every) return <span className={ui.dim}>{t('saved.never')}</span>;
  return (
    <>
      {t(`saved.every.${one.every}`)} · <span className="digits">{one.at}</span>
      {one.trouble && <ProblemLine>{t('saved.not_sent', { why: one.trouble })}</ProblemLine>}
      <div className={ui.dim}>
        {one.sent_at && (
          <>
            {t('saved.last')}: <When at={one.sent_at} />{' '}
          </>
        )}
        {one.next_at && (
          <>
            {t('saved.next')}: <When at={one.next_at} />
          </>
        )}
      </div>
    </>
  );
}
