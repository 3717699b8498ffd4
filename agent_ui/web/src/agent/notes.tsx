/**
 * The wrap-up: what came of the call, the note, the next step, in one form that is open from the ring on and saved by one key at the end.
 * A normal one is a digit and Ctrl+Enter.
 */

import { Button, Textarea } from '@mantine/core';
import { BookOpenText, Check, MessagesSquare } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { now } from '../clock';
import { type MessageId, useT } from '../i18n';
import { command, setDesk, usePicture } from '../live';
import type { Card } from '../protocol';
import { queries, useAgentName } from '../queries';
import { tell, useCommand } from '../shell/notices';
import { useShortcuts } from '../shell/shortcuts';
import { Key } from '../ui/parts';
import { ownZone } from '../zones';
import { answersOf, before, isBlank, isWhole, lacking, orderOf } from './answers';
import s from './call-card.module.css';
import type { Phase } from './desk';
import { type Draft, dropDraft, useDraft } from './drafts';
import { openKnowledge } from './knowledge';
import { NextStep } from './next-step';
import { ResultPicker, useResults } from './result-picker';
import { leaves, type Result } from './results';
import { useKept, useReceived } from './session';
import { type About, chosen, type Lack, lackOf, nextOf, wordsOf } from './step';

const SAVE_AFTER = 1_500;

/** Puts the note to the contact's history once the typing rests, where everybody sees it. */
function useNoted(call: string, note: string, contact: string): void {
  const [saved, setSaved] = useState('');
  useEffect(() => {
    if (note === saved || !note.trim() || !contact) return;
    const timer = setTimeout(async () => {
      const outcome = await command('note', { call, text: note, contact });
      if (outcome.ok) setSaved(note);
    }, SAVE_AFTER);
    return () => clearTimeout(timer);
  }, [call, note, saved, contact]);
}

interface NotesProps {
  card: Card;
  phase: Phase;
  /** Whose call it is; empty while nobody is chosen or made. */
  contact: string;
  several: boolean;
  /** Where the customer is, if anybody knows. */
  zone: string | null;
}

export function Notes({ card, phase, contact, several, zone }: NotesProps) {
  const t = useT();
  const nameOf = useAgentName();
  const { login } = usePicture(picture => picture.me);
  const wrapping = usePicture(picture => picture.agent.state === 'wrap_up');
  const required = usePicture(({ queues }) => queues[card.queue ?? '']?.wrap_up_required === true);
  const [draft, change] = useDraft(login, card.id);
  useReceived(login, card.id, phase);
  const kept = useKept(login, card.id, draft, phase);
  useNoted(card.id, draft.touched ? draft.note : '', contact);
  const tree = useResults(card.queue);
  const field = useRef<HTMLTextAreaElement>(null);
  const result = leaves(tree).find(each => each.key === draft.disposition);
  const about: About = {
    call: card.id,
    contact,
    number: card.number,
    note: draft.note,
    result: result?.label ?? '',
  };
  const sold = result?.outcome === 'sale';
  const { busy, save, skip, hint } = useFinish({ card, draft, about, required, several, sold });
  const ended = phase === 'ended';
  const place = zone ?? ownZone();

  const choose = (wanted: Result) => change(chosen(wanted, result, draft.step, place, now()));

  useShortcuts({ n: () => field.current?.focus(), 'ctrl+enter': ended ? save : undefined });

  return (
    <section className={s.notes} aria-label={t('note')}>
      <div className={s.notesInner}>
        {draft.from && (
          <p className={s.received} role="status">
            <MessagesSquare size={16} aria-hidden="true" />
            <span>{t('draft.from', { agent: nameOf(draft.from) })}</span>
          </p>
        )}
        <ResultPicker tree={tree} chosen={draft.disposition} choose={choose} />
        <div>
          <Textarea
            ref={field}
            label={
              <span className={s.noteLabel}>
                {t('note')} <Key>N</Key>
              </span>
            }
            placeholder={t('note.hint')}
            value={draft.note}
            onChange={event => change({ note: event.currentTarget.value })}
            maxLength={10_000}
            rows={7}
            dir="auto"
            classNames={{ input: s.noteInput ?? '' }}
          />
          <button type="button" className={s.plainButton} onClick={openKnowledge}>
            <BookOpenText size={15} aria-hidden="true" />
            {t('knowledge')} <Key>I</Key>
          </button>
        </div>
        <NextStep
          step={draft.step}
          change={step => change({ step })}
          zone={place}
          number={card.number}
          words={wordsOf({ ...draft.step, text: '' }, about)}
        />
        <div className={s.save}>
          <small role="status">
            {ended && hint ? t(hint) : draft.touched ? t(kept ? 'note.saved' : 'note.kept') : ''}
          </small>
          {ended && (
            <>
              {!required && (hint || !wrapping) && (
                <Button variant="subtle" color="gray" onClick={skip}>
                  {t('wrap.skip')}
                </Button>
              )}
              <Button
                loading={busy}
                onClick={save}
                leftSection={<Check size={17} aria-hidden="true" />}
                rightSection={<Key>Ctrl ↵</Key>}
              >
                {t(wrapping ? 'wrap.save_ready' : 'wrap.save')}
              </Button>
            </>
          )}
        </div>
      </div>
    </section>
  );
}

