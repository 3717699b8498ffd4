/**
 * Whether this call is being recorded, and the button that pauses it while a card number is said. It shows only what Asterisk has
 * confirmed, and a pause that did not come about is said loudly until one did.
 */

import { CirclePause, Disc } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useT } from '../i18n';
import { command } from '../live';
import type { Call } from '../protocol';
import { useShortcuts } from '../shell/shortcuts';
import { Key } from '../ui/parts';
import s from './recording.module.css';

export function RecordingLight({ call }: { call: Call }) {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<'pause' | 'resume' | null>(null);
  const state = call.state === 'active' ? (call.recording ?? null) : null;
  const paused = state === 'paused';

  async function change(): Promise<void> {
    if (asking) return;
    setAsking(true);
    const outcome = await command(paused ? 'resume_recording' : 'pause_recording', { call: call.id });
    setFailed(outcome.ok ? null : paused ? 'resume' : 'pause');
    setAsking(false);
  }

  useEffect(() => setFailed(before => (before === (paused ? 'pause' : 'resume') ? null : before)), [paused]);
  useShortcuts({ k: state ? () => void change() : undefined });
  if (!state && !failed) return null;
  return (
    <div className={s.light}>
      <button
        type="button"
        aria-pressed={paused}
        aria-busy={asking}
        disabled={asking}
        onClick={() => void change()}
      >
        {paused ? <CirclePause size={18} aria-hidden="true" /> : <Disc size={18} aria-hidden="true" />}
        <span>{t(paused ? 'recording.paused' : 'recording.on')}</span>
        <small>{t(paused ? 'recording.resume' : 'recording.pause')}</small>
        <Key>K</Key>
      </button>
      <p role="status" className="for-ears">
        {t(paused ? 'recording.paused' : 'recording.on')}
      </p>
      {failed && (
        <p role="alert" className={s.failed}>
          {t(failed === 'pause' ? 'recording.not_paused' : 'recording.not_resumed')}
        </p>
      )}
    </div>
  );
}
