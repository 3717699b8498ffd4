/** A screen that is signed in as one: the wall, and nothing else. */

import { useT } from '../i18n';
import { useLive } from '../live';
import { useKeptPreferences } from '../shell/preferences';
import ui from '../ui/ui.module.css';
import AlarmEars from './alarm-ears';
import Tv from './tv';

export default function OnTheWall() {
  const t = useT();
  const ready = useLive(live => live.picture !== null);
  const away = useLive(live => live.link === 'reconnecting');
  useKeptPreferences();
  return (
    <main>
      {ready ? (
        <>
          <Tv />
          <AlarmEars />
        </>
      ) : (
        <p className={ui.alone} role="status">
          {away ? t('server.away') : ''}
        </p>
      )}
    </main>
  );
}
