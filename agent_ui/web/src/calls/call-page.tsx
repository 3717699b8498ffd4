/** One call's story: the picture, then the same in words. */

import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ArrowUpRight, PhoneOff } from 'lucide-react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { claimedName } from '../agent/desk';
import { api, type CallFact, type CallStory, Problem } from '../api';
import { now } from '../clock';
import { clip, clock } from '../format';
import { useT, useWord } from '../i18n';
import { DialNumber } from '../phone/dial';
import { useAgentName, useContactNames } from '../queries';
import { Recordings } from '../recording/player';
import { CardBox, Empty, PhoneNumber, TableFrame, Tier, When, Who } from '../ui/parts';
import ui from '../ui/ui.module.css';
import s from './calls.module.css';
import { OutcomeBadge } from './calls-page';
import { text } from './lanes';
import { StoryPicture } from './story-picture';

export default function CallPage({ id }: { id: string }) {
  const t = useT();
  const { data: story, error } = useQuery({
    queryKey: ['call', id],
    queryFn: () => api.call(id),
    refetchInterval: query => (query.state.data?.state === 'active' ? 3_000 : false),
  });
  const nameOf = useContactNames(story ? [story] : undefined);
  if (error)
    return (
      <div className={ui.page}>
        <Empty icon={PhoneOff}>
          {t(error instanceof Problem && error.status === 404 ? 'call.gone' : 'server.away')}
        </Empty>
      </div>
    );
  if (!story) return <div className={ui.page} aria-busy="true" />;
  return (
    <div className={ui.page}>
      <header>
        <Link href="/calls" className={s.back}>
          <ArrowLeft size={16} aria-hidden="true" />
          {t('nav.calls')}
        </Link>
        <div className={ui.title}>
          <h1 className={s.title}>
            <Who name={nameOf(story) ?? claimedName(story)} number={story.number} />
            <Tier>{story.tier}</Tier>
          </h1>
          <OutcomeBadge call={story} />
        </div>
        <p className={s.summary}>
          <span>{t(`direction.${story.direction}`)}</span>
          {story.number ? <DialNumber>{story.number}</DialNumber> : <PhoneNumber>{null}</PhoneNumber>}
          <When at={story.started_at} />
          {story.contact && (
            <Link href={`/contacts/${encodeURIComponent(story.contact)}`} className={s.contact}>
              {t('contact.open')}
              <ArrowUpRight size={15} aria-hidden="true" />
            </Link>
          )}
        </p>
      </header>
      <Figures story={story} />
      <CardBox title={t('story.picture')}>
        <StoryPicture story={story} until={new Date(now()).toISOString()} />
      </CardBox>
      <Recordings call={story.id} active={story.state === 'active'} />
      <div className={s.columns}>
        <CardBox title={t('story.facts')}>
          <Facts story={story} />
        </CardBox>
        <CardBox title={t('story.legs')}>
          <Legs story={story} />
        </CardBox>
      </div>
      {story.estimated && <p className={ui.dim}>≈ {t('estimated')}</p>}
    </div>
  );
}

function Figures({ story }: { story: CallStory }) {
  const t = useT();
  const word = useWord();
  const talked = story.segments.reduce((sum, each) => sum + (each.talked_seconds ?? 0), 0);
  const held = story.segments.reduce((sum, each) => sum + each.held_seconds, 0);
  return (
    <dl className={s.figures}>
      <div>
        <dt>{t('column.waited')}</dt>
        <dd>{story.waited_seconds === null ? '–' : clock(story.waited_seconds)}</dd>
      </div>
      <div>
        <dt>{t('column.talked')}</dt>
        <dd>{clock(talked)}</dd>
      </div>
      <div>
        <dt>{t('state.hold')}</dt>
        <dd>{clock(held)}</dd>
      </div>
      <div>
        <dt>{t('transfers')}</dt>
        <dd>{story.transfers}</dd>
      </div>
      <div>
        <dt>{t('ended_by')}</dt>
        <dd>{story.ended_by ? word('ended_by', story.ended_by) : '–'}</dd>
      </div>
    </dl>
  );
}

/** The legs have a table of their own. */
const NOT_TOLD = new Set(['LegStarted', 'LegAnswered', 'LegEnded']);

function Facts({ story }: { story: CallStory }) {
  const t = useT();
  const tell = useFactWords();
  const start = Date.parse(story.started_at);
  const told = story.facts.filter(fact => !NOT_TOLD.has(fact.kind));
  if (told.length === 0) return <Empty icon={PhoneOff}>{t('story.no_facts')}</Empty>;
  return (
    <ol className={s.facts}>
      {told.map((fact, index) => (
        <li key={`${fact.at}${index}`}>
          <span className="digits" title={fact.at}>
            +{clock((Date.parse(fact.at) - start) / 1000)}
          </span>
          <p>
            {tell(fact)}
            {fact.estimated === true && <span title={t('estimated')}> ≈</span>}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** The fact as a sentence. Every value that came from outside is isolated from the sentence's own direction. */
export function useFactWords(): (fact: CallFact) => string {
  const intl = useIntl();
  const word = useWord();
  const nameOf = useAgentName();
  return fact => {
    const id = `fact.${fact.kind}`;
    if (!(id in intl.messages)) return fact.kind;
    const isolated = (value: string) => `\u2068${clip(value, 80).shown}\u2069`;
    const agent = text(fact, 'agent') ?? text(fact, 'by');
    const reason = text(fact, 'reason') ?? text(fact, 'outcome') ?? '';
    const score = typeof fact.score === 'number' ? fact.score : 0;
    return intl.formatMessage(
      { id },
      {
        agent: agent ? isolated(nameOf(agent)) : '–',
        queue: isolated(text(fact, 'queue') ?? '–'),
        to: isolated(nameOf(text(fact, 'to') ?? text(fact, 'into') ?? '–')),
        reason: word('outcome', reason),
        ended_by: text(fact, 'ended_by') ? word('ended_by', text(fact, 'ended_by') ?? '') : '–',
        score: score >= 1e6 ? '∞' : intl.formatNumber(score, { maximumFractionDigits: 2 }),
      },
    );
  };
}

function Legs({ story }: { story: CallStory }) {
  const t = useT();
  const nameOf = useAgentName();
  const start = Date.parse(story.started_at);
  const offset = (at: string | null) => (at ? `+${clock((Date.parse(at) - start) / 1000)}` : '–');
  return (
    <TableFrame label={t('story.legs')}>
      <table className={ui.table}>
        <thead>
          <tr>
            <th>{t('leg.party')}</th>
            <th className={ui.end}>{t('leg.started')}</th>
            <th className={ui.end}>{t('leg.answered')}</th>
            <th className={ui.end}>{t('leg.ended')}</th>
            <th className={ui.end}>{t('leg.cause')}</th>
          </tr>
        </thead>
        <tbody>
          {story.legs.map((leg, index) => (
            <tr key={`${leg.started_at}${index}`}>
              <td>
                {leg.agent ? (
                  <bdi>{nameOf(leg.agent)}</bdi>
                ) : leg.number ? (
                  <PhoneNumber>{leg.number}</PhoneNumber>
                ) : (
                  t(`party.${leg.party}`)
                )}
              </td>
              <td className={`${ui.end} digits`}>{offset(leg.started_at)}</td>
              <td className={`${ui.end} digits`}>{offset(leg.answered_at)}</td>
              <td className={`${ui.end} digits`}>{offset(leg.ended_at)}</td>
              <td className={`${ui.end} digits`}>{leg.cause ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
