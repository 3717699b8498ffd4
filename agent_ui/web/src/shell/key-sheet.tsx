/** All keys on one sheet, where they can be changed too: a click, then the new key. */

import { Button, Modal, Switch } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { type MessageId, useT } from '../i18n';
import { Key, ProblemLine } from '../ui/parts';
import { ACTIONS, printed, type Refusal, refusal, useKeyMap, withKey } from './keys';
import { tell } from './notices';
import { keepOwn } from './own';
import s from './shell.module.css';
import { nameOf, setSingleKeys, useSingleKeys } from './shortcuts';

export default function KeySheet({
  places,
  close,
}: {
  places: { key: string; word: MessageId }[];
  close: () => void;
}) {
  const t = useT();
  const { on } = useSingleKeys();
  const { map } = useKeyMap();

  async function keep(change: Parameters<typeof keepOwn>[0]): Promise<void> {
    if (!(await keepOwn(change))) tell('problem', t('own.not_kept'));
  }

  return (
    <Modal opened onClose={close} title={t('keys')} closeButtonProps={{ 'aria-label': t('close') }}>
      <p className={s.keysHow}>{t('keys.how')}</p>
      <dl className={s.keys}>
        {Object.entries(ACTIONS).map(([action, word]) => (
          <Row
            key={action}
            action={action}
            word={word}
            choose={key => void keep({ keys: withKey(map, action, key) })}
          />
        ))}
        <div>
          <dt>{t('keys.disposition')}</dt>
          <dd>
            <Key>1 – 9</Key>
          </dd>
        </div>
        {places.map(({ key, word }) => (
          <div key={word}>
            <dt>{t('keys.go', { place: t(word) })}</dt>
            <dd>
              <Key>G</Key> <Key>{key.toUpperCase()}</Key>
            </dd>
          </div>
        ))}
      </dl>
      {Object.keys(map).length > 0 && (
        <Button
          variant="default"
          size="compact-sm"
          mt="md"
          leftSection={<RotateCcw size={14} aria-hidden="true" />}
          onClick={() => void keep({ keys: {} })}
        >
          {t('keys.reset')}
        </Button>
      )}
      <Switch
        mt="lg"
        checked={on}
        onChange={event => {
          setSingleKeys(event.currentTarget.checked);
          void keep({ single_keys: event.currentTarget.checked });
        }}
        label={t('keys.single')}
        description={t('keys.single_more')}
      />
    </Modal>
  );
}

const MODIFIERS = ['shift', 'control', 'alt', 'meta'];

function Row({ action, word, choose }: { action: string; word: MessageId; choose: (key: string) => void }) {
  const t = useT();
  const { map } = useKeyMap();
  const [listening, setListening] = useState(false);
  const [refused, setRefused] = useState<(Refusal & { key: string }) | null>(null);

  function hear(event: KeyboardEvent): void {
    if (!listening || event.key === 'Tab') return;
    event.preventDefault();
    const name = nameOf(event);
    if (MODIFIERS.includes(name)) return;
    const key = event.ctrlKey || event.metaKey ? `ctrl+${name}` : name;
    const why = event.key === 'Escape' ? null : refusal(map, action, key);
    setRefused(why && { ...why, key });
    setListening(why !== null);
    if (!why && event.key !== 'Escape') choose(key);
  }

  return (
    <div>
      <dt>{t(word)}</dt>
      <dd>
        <button
          type="button"
          className={s.keyChange}
          aria-label={t('keys.change', { what: t(word), key: printed(map[action] ?? action) })}
          aria-pressed={listening}
          data-mantine-stop-propagation={listening}
          onClick={() => setListening(true)}
          onKeyDown={hear}
          onBlur={() => {
            setListening(false);
            setRefused(null);
          }}
        >
          {listening ? t('keys.press') : <Key>{printed(action)}</Key>}
        </button>
      </dd>
      {refused && (
        <ProblemLine>
          {t(`keys.refused.${refused.code}`, {
            key: printed(refused.key),
            what: refused.code === 'taken' ? t(ACTIONS[refused.by] ?? word) : '',
          })}
        </ProblemLine>
      )}
    </div>
  );
}
