/** Every rule that the queue had: who changed what, when; an old one can be taken into the form again. */

import { useInfiniteQuery } from '@tanstack/react-query';
import { api, type QueueRule, type RuleVersion } from '../api';
import { type MessageId, useT } from '../i18n';
import { useAgentName } from '../queries';
import { CardBox, When } from '../ui/parts';
import s from './admin.module.css';
import { differences } from './rule';

const WORDS: Record<keyof QueueRule, MessageId> = {
  rule: 'rule.lives_by',
  target_seconds: 'queue.target_seconds',
  max_wait_seconds: 'queue.max_wait_seconds',
  tiers: 'rule.tiers',
  skills: 'skills',
  weights: 'rule.weights',
  relax: 'rule.relax',
  last_agent_seconds: 'rule.last_agent',
  short_seconds: 'rule.short',
  empty_interval: 'rule.empty',
};

export function RuleHistory({ name, take }: { name: string; take: (rule: QueueRule) => void }) {
  const t = useT();
  const { data, fetchNextPage, hasNextPage } = useInfiniteQuery({
    queryKey: ['rules', name],
    queryFn: ({ pageParam }) => api.rules(name, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.next,
    staleTime: 0,
  });
  const versions = data?.pages.flatMap(page => page.items) ?? [];
  return (
    <CardBox title={t('rule.history')} label={t('rule.history')}>
      <ol className={s.versions}>
        {versions.map((version, n) => (
          <Version
            key={version.version}
            version={version}
            before={versions[n + 1]}
            take={n > 0 ? () => take(version.rule) : null}
          />
        ))}
      </ol>
      {hasNextPage && (
        <button type="button" className={s.add} onClick={() => void fetchNextPage()}>
          {t('show.more')}
        </button>
      )}
    </CardBox>
  );
}

interface Props {
  version: RuleVersion;
  before: RuleVersion | undefined;
  take: (() => void) | null;
}

function Version({ version, before, take }: Props) {
  const t = useT();
  const nameOf = useAgentName();
  const changed = before ? differences(before.rule, version.rule) : [];
  const say = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return (
    <li>
      <p>
        <strong className="digits">{t('rule.version', { version: version.version })}</strong>
        <When at={version.at} />
        <bdi>{nameOf(version.by)}</bdi>
      </p>
      {changed.map(key => (
        <p key={key} className={s.hint}>
          {t(WORDS[key])}
          {': '}
          <bdi>{say(before?.rule[key])}</bdi>
          {' → '}
          <bdi>{say(version.rule[key])}</bdi>
        </p>
      ))}
      {take && (
        <button type="button" className={s.add} onClick={take}>
          {t('rule.take', { version: version.version })}
        </button>
      )}
    </li>
  );
}
