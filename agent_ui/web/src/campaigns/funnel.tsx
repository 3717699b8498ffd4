/** From all that was dialled to what was sold, as bars on one scale. */

import { useIntl } from 'react-intl';
import { clock } from '../format';
import { useT, useWord } from '../i18n';
import type { Result } from './api';
import s from './campaigns.module.css';
import { abandonedShare, funnel } from './figures';
import { Level, useShare } from './parts';

export function Funnel({ result }: { result: Result }) {
  const t = useT();
  const intl = useIntl();
  const word = useWord();
  const share = useShare();
  const money = (value: number | null) =>
    value === null ? '–' : intl.formatNumber(value, { maximumFractionDigits: 2 });
  const facts: [string, string][] = [
    [t('campaigns.reached'), t('campaigns.done_of', { done: result.reached, all: result.leads })],
    [t('campaigns.abandoned'), share(abandonedShare(result))],
    [t('campaigns.conversion'), share(result.conversion)],
    [t('campaigns.talk_average'), result.connected ? clock(result.talk_seconds / result.connected) : '–'],
    [t('campaigns.cost'), money(result.cost)],
    [t('campaigns.gain'), money(result.gain)],
  ];
  const outcomes = Object.entries(result.outcomes).sort((a, b) => b[1] - a[1]);
  return (
    <>
      <dl className={s.funnel}>
        {funnel(result).map(({ stage, count, share: part }) => (
          <div key={stage}>
            <dt>{t(`campaigns.stage.${stage}`)}</dt>
            <dd>
              <Level share={part} />
              <span className="digits">{intl.formatNumber(count)}</span>
              <small className="digits">{share(part)}</small>
            </dd>
          </div>
        ))}
      </dl>
      <dl className={s.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="digits">{value}</dd>
          </div>
        ))}
      </dl>
      {outcomes.length > 0 && (
        <p className={s.words}>
          {t('campaigns.outcomes')}{' '}
          {outcomes
            .map(([outcome, count]) => `${word('campaigns.outcome', outcome)} ${intl.formatNumber(count)}`)
            .join(' · ')}
        </p>
      )}
    </>
  );
}
