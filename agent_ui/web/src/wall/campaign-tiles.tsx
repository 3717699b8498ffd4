/** The campaigns that run, as their dialers see them now, each a tile among the queues': how far it is, and how near to the law's limit. */

import { useT } from '../i18n';
import type { CampaignLine } from '../protocol';
import { abandonedShare, campaignTone, fine } from './sums';
import s from './wall.module.css';

export function CampaignTiles({ campaigns }: { campaigns: CampaignLine[] }) {
  return campaigns.map(each => <CampaignTile key={each.id} line={each} />);
}

function CampaignTile({ line }: { line: CampaignLine }) {
  const t = useT();
  const share = abandonedShare(line);
  const mode = t(`campaigns.mode.${line.mode}`);
  const slowed = line.mode === 'predictive' && line.pace === 'progressive';
  return (
    <article className={s.tile} data-tone={campaignTone(line)} aria-label={line.name}>
      <h3>
        <bdi>{line.name}</bdi>
      </h3>
      <dl className={s.main}>
        <Figure word={t('wall.leads_left')} value={line.leads_left} />
        <Figure word={t('wall.ringing')} value={line.ringing} />
        <Figure word={t('wall.connected_now')} value={line.connected_now} />
      </dl>
      <dl className={s.small} data-three>
        <Figure word={t('wall.connected')} value={line.answered - line.abandoned} />
        <Figure
          word={t('wall.abandoned_of')}
          value={t('wall.share_of_limit', { share: fine(share), limit: fine(line.limit) })}
        />
        <Figure
          word={t('floor.agents')}
          value={t('wall.idle_of', { idle: line.idle, agents: line.agents })}
        />
      </dl>
      <p className={s.foot} title={line.why || undefined}>
        <span>{slowed ? t('wall.slowed', { mode }) : mode}</span>
        <bdi>{line.queue}</bdi>
      </p>
    </article>
  );
}

function Figure({ word, value }: { word: string; value: number | string }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{value}</dd>
    </div>
  );
}
