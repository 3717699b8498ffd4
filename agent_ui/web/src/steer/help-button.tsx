/** The agent asks every supervisor for help in this call, or takes it back. */

import { LifeBuoy } from 'lucide-react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import s from '../recording/recording.module.css';
import { useCommand } from '../shell/notices';

export function HelpButton({ call }: { call: string }) {
  const t = useT();
  const give = useCommand();
  const asked = usePicture(({ helps, me }) => helps[me.login]?.call === call);
  return (
    <div className={s.light}>
      <button
        type="button"
        aria-pressed={asked}
        onClick={() => void give(asked ? 'help_over' : 'help', { call })}
      >
        <LifeBuoy size={18} aria-hidden="true" />
        <span>{t(asked ? 'help.asked' : 'help')}</span>
        {asked && <small>{t('help.take_back')}</small>}
      </button>
    </div>
  );
}
