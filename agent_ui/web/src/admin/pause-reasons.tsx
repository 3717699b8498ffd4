/** What agents may pause for: names in the panel's languages, how long each should last, and in which order they stand. */

import { ActionIcon, Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Coffee, Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, type PauseReason } from '../api';
import { LANGUAGES, type Language, useT } from '../i18n';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { CardBox, Empty, ProblemLine } from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './admin.module.css';
import { moved, type Row, reasonsOf, rowsFrom, withNew } from './reasons';
import { whyNot } from './why-not';

const KINDS: PauseReason['kind'][] = ['rest', 'work', 'other'];

export default function PauseReasons() {
  const t = useT();
  const { data, isError } = useQuery({ queryKey: ['pause-reasons'], queryFn: api.pauseReasons });
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.pauses')}</h1>
      </div>
      {isError && !data && <ProblemLine>{t('server.away')}</ProblemLine>}
      {data && <List key={JSON.stringify(data.items)} kept={data.items} />}
    </div>
  );
}

function List({ kept }: { kept: PauseReason[] }) {
  const t = useT();
  const [rows, setRows] = useState(() => rowsFrom(kept));
  const save = useMutation({
    mutationFn: api.putPauseReasons,
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['pause-reasons'] });
      tell('done', t('pauses.saved'));
    },
  });
  const change = (id: number, to: Partial<Row>) =>
    setRows(all => all.map(row => (row.id === id ? { ...row, ...to } : row)));

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save.mutate(reasonsOf(rows));
  }

  return (
    <form onSubmit={submit} className={s.form}>
      <CardBox>
        {rows.length === 0 && <Empty icon={Coffee}>{t('pauses.none')}</Empty>}
        <ol className={s.reasons}>
          {rows.map((row, n) => (
            <li key={row.id}>
              <ReasonRow
                row={row}
                first={n === 0}
                last={n === rows.length - 1}
                change={to => change(row.id, to)}
                move={by => setRows(all => moved(all, row.id, by))}
                remove={() => setRows(all => all.filter(each => each.id !== row.id))}
              />
            </li>
          ))}
        </ol>
      </CardBox>
      {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
      <div className={s.ends}>
        <Button
          variant="default"
          leftSection={<Plus size={17} aria-hidden="true" />}
          onClick={() => setRows(withNew)}
        >
          {t('pauses.add')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

interface RowProps {
  row: Row;
  first: boolean;
  last: boolean;
  change: (to: Partial<Row>) => void;
  move: (by: -1 | 1) => void;
  remove: () => void;
}

function ReasonRow({ row, first, last, change, move, remove }: RowProps) {
  const t = useT();
  const name = row.labels.en || row.labels.et || row.labels.ru || t('pauses.add');
  return (
    <fieldset className={s.reason} aria-label={name}>
      {(Object.keys(LANGUAGES) as Language[]).map(language => (
        <TextInput
          key={language}
          label={LANGUAGES[language]}
          lang={language}
          value={row.labels[language]}
          maxLength={60}
          required
          withAsterisk={false}
          autoComplete="off"
          onChange={event => change({ labels: { ...row.labels, [language]: event.currentTarget.value } })}
        />
      ))}
      <NativeSelect
        label={t('pauses.kind')}
        value={row.kind}
        onChange={event => change({ kind: event.currentTarget.value as Row['kind'] })}
        data={KINDS.map(value => ({ value, label: t(`pauses.kind.${value}`) }))}
      />
      <TextInput
        type="number"
        label={t('pauses.limit')}
        placeholder={t('pauses.no_limit')}
        min={1}
        max={1440}
        value={row.limit}
        onChange={event => change({ limit: event.currentTarget.value })}
      />
      <div className={s.reasonEnds}>
        <Switch
          label={t('pauses.active')}
          checked={row.active}
          onChange={event => change({ active: event.currentTarget.checked })}
        />
        <ActionIcon
          variant="subtle"
          size={36}
          disabled={first}
          aria-label={t('pauses.up', { name })}
          onClick={() => move(-1)}
        >
          <ArrowUp size={17} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          size={36}
          disabled={last}
          aria-label={t('pauses.down', { name })}
          onClick={() => move(1)}
        >
          <ArrowDown size={17} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon variant="subtle" size={36} aria-label={t('pauses.remove', { name })} onClick={remove}>
          <Trash2 size={17} aria-hidden="true" />
        </ActionIcon>
      </div>
    </fieldset>
  );
}
