import { Modal, Switch } from '@mantine/core';
import { type MessageId, useT } from '../i18n';
import { Key } from '../ui/parts';
import s from './shell.module.css';
import { setSingleKeys, useSingleKeys } from './shortcuts';

const KEYS: [string, MessageId][] = [
  ['R', 'keys.ready'],
  ['P', 'keys.pause'],
  ['O', 'keys.leave'],
  ['N', 'keys.note'],
  ['K', 'keys.recording'],
  ['1 – 6', 'keys.disposition'],
  ['Ctrl ↵', 'keys.save'],
  ['Ctrl K', 'keys.search'],
  ['?', 'keys.sheet'],
];

export default function KeySheet({
  places,
  close,
}: {
  places: { key: string; word: MessageId }[];
  close: () => void;
}) {
  const t = useT();
  const { on } = useSingleKeys();
  return (
    <Modal opened onClose={close} title={t('keys')} closeButtonProps={{ 'aria-label': t('close') }}>
      <dl className={s.keys}>
        {KEYS.map(([key, word]) => (
          <div key={key}>
            <dt>{t(word)}</dt>
            <dd>
              <Key>{key}</Key>
            </dd>
          </div>
        ))}
        {places.map(({ key, word }) => (
          <div key={word}>
            <dt>{t('keys.go', { place: t(word) })}</dt>
            <dd>
              <Key>G</Key> <Key>{key.toUpperCase()}</Key>
            </dd>
          </div>
        ))}
      </dl>
      <Switch
        mt="lg"
        checked={on}
        onChange={event => setSingleKeys(event.currentTarget.checked)}
        label={t('keys.single')}
        description={t('keys.single_more')}
      />
    </Modal>
  );
}
