/** Lines of the phone that no card stands for: Helin's engine is away, or the agent tests the echo. They can always be answered and ended. */

import { Button } from '@mantine/core';
import { Phone, PhoneOff } from 'lucide-react';
import { plain } from '../format';
import { useT } from '../i18n';
import { useOwnCards } from '../live';
import { PhoneNumber } from '../ui/parts';
import { type Line, lineOf } from './line';
import s from './phone.module.css';
import { controls, usePhone } from './state';

export function LooseLines() {
  const lines = usePhone(phone => phone.lines);
  const cards = useOwnCards().filter(each => each.phase !== 'ended');
  const carried = cards.map(({ card }) => lineOf(lines, card, cards.length)?.id);
  return lines.filter(line => !carried.includes(line.id)).map(line => <Loose key={line.id} line={line} />);
}

function Loose({ line }: { line: Line }) {
  const t = useT();
  const rings = line.state === 'ringing';
  return (
    <div className={s.loose} role="status">
      <Phone size={18} aria-hidden="true" />
      <strong>
        {t(rings ? 'phase.ringing' : line.state === 'dialling' ? 'phase.calling' : 'phase.talking')}{' '}
        <bdi>{plain(line.name)}</bdi> <PhoneNumber>{line.number}</PhoneNumber>
      </strong>
      {rings && (
        <Button size="compact-md" onClick={() => void controls()?.answer(line.id)}>
          {t('call.answer')}
        </Button>
      )}
      <Button
        className={s.hangUp}
        size="compact-md"
        leftSection={<PhoneOff size={16} aria-hidden="true" />}
        onClick={() => (rings ? controls()?.decline(line.id) : controls()?.hangUp(line.id))}
      >
        {t(rings ? 'call.decline' : 'call.hang_up')}
      </Button>
    </div>
  );
}
