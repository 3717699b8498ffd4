/** A table of names with a whole number each, as rows of a form: what is read from it has the names `NAME.key` and `NAME.value`. */

import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useT } from '../i18n';
import s from './campaigns.module.css';

interface Props {
  name: string;
  legend: string;
  hint: string;
  /** What a name is, and what its number. */
  labels: [string, string];
  options: { value: string; label: string }[];
  had: Record<string, number>;
  most: number;
  /** Of a new row. */
  usual: number;
}

export function Pairs({ name, legend, hint, labels, options, had, most, usual }: Props) {
  const t = useT();
  const [rows, setRows] = useState(() =>
    Object.entries(had).map(([key, value], at) => ({ at, key, value: String(value) })),
  );
  const free = options.filter(each => !rows.some(row => row.key === each.value));
  const put = (at: number, part: { key?: string; value?: string }) =>
    setRows(rows.map(row => (row.at === at ? { ...row, ...part } : row)));
  return (
    <fieldset className={s.pairs}>
      <legend>{legend}</legend>
      <p className={s.dim}>{hint}</p>
      {rows.map(row => {
        const own = options.filter(each => each.value === row.key || free.includes(each));
        const strange = own.some(each => each.value === row.key) ? [] : [{ value: row.key, label: row.key }];
        return (
          <div key={row.at} className={s.pairRow}>
            <NativeSelect
              name={`${name}.key`}
              label={labels[0]}
              value={row.key}
              onChange={event => put(row.at, { key: event.currentTarget.value })}
              data={[...strange, ...own]}
            />
            <TextInput
              name={`${name}.value`}
              label={labels[1]}
              type="number"
              min={1}
              max={most}
              required
              withAsterisk={false}
              value={row.value}
              onChange={event => put(row.at, { value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('campaigns.pairs.remove')}
              onClick={() => setRows(rows.filter(each => each.at !== row.at))}
            >
              <X size={17} aria-hidden="true" />
            </ActionIcon>
          </div>
        );
      })}
      {free[0] && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Plus size={16} aria-hidden="true" />}
          onClick={() =>
            setRows([
              ...rows,
              {
                at: Math.max(-1, ...rows.map(row => row.at)) + 1,
                key: free[0]?.value ?? '',
                value: String(usual),
              },
            ])
          }
        >
          {t('campaigns.pairs.add')}
        </Button>
      )}
    </fieldset>
  );
}
