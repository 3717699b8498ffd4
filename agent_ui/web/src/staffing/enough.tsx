/** How many are enough, and what a few more or fewer would give. The bar says again what the figure beside it says. */

import { useIntl } from 'react-intl';
import type { StaffingAnswer } from '../api';
import { clock } from '../format';
import { useT } from '../i18n';
import { CardBox, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './staffing.module.css';
import type { StaffingDraft } from './wish';

export function Enough({ answer, wish }: { answer: StaffingAnswer; wish: StaffingDraft }) {
  const t = useT();
  const intl = useIntl();
  const share = (value: number) => intl.formatNumber(value, { style: 'percent', maximumFractionDigits: 1 });
  const { agents, agents_on_the_list: listed, around, work_erlangs: work } = answer;
  return (
    <CardBox title={t('staffing.enough', { agents })}>
      <p className={s.sentence}>
        {listed > agents && <>{t('staffing.on_the_list', { listed })} </>}
        {t('staffing.by', {
          formula: answer.formula,
          work: intl.formatNumber(work, { maximumFractionDigits: 1 }),
        })}
      </p>
      <TableFrame label={t('staffing.around')}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th>{t('staffing.agents')}</th>
              <th>{t('staffing.within', { seconds: Number(wish.target) })}</th>
              <th className={ui.end}>{t('what_if.wait_mean')}</th>
              <th className={ui.end}>{t('staffing.waits')}</th>
              <th className={ui.end}>{t('what_if.abandoned')}</th>
              <th className={ui.end}>{t('what_if.occupancy')}</th>
            </tr>
          </thead>
          <tbody>
            {around.map(one => (
              <tr key={one.agents} className={one.agents === agents ? s.chosen : undefined}>
                <th scope="row" className="digits">
                  {one.agents}
                  {one.agents === agents && <span className={s.tag}>{t('staffing.fewest')}</span>}
                </th>
                <td className="digits">
                  <span className={s.level}>
                    <i aria-hidden="true">
                      <b style={{ inlineSize: `${one.in_time * 100}%` }} />
                      <s style={{ insetInlineStart: `${Number(wish.inTime)}%` }} />
                    </i>
                    {share(one.in_time)}
                  </span>
                </td>
                <td className={`${ui.end} digits`}>
                  {one.wait_seconds === null ? t('staffing.endless') : clock(Math.round(one.wait_seconds))}
                </td>
                <td className={`${ui.end} digits`}>{share(one.waits)}</td>
                <td className={`${ui.end} digits`}>{share(one.abandoned)}</td>
                <td className={`${ui.end} digits`}>{share(one.occupancy)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <p className={s.note}>{t('staffing.assumes')}</p>
    </CardBox>
  );
}
