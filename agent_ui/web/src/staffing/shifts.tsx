/** Who is to work when: from a file, and what of it is still to come. */

import { Button, TextInput } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { whyNot } from '../admin/why-not';
import { useT } from '../i18n';
import { queries, useAgentName } from '../queries';
import { ProblemLine, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { readShifts, removeShift, type Shift, type ShiftReport, shiftsFrom } from './shifts-api';
import frame from './staffing.module.css';

const fresh = () => queries.invalidateQueries({ queryKey: ['shifts'] });

export function ShiftsPart() {
  const t = useT();
  const [from] = useState(() => new Date());
  const listed = useInfiniteQuery({
    queryKey: ['shifts'],
    queryFn: ({ pageParam }) => shiftsFrom(from, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
    retry: false,
  });
  const shifts = listed.data?.pages.flatMap(each => each.items) ?? [];
  return (
    <div className={frame.form}>
      <FromFile />
      {listed.isError && <ProblemLine>{t('shifts.unread')}</ProblemLine>}
      {listed.isSuccess && shifts.length === 0 && <p className={frame.note}>{t('shifts.none')}</p>}
      {shifts.length > 0 && <Table shifts={shifts} />}
      {listed.hasNextPage && (
        <div>
          <Button
            variant="default"
            loading={listed.isFetchingNextPage}
            onClick={() => void listed.fetchNextPage()}
          >
            {t('shifts.more')}
          </Button>
        </div>
      )}
      <p className={frame.note}>
        <Link href="/reports?measures=adherence,scheduled&by=agent&each=day">{t('shifts.adherence')}</Link>
      </p>
    </div>
  );
}

function FromFile() {
  const t = useT();
  const send = useMutation({
    mutationFn: (file: File) => readShifts(file, Intl.DateTimeFormat().resolvedOptions().timeZone),
    onSuccess: fresh,
  });
  return (
    <>
      <TextInput
        type="file"
        label={t('shifts.file')}
        description={t('shifts.file.more')}
        accept=".csv,.txt,text/csv,text/plain"
        disabled={send.isPending}
        onChange={event => {
          const file = event.currentTarget.files?.[0];
          if (file) send.mutate(file);
        }}
      />
      <div role="status">
        {send.isError && <ProblemLine>{whyNot(send.error, t)}</ProblemLine>}
        {send.data && <Taken report={send.data} />}
      </div>
    </>
  );
}

function Taken({ report }: { report: ShiftReport }) {
  const t = useT();
  const { added, same, refused, told } = report;
  return (
    <>
      <p className={frame.note}>{t('shifts.taken', { added, same, refused })}</p>
      {told.length > 0 && (
        <ul className={frame.told}>
          {told.map(each => (
            <li key={each.line}>{t('shifts.refused', { line: each.line, why: each.why })}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Table({ shifts }: { shifts: Shift[] }) {
  const t = useT();
  const intl = useIntl();
  const nameOf = useAgentName();
  const remove = useMutation({ mutationFn: removeShift, onSettled: fresh });
  const time = (text: string) => intl.formatTime(text, { hour: '2-digit', minute: '2-digit' });
  return (
    <>
      {remove.isError && <ProblemLine>{whyNot(remove.error, t)}</ProblemLine>}
      <TableFrame label={t('shifts.title')}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th>{t('shifts.day')}</th>
              <th>{t('shifts.time')}</th>
              <th>{t('shifts.agent')}</th>
              <th>{t('shifts.kind')}</th>
              <th>
                <span className="for-ears">{t('shifts.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shifts.map(each => (
              <tr key={each.id}>
                <td>
                  {intl.formatDate(each.begins_at, { weekday: 'short', day: 'numeric', month: 'short' })}
                </td>
                <td className="digits">
                  {time(each.begins_at)}–{time(each.ends_at)}
                </td>
                <td>
                  <bdi>{nameOf(each.agent)}</bdi>
                </td>
                <td>{t(`shifts.kind.${each.kind}`)}</td>
                <td className={ui.end}>
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    loading={remove.isPending && remove.variables === each.id}
                    onClick={() => remove.mutate(each.id)}
                  >
                    {t('shifts.remove')}
                    <span className="for-ears">
                      {' '}
                      {nameOf(each.agent)} {time(each.begins_at)}
                    </span>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </>
  );
}
