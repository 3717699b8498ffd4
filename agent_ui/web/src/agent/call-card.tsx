/**
 * One call on the agent's desk, from its ring to its wrap-up. It stays the same card in the same place all the way: only the head changes,
 * so that what the agent reads or types never moves.
 */

import { lazy, Suspense, useState } from 'react';
import { now } from '../clock';
import { clock } from '../format';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { CallStrip, HeadButtons } from '../phone/controls';
import type { Card, PopContact } from '../protocol';
import { useInteractions } from '../queries';
import { RecordingLight } from '../recording/light';
import { HelpButton } from '../steer/help-button';
import { Elapsed, look, PhoneNumber, StateIcon } from '../ui/parts';
import { ownZone } from '../zones';
import s from './call-card.module.css';
import { isVeiled, openSegment, type Phase, waitingSince } from './desk';
import { type Draft, useDraft } from './drafts';
import type { Form } from './lead';
import { Notes } from './notes';
import { PageBeside } from './page-beside';
import { useResults } from './result-picker';
import { leaves } from './results';
import { chosen } from './step';
import { Timeline, TimelineToCome } from './timeline';
import { Chooser, NotYet, Person, Stranger, Veiled, zoneOf } from './who';
import { Worth } from './worth';

const LeadBeside = lazy(() => import('./lead'));

export function CallCard({ card, phase }: { card: Card; phase: Phase }) {
  const t = useT();
  const login = usePicture(picture => picture.me.login);
  const [draft, change] = useDraft(login, card.id);
  const [made, setMade] = useState<PopContact | null>(null);
  const contacts = made ? [made] : card.contacts;
  const contact = contacts?.length === 1 ? contacts[0] : contacts?.find(each => each.id === draft.contact);
  const form = useForm(card, zoneOf(contact, card), draft, change);
  const veiled = usePicture(({ queues }) => isVeiled(card, phase, queues));
  return (
    <article className={`${s.card} ${look(phase === 'ended' ? 'wrap_up' : phase)}`} data-phase={phase}>
      <Head card={card} phase={phase} login={login} />
      <CallStrip card={card} phase={phase} />
      {!veiled && card.campaign && card.lead && (
        <Suspense fallback={null}>
          <LeadBeside campaign={card.campaign} lead={card.lead} form={form} />
        </Suspense>
      )}
      <div className={s.body}>
        <div className={s.about}>
          {veiled && <Veiled card={card} />}
          {!veiled && contacts === null && <NotYet card={card} />}
          {!veiled && contacts?.length === 0 && (
            <Stranger
              card={card}
              made={newcomer => {
                setMade(newcomer);
                change({ contact: newcomer.id });
              }}
            />
          )}
          {!veiled && contacts && contacts.length > 1 && (
            <Chooser contacts={contacts} chosen={draft.contact} choose={id => change({ contact: id })} />
          )}
          {!veiled && contact && (
            <>
              <Person contact={contact} card={card}>
                <PageBeside card={card} contact={contact.id} />
              </Person>
              <Worth contact={contact} />
            </>
          )}
          {!veiled && !contact && contacts && <PageBeside card={card} contact="" />}
        </div>
        <Notes
          card={card}
          phase={phase}
          contact={contact?.id ?? ''}
          several={(contacts?.length ?? 0) > 1}
          zone={zoneOf(contact, card)}
        />
        <section className={s.history}>
          {!veiled && contacts?.length !== 0 && !made && (
            <>
              <h2>{t('history')}</h2>
              <Past card={card} contact={contact} shared={(contacts?.length ?? 0) > 1} />
            </>
          )}
        </section>
      </div>
    </article>
  );
}

/** The script's form: half-written it is part of the draft, as the note is. */
function useForm(
  card: Card,
  zone: string | null,
  draft: Draft,
  change: (part: Partial<Draft>) => void,
): Form {
  const results = leaves(useResults(card.queue));
  const before = results.find(each => each.key === draft.disposition);
  return {
    said: draft,
    change,
    result: draft.disposition,
    sold: before?.outcome === 'sale',
    choose: key => {
      const result = results.find(each => each.key === key);
      change(result ? chosen(result, before, draft.step, zone ?? ownZone(), now()) : { disposition: key });
    },
  };
}

/** The history came with the ring; only for one person of several, or after a reload, it is asked for. */
function Past({ card, contact, shared }: { card: Card; contact: PopContact | undefined; shared: boolean }) {
  if (contact && (shared || card.history === null)) return <Asked id={contact.id} now={card.id} />;
  return <Timeline items={card.history} />;
}

function Asked({ id, now }: { id: string; now: string }) {
  const { data } = useInteractions(id, 10);
  if (!data) return <TimelineToCome />;
  return <Timeline items={data.pages[0]?.items.filter(item => item.call !== now) ?? []} />;
}

function Head({ card, phase, login }: { card: Card; phase: Phase; login: string }) {
  const t = useT();
  const segment = openSegment(card, login);
  const since = phase === 'hold' ? (segment?.held_since ?? segment?.started_at) : segment?.started_at;

  return (
    <header className={s.head}>
      <span className={s.sign}>
        <StateIcon state={phase === 'ended' ? 'wrap_up' : phase} size={20} />
      </span>
      <div className={s.phase}>
        <strong>
          {t(phase === 'ringing' && card.direction === 'outbound' ? 'phase.calling' : `phase.${phase}`)}
        </strong>
        <Facts card={card} />
      </div>
      {phase !== 'ended' && (
        <span className={s.timer}>
          {phase === 'ringing' && <small>{t('waited')}</small>}
          {phase === 'ringing' ? (
            <Elapsed since={waitingSince(card) ?? card.started_at} />
          ) : (
            since && <Elapsed since={since} />
          )}
        </span>
      )}
      {phase !== 'ended' && (
        <div className={s.headButtons}>
          {phase !== 'ringing' && <HelpButton call={card.id} />}
          {phase !== 'ringing' && <RecordingLight call={card} />}
          <HeadButtons card={card} phase={phase} />
        </div>
      )}
    </header>
  );
}

function Facts({ card }: { card: Card }) {
  const t = useT();
  return (
    <p className={s.facts}>
      {card.queue && (
        <span>
          {t('queue')} <bdi>{card.queue}</bdi>
        </span>
      )}
      {!card.waiting && card.waited_seconds !== null && (
        <span>
          {t('waited')} <span className="digits">{clock(card.waited_seconds)}</span>
        </span>
      )}
      {card.did && (
        <span className={s.did}>
          {t('did')} <PhoneNumber>{card.did}</PhoneNumber>
        </span>
      )}
    </p>
  );
}
