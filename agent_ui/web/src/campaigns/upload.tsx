/** A dial list from a file: how its columns were understood, then what was taken and what was not. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { whyNot } from '../admin/why-not';
import { useT, useWord } from '../i18n';
import { queries } from '../queries';
import { CardBox, ProblemLine, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { type Campaign, campaigns, type FileLook, type LeadFile } from './api';
import s from './campaigns.module.css';
import { guessedOf, isWorkbook, LEAD_FIELDS, listName, remapped, sent, wholeLines } from './columns';
import { Report } from './report';

/** So much of a file is enough to see its columns. */
const PART = 512 * 1024;

const FRESH: LeadFile = {
  list: '',
  dedupe: 'campaign',
  country: '',
  source: '',
  cost: '',
  basis: '',
  basis_text: '',
  map: {},
};

async function look(campaign: string, wish: LeadFile, file: File): Promise<FileLook> {
  if (isWorkbook(file) || file.size <= PART) return campaigns.look(campaign, wish, sent(file));
  const bytes = new Uint8Array(await file.slice(0, PART).arrayBuffer());
  return campaigns.look(
    campaign,
    wish,
    new Blob([bytes.subarray(0, wholeLines(bytes))], { type: 'text/csv' }),
  );
}

export function Upload({ campaign }: { campaign: Campaign }) {
  const t = useT();
  const [file, setFile] = useState<File | null>(null);
  const [wish, setWish] = useState<LeadFile>(FRESH);
  const set = (part: Partial<LeadFile>) => setWish(had => ({ ...had, ...part }));
  const check = useMutation({
    mutationFn: (asked: { wish: LeadFile; file: File }) => look(campaign.id, asked.wish, asked.file),
  });
  const send = useMutation({
    mutationFn: (asked: { wish: LeadFile; file: File }) =>
      campaigns.importFile(campaign.id, asked.wish, sent(asked.file)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['campaign', campaign.id] }),
  });

  function choose(chosen: File | null): void {
    setFile(chosen);
    send.reset();
    check.reset();
    if (!chosen) return;
    const next = { ...wish, list: listName(chosen.name), map: {} };
    setWish(next);
    check.mutate({ wish: next, file: chosen });
  }

  /** A column is something else than was guessed; the server says whether the file can be read so. */
  function take(header: string, field: string): void {
    if (!file) return;
    const next = { ...wish, map: remapped(wish.map, check.data?.columns ?? {}, header, field) };
    setWish(next);
    check.mutate({ wish: next, file });
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (file) send.mutate({ wish, file });
  }

  const numbered = !!check.data?.columns.number?.length;
  const text = (field: 'list' | 'source' | 'cost' | 'country' | 'basis_text', most: number) => (
    <TextInput
      label={t(`campaigns.file.${field}`)}
      value={wish[field]}
      maxLength={most}
      autoComplete="off"
      onChange={event => set({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <CardBox title={t('campaigns.lists.add')}>
      <form className={s.upload} onSubmit={submit}>
        <TextInput
          type="file"
          label={t('campaigns.file')}
          description={t('campaigns.file.more')}
          accept=".csv,.txt,.xlsx,text/csv,text/plain"
          onChange={event => choose(event.currentTarget.files?.[0] ?? null)}
        />
        {check.isError && <ProblemLine>{whyNot(check.error, t)}</ProblemLine>}
        {check.data && !numbered && <ProblemLine>{t('campaigns.file.no_number')}</ProblemLine>}
        {check.data && <Columns look={check.data} map={wish.map} take={take} />}
        {file && (
          <>
            <div className={s.figures}>
              {text('list', 200)}
              <NativeSelect
                label={t('campaigns.file.dedupe')}
                value={wish.dedupe}
                onChange={event => set({ dedupe: event.currentTarget.value as LeadFile['dedupe'] })}
                data={(['campaign', 'list', 'system'] as const).map(value => ({
                  value,
                  label: t(`campaigns.file.dedupe.${value}`),
                }))}
              />
              {text('country', 2)}
              {text('source', 200)}
              {text('cost', 12)}
              <NativeSelect
                label={t('campaigns.file.basis')}
                value={wish.basis}
                onChange={event => set({ basis: event.currentTarget.value })}
                data={(['', 'consent', 'legitimate_interest'] as const).map(value => ({
                  value,
                  label: t(value ? `campaigns.file.basis.${value}` : 'campaigns.file.basis.row'),
                }))}
              />
            </div>
            {wish.basis && text('basis_text', 2_000)}
            {send.isError && <ProblemLine>{whyNot(send.error, t)}</ProblemLine>}
            <div>
              <Button
                type="submit"
                loading={send.isPending}
                disabled={!numbered || check.isPending || send.isSuccess}
                leftSection={<FileUp size={16} aria-hidden="true" />}
              >
                {t('campaigns.file.import')}
              </Button>
            </div>
          </>
        )}
        <div role="status">{send.data && <Report report={send.data} name={wish.list} />}</div>
      </form>
    </CardBox>
  );
}

interface ColumnsProps {
  look: FileLook;
  map: Record<string, string>;
  take: (header: string, field: string) => void;
}

function Columns({ look: { header, columns, first }, map, take }: ColumnsProps) {
  const t = useT();
  const word = useWord();
  const guessed = guessedOf(columns);
  return (
    <TableFrame label={t('campaigns.file.columns')}>
      <table className={`${ui.table} ${s.columns}`}>
        <thead>
          <tr>
            <th>{t('campaigns.file.column')}</th>
            <th>{t('campaigns.file.means')}</th>
            <th>{t('campaigns.file.first')}</th>
          </tr>
        </thead>
        <tbody>
          {header.map((name, at) => (
            <tr key={at}>
              <th scope="row">
                <bdi>{name || '–'}</bdi>
              </th>
              <td>
                <NativeSelect
                  aria-label={`${t('campaigns.file.means')}: ${name}`}
                  value={map[name] || guessed[name] || ''}
                  disabled={!name}
                  onChange={event => take(name, event.currentTarget.value)}
                  data={[
                    // What the server guesses can become something else, but not nothing.
                    ...(guessed[name] && !map[name] ? [] : [{ value: '', label: t('campaigns.file.kept') }]),
                    ...LEAD_FIELDS.map(value => ({ value, label: word('campaigns.field', value) })),
                  ]}
                />
              </td>
              <td className={s.cells}>
                <bdi>
                  {first
                    .map(row => row[at] ?? '')
                    .filter(Boolean)
                    .join(' · ') || '–'}
                </bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
