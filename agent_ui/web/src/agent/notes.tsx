/** The note and what came of the call: open from the ring on, saved by one key at the end. A normal wrap-up is a choice and Ctrl+Enter. */

import { Button, Textarea } from '@mantine/core';
import { Check } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { DISPOSITIONS } from '../choices';
import { useT } from '../i18n';
import { command, setDesk, usePicture } from '../live';
import type { Card } from '../protocol';
import { queries } from '../queries';
import { tell, useCommand } from '../shell/notices';
import { useShortcuts } from '../shell/shortcuts';
import { Key } from '../ui/parts';
import s from './call-card.module.css';
import type { Phase } from './desk';
import { dropDraft, useDraft } from './drafts';

const SAVE_AFTER = 1_500;

/** Sends the note to the server once the typing rests, so that nothing is lost with this computer. */
function useSaved(call: string, note: string, contact: string): boolean {
  const [saved, setSaved] = useState('');
  useEffect(() => {
    if (note === saved || !note.trim() || !contact) return;
    const timer = setTimeout(async () => {
      const outcome = await command('note', { call, text: note, contact });
      if (outcome.ok) setSaved(note);
    }, SAVE_AFTER);
    return () => clearTimeout(timer);
  }, [call, note, saved, contact]);
  return note === saved && note !== '';
}

interface NotesProps {
  card: Card;
  phase: Phase;
  /** Whose call it is; empty while nobody is chosen or made. */
  contact: string;
  several: boolean;
}

export function Notes({ card, phase, contact, several }: NotesProps) {
  const t = useT();
  const group = useId();
  const { login } = usePicture(picture => picture.me);
  const wrapping = usePicture(picture => picture.agent.state === 'wrap_up');
  const [draft, change] = useDraft(login, card.id);
  const saved = useSaved(card.id, draft.note, contact);
  const give = useCommand();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const ended = phase === 'ended';

  const missing = contact ? null : t(several ? 'wrap.choose_first' : 'wrap.contact_first');

  async function finish(written: { disposition: string; note: string }): Promise<void> {
    if (!ended || busy) return;
    setBusy(true);
    const args = { call: card.id, ...written };
    const done = await give('wrap_up', contact ? { ...args, contact } : args);
    setBusy(false);
    if (!done) return;
    dropDraft(login, card.id);
    setDesk(desk => (desk.ended?.id === card.id ? { ...desk, ended: null } : desk));
    await queries.invalidateQueries({ queryKey: ['interactions'] });
  }

  function save(): void {
    const { disposition, note } = draft;
    if (missing && (disposition || note)) tell('problem', missing);
    else void finish({ disposition, note });
  }

  useShortcuts({
    n: () => field.current?.focus(),
    'ctrl+enter': ended ? save : undefined,
    ...Object.fromEntries(
      DISPOSITIONS.map((each, index) => [String(index + 1), () => change({ disposition: each })]),
    ),
  });

  return (
    <section className={s.notes} aria-label={t('note')}>
      <div className={s.notesInner}>
        <fieldset className={s.dispositions}>
          <legend>{t('disposition')}</legend>
          <div>
            {DISPOSITIONS.map((each, index) => (
              <label key={each} className={s.chip}>
                <input
                  type="radio"
                  name={group}
                  checked={draft.disposition === each}
                  onChange={() => change({ disposition: each })}
                />
                <span>{t(`disposition.${each}`)}</span>
                <Key>{String(index + 1)}</Key>
              </label>
            ))}
          </div>
        </fieldset>
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
          rows={9}
          dir="auto"
          classNames={{ input: s.noteInput ?? '' }}
        />
        <div className={s.save}>
          <small role="status">
            {ended && missing ? missing : draft.note ? t(saved ? 'note.saved' : 'note.kept') : ''}
          </small>
          {ended && (
            <>
              {(missing || !wrapping) && (
                <Button
                  variant="subtle"
                  color="gray"
                  onClick={() => void finish({ disposition: '', note: '' })}
                >
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
