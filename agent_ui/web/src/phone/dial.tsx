/** A number that is called by a click: the agent's own phone rings first, and this page's phone answers that by itself. */

import { Phone } from 'lucide-react';
import { formatNumber } from '../format';
import { useT } from '../i18n';
import { useLive } from '../live';
import { useCommand } from '../shell/notices';
import { PhoneNumber } from '../ui/parts';
import s from './phone.module.css';

export function DialNumber({ children }: { children: string }) {
  const t = useT();
  const give = useCommand();
  const may = useLive(
    ({ picture }) => picture?.inCharge && picture.me.can.includes('call') && picture.agent.leg === 'none',
  );
  if (!may || !/^[+0-9]/.test(children)) return <PhoneNumber>{children}</PhoneNumber>;
  return (
    <button
      type="button"
      className={s.number}
      title={t('call.dial', { number: formatNumber(children) })}
      onClick={() => void give('call', { to: children })}
    >
      <Phone size={14} aria-hidden="true" /> <PhoneNumber>{children}</PhoneNumber>
    </button>
  );
}
