/** What became of a file's rows: how many were taken, and each that was not with its reason, to be saved as a file. */

import { Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { useIntl } from 'react-intl';
import { useT } from '../i18n';
import { TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import type { LeadReport } from './api';
import s from './campaigns.module.css';
import { refusedCsv } from './columns';

const SHOWN = 20;

export function Report({ report, name }: { report: LeadReport; name: string }) {
  const t = useT();
  const intl = useIntl();
  const { added, same, refused, refused_rows: rows } = report;

  function save(): void {
    const csv = refusedCsv(rows, [t('campaigns.file.row'), t('campaigns.file.why')]);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }));
    link.download = `${name || 'leads'}-refused.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  return (
    <div className={s.report}>
      <p>
        <strong>{t('campaigns.file.done', { added, same, refused })}</strong>
      </p>
      {refused > 0 && (
        <>
          <ul>
            {Object.entries(report.reasons).map(([why, count]) => (
              <li key={why}>
                <span className="digits">{intl.formatNumber(count)}</span> × <bdi>{why}</bdi>
              </li>
            ))}
          </ul>
          <Button variant="default" leftSection={<Download size={16} aria-hidden="true" />} onClick={save}>
            {t('campaigns.file.save')}
          </Button>
          {refused > rows.length && (
            <p className={ui.dim}>{t('campaigns.file.first_rows', { count: rows.length })}</p>
          )}
          <TableFrame label={t('campaigns.file.refused')}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>{t('campaigns.file.row')}</th>
                  <th>{t('campaigns.file.why')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, SHOWN).map(each => (
                  <tr key={each.row}>
                    <td className="digits">{each.row}</td>
                    <td className={s.cells}>
                      <bdi>{each.reason}</bdi>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
        </>
      )}
    </div>
  );
}
