/** Who would be next under the rule in the form, beside who is next now. Asked of the server, which decides. */

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, CircleAlert, Minus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { claimedName } from '../agent/desk';
import { api, type Moved, type QueueRule } from '../api';
import { clock } from '../format';
import { useT, useWord } from '../i18n';
import { CardBox, ProblemLine, Tier, Who } from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './admin.module.css';
import { whyNot } from './why-not';

const STILL_FOR = 350;
const AGAIN_AFTER = 3_000;
const BEFORE_ALL = 1e6;

/** What stays as it is for a moment; while somebody types nothing is asked. */
function useSettled<T>(value: T): T {
  const [settled, settle] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(JSON.parse(text) as T), STILL_FOR);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

export function RulePreview({ name, rule }: { name: string; rule: QueueRule | null }) {
  const t = useT();
  const word = useWord();
  const settled = useSettled(rule);
  const { data, error } = useQuery({
    queryKey: ['preview', name, settled],
    queryFn: () => api.previewRule(name, settled ?? {}),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_AFTER,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  return (
    <CardBox title={t('rule.preview')} label={t('rule.preview')}>
      <div className={s.sheet}>
        {error && <ProblemLine>{whyNot(error, t)}</ProblemLine>}
        {data?.doubts.map(({ code, params }) => (
          <p key={`${code} ${JSON.stringify(params)}`} className={s.unseen} role="note">
            <CircleAlert size={18} aria-hidden="true" />
            <span>
              {code in DOUBTS ? t(DOUBTS[code as keyof typeof DOUBTS], params) : word('rule.doubt', code)}
            </span>
          </p>
        ))}
        {data && (
          <>
            <p className={s.hint} role="status">
              {data.sample ? t('rule.preview.sample') : t('rule.preview.live', { count: data.waiting })}
            </p>
            <ol className={s.moved}>
              {data.line.map((each, place) => (
                <Place key={each.call ?? `sample ${place}`} each={each} />
              ))}
            </ol>
          </>
        )}
      </div>
    </CardBox>
  );
}

const DOUBTS = {
  longest_before_target: 'rule.doubt.longest_before_target',
  nobody_has: 'rule.doubt.nobody_has',
  nobody_has_all: 'rule.doubt.nobody_has_all',
  relaxes_late: 'rule.doubt.relaxes_late',
  direct_only: 'rule.doubt.direct_only',
  tiers_upside_down: 'rule.doubt.tiers_upside_down',
} as const;

function Place({ each }: { each: Moved }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const by = each.now.position - each.edited.position;
  const Sign = by > 0 ? ArrowUp : by < 0 ? ArrowDown : Minus;
  return (
    <li>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="digits">{each.edited.position}</span>
        <span className={s.movedWho}>
          {each.call === null ? (
            <span className={ui.dim}>{t('rule.preview.somebody')}</span>
          ) : (
            <Who name={claimedName({ name: each.name, number: each.number })} number={each.number} />
          )}
        </span>
        <Tier>{each.tier}</Tier>
        <span className="digits">{clock(each.waited_seconds)}</span>
        <span className={s.by} data-by={Math.sign(by)}>
          <Sign size={15} aria-hidden="true" />
          <span className="for-ears">{t('rule.preview.now_at', { position: each.now.position })}</span>
          <span className="digits" aria-hidden="true">
            {each.now.position}
          </span>
        </span>
      </button>
      {open && (
        <div className={s.why}>
          {(['edited', 'now'] as const).map(which => (
            <div key={which}>
              <h3>{t(`rule.preview.${which}`)}</h3>
              <ul>
                {each[which].reasons.map(({ reason, points }) => (
                  <li key={reason}>
                    <span>{reason}</span>
                    <span className="digits">{points >= BEFORE_ALL ? '∞' : points.toFixed(2)}</span>
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      )}
    </li>
  );
}
