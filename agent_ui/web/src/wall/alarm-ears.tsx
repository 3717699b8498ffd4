/** A sound and a notification of the browser when a queue passes its limit, for who has asked for them on this computer. */

import { useEffect } from 'react';
import { onEvent } from '../live';
import { ALARM, play } from '../ui/notes';
import { wishes } from './alarm-wishes';
import { useAlarmWords } from './alarm-words';

export default function AlarmEars() {
  const words = useAlarmWords();
  useEffect(
    () =>
      onEvent(event => {
        if (event.type !== 'alarm' || event.gone || !event.alarm.queue) return;
        const { sound, notify } = wishes();
        if (sound) play(ALARM);
        if (notify && 'Notification' in window && Notification.permission === 'granted')
          new Notification('Helin', { body: words(event.alarm), tag: event.alarm.id });
      }),
    [words],
  );
  return null;
}
