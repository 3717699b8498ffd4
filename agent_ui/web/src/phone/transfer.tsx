/** Whom to give the call to: colleagues with what they are doing, queues, or a number that is typed. */

import { Button, Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Forward, MessagesSquare, Phone, Rows3 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { Card } from '../protocol';
import { useCommand } from '../shell/notices';
import { Badge, StateIcon } from '../ui/parts';
import s from './phone.module.css';
import { type Target, targetsFor } from './targets';

/** States of colleagues change: how often they are asked for while the window is open, in ms. */
const LOOK_EVERY = 3_000;
const LOOKS = { free: 'ready', busy: 'talking', away: 'offline' } as const;

export default function TransferWindow({
  card,
  leaveHold,
  may,
  close,
}: {
  card: Card;
  /** The colleague would hear nothing of a phone that is on hold; the caller has music by then. */
  leaveHold: () => void;
  may: { transfer: boolean; consult: boolean };
  close: () => void;
}) {
  const t = useT();
  const login = usePicture(picture => picture.me.login);
  const give = useCommand();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [busy, setBusy] = useState(false);
  const people = useQuery({ queryKey: ['colleagues'], queryFn: api.colleagues, refetchInterval: LOOK_EVERY });
  const queues = useQuery({ queryKey: ['queues'], queryFn: api.queues, refetchInterval: LOOK_EVERY });
  const targets = targetsFor(typed, people.data?.items ?? [], queues.data?.items ?? [], login);
  const chosen = targets[Math.min(at, targets.length - 1)];

  async function send(name: 'transfer' | 'consult', target: Target | undefined): Promise<void> {
    if (!target || busy) return;
    setBusy(true);
    const done = await give(name, { call: card.id, to: target.to });
    setBusy(false);
    if (done) leaveHold();
    if (done) close();
  }

  function key(event: React.KeyboardEvent): void {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, targets.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && event.ctrlKey && may.transfer) void send('transfer', chosen);
    else if (event.key === 'Enter')
      void send(may.consult && chosen?.kind !== 'queue' ? 'consult' : 'transfer', chosen);
    else return;
    event.preventDefault();
  }

  return (
    <Modal opened onClose={close} title={t('transfer')} closeButtonProps={{ 'aria-label': t('close') }}>
      <TextInput
        data-autofocus
        label={t('transfer.to')}
        description={t('transfer.keys')}
        value={typed}
        autoComplete="off"
        onChange={event => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={key}
      />
      <ul className={s.targets} aria-label={t('transfer.targets')}>
        {targets.map((target, index) => (
          <li key={target.to} className={s.target} data-chosen={target === chosen || undefined}>
            {target.kind === 'queue' ? (
              <Rows3 size={17} aria-hidden="true" />
            ) : (
              target.kind === 'number' && <Phone size={17} aria-hidden="true" />
            )}
            <strong>
              <bdi>{target.name}</bdi>
            </strong>
            {target.colleague && (
              <Badge look={LOOKS[target.colleague.state]}>
                <StateIcon state={LOOKS[target.colleague.state]} />
                {t(`colleague.${target.colleague.state}`)}
              </Badge>
            )}
            {target.queue && (
              <small>
                {t('queue.ready', { count: target.queue.agents.ready })}, {t('waiting')}{' '}
                {target.queue.waiting}
              </small>
            )}
            {may.consult && target.kind !== 'queue' && (
              <Button
                size="compact-sm"
                variant="default"
                disabled={busy}
                leftSection={<MessagesSquare size={15} aria-hidden="true" />}
                onFocus={() => setAt(index)}
                onClick={() => void send('consult', target)}
              >
                {t('transfer.consult')}
              </Button>
            )}
            {may.transfer && (
              <Button
                size="compact-sm"
                disabled={busy}
                leftSection={<Forward size={15} aria-hidden="true" />}
                onFocus={() => setAt(index)}
                onClick={() => void send('transfer', target)}
              >
                {t('transfer.now')}
              </Button>
            )}
          </li>
        ))}
        {targets.length === 0 && <li className={s.target}>{t('transfer.nobody')}</li>}
      </ul>
    </Modal>
  );
}
