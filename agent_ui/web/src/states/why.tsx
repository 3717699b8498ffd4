/** "Why am I not getting calls?", from the live facts, in plain words. A supervisor asks it of anybody. */

import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import { useIntl } from 'react-intl';
import { api, type Cause } from '../api';
import { clock } from '../format';
import { useT, useWord, type Values } from '../i18n';
import { usePicture } from '../live';
import { useAgentName } from '../queries';
import { useStateChanges } from '../shell/state-switch';
import { Key, ProblemLine, StateIcon } from '../ui/parts';
import { useReasonWord } from './reasons';
import s from './states.module.css';

const AGAIN_AFTER = 2_000;
const SIGNS: Record<string, typeof Info> = { next: CircleCheck, free: CircleCheck };

/** `login`: of whom it is asked; without it of oneself. */
export default function Why({ login, close }: { login?: string; close: () => void }) {
  const t = useT();
  const nameOf = useAgentName();
  const { data, error } = useQuery({
    queryKey: ['why', login ?? null],
    queryFn: () => api.why(login),
    refetchInterval: AGAIN_AFTER,
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Modal
      opened
      onClose={close}
      title={login ? t('why.of', { name: nameOf(login) }) : t('why')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {error && !data && <ProblemLine>{t('server.away')}</ProblemLine>}
      {data && (
        <div role="status">
          <p className={s.verdict}>{t(data.free ? 'why.free_now' : 'why.stopped')}</p>
          <ul className={s.causes}>
            {data.causes.map((cause, place) => (
              <Line key={`${cause.code} ${place}`} cause={cause} />
            ))}
          </ul>
        </div>
      )}
      {!login && data && <Remedy close={close} />}
    </Modal>
  );
}

function Line({ cause }: { cause: Cause }) {
  const say = useSentence();
  const Sign = cause.stops ? CircleAlert : (SIGNS[cause.code] ?? Info);
  return (
    <li data-stops={cause.stops || undefined}>
      <Sign size={18} aria-hidden="true" />
      <span>{say(cause)}</span>
    </li>
  );
}

/** The cause in this language; one that this page does not know, as the server says it in English. */
function useSentence(): (cause: Cause) => string {
  const intl = useIntl();
  const t = useT();
  const word = useWord();
  const reasonOf = useReasonWord();
  const nameOf = useAgentName();

  function told(name: string, value: Cause['params'][string]): string | number {
    if (Array.isArray(value)) return intl.formatList(value, { type: 'conjunction' });
    if (name === 'seconds') return clock(Number(value));
    if (name === 'since') return intl.formatTime(new Date(String(value)), { timeStyle: 'short' });
    if (name === 'by') return nameOf(String(value));
    if (name === 'reason') return value === '' ? t('why.no_reason') : reasonOf(String(value));
    return value;
  }

  return cause => {
    const values: Values = { since: '' };
    for (const [name, value] of Object.entries(cause.params)) values[name] = told(name, value);
    const id = `why.${cause.code}`;
    return id in intl.messages ? intl.formatMessage({ id }, values) : word('why', cause.text);
  };
}

/** What one can do about it oneself, at once. */
function Remedy({ close }: { close: () => void }) {
  const t = useT();
  const state = usePicture(picture => picture.agent.state);
  const { ready } = useStateChanges();
  if (!ready) return null;
  return (
    <div className={s.after}>
      <Button
        leftSection={<StateIcon state="ready" size={18} />}
        rightSection={<Key>R</Key>}
        onClick={() => {
          ready();
          close();
        }}
      >
        {t(state === 'offline' ? 'state.log_in' : 'state.ready')}
      </Button>
    </div>
  );
}