const LACKS: Record<Lack, MessageId> = {
  words: 'step.lack.words',
  time: 'step.lack.time',
  past: 'step.lack.past',
  contact: 'step.lack.contact',
  nobody: 'step.lack.nobody',
};

interface Finish {
  card: Card;
  draft: Draft;
  about: About;
  required: boolean;
  several: boolean;
  /** Whether the result is a sale. */
  sold: boolean;
}

/** What the script or the order still needs. */
function lackIn(card: Card, draft: Draft, sold: boolean, contact: string): MessageId | null {
  const script = card.campaign?.script;
  const answers = { ...before(card.lead?.answers), ...draft.answers };
  if (script && lacking(script, { ...draft, answers }, draft.disposition, sold)) return 'wrap.answers_first';
  const lines = draft.order.filter(row => !isBlank(row));
  if (!lines.every(isWhole)) return 'wrap.order_first';
  return lines.length && !contact ? 'wrap.order_whose' : null;
}

/** Saving, skipping, and the first thing that stands in the way of saving. */
function useFinish({ card, draft, about, required, several, sold }: Finish) {
  const t = useT();
  const give = useCommand();
  const [busy, setBusy] = useState(false);
  const { login } = usePicture(picture => picture.me);
  const { contact } = about;
  const nobody = contact ? null : several ? 'wrap.choose_first' : 'wrap.contact_first';
  const lack = lackOf(draft.step, about, now());
  const result = required && !draft.disposition ? 'wrap.result_first' : null;
  const missing: MessageId | null =
    result ?? lackIn(card, draft, sold, contact) ?? (lack && LACKS[lack]) ?? (draft.note ? nobody : null);

  async function finish(args: Record<string, string>): Promise<void> {
    if (busy) return;
    setBusy(true);
    const done = await give('wrap_up', {
      call: card.id,
      disposition: '',
      note: '',
      ...args,
      ...(contact ? { contact } : {}),
    });
    setBusy(false);
    if (!done) return;
    dropDraft(login, card.id);
    setDesk(desk => (desk.ended?.id === card.id ? { ...desk, ended: null } : desk));
    for (const key of ['interactions', 'day', 'tasks']) void queries.invalidateQueries({ queryKey: [key] });
  }

  function save(): void {
    const { disposition, note, step } = draft;
    const answers = { ...before(card.lead?.answers), ...draft.answers };
    if (missing) tell('problem', t(missing));
    else
      void finish({
        disposition,
        note,
        ...nextOf(step, about),
        ...answersOf(card.campaign?.script, { ...draft, answers }),
        ...orderOf(draft.order),
      });
  }

  return { busy, save, skip: () => void finish({}), hint: missing ?? nobody };
}
