/** A text to one agent, or to those of a queue, or to all. */

import { Button, Modal, NativeSelect, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { tell, useCommand } from '../shell/notices';
import s from './steer.module.css';

const LONGEST = 1_000;

/** Without `agent` it asks to whom; a leader writes to the team. */
export default function MessageWindow({
  agent,
  name,
  close,
}: {
  agent?: string;
  name?: string;
  close: () => void;
}) {
  const t = useT();
  const give = useCommand();
  const queues = usePicture(picture => picture.queues);
  const team = usePicture(picture => (picture.me.role === 'leader' ? picture.me.team : null));
  const [text, setText] = useState('');
  const [queue, setQueue] = useState('');
  const [busy, setBusy] = useState(false);

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!text.trim() || busy) return;
    setBusy(true);
    const to: Record<string, string> = agent ? { agent } : queue ? { queue } : { all: 'yes' };
    const sent = await give('message', { ...to, text: text.trim() });
    setBusy(false);
    if (!sent) return;
    tell('done', t('message.sent'));
    close();
  }

  return (
    <Modal
      opened
      onClose={close}
      title={(name ?? team) ? t('message.to', { name: name ?? team }) : t('message.to_many')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form className={s.form} onSubmit={event => void send(event)}>
        {!agent && !team && (
          <NativeSelect
            label={t('message.whom')}
            value={queue}
            onChange={event => setQueue(event.currentTarget.value)}
            data={[
              { value: '', label: t('message.all') },
              ...Object.keys(queues)
                .sort()
                .map(each => ({ value: each, label: each })),
            ]}
          />
        )}
        <Textarea
          data-autofocus
          label={t('message.text')}
          value={text}
          maxLength={LONGEST}
          autosize
          minRows={3}
          maxRows={8}
          onChange={event => setText(event.currentTarget.value)}
        />
        <div className={s.buttons}>
          <Button variant="default" onClick={close}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!text.trim()}>
            {t('message.send')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
