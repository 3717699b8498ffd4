/** The picture a few times a second, however often it changes: a thousand agents do not draw the page a thousand times. */

import { useEffect, useState } from 'react';
import { useLive } from '../live';
import type { Picture } from '../reduce';

/** Milliseconds between two pictures; the first change after a rest is drawn at once. */
export const SETTLES = 100;

export function useSettledPicture(): Picture {
  const [picture, setPicture] = useState(() => useLive.getState().picture);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stale = false;
    const draw = () => {
      stale = false;
      setPicture(useLive.getState().picture);
      timer = setTimeout(() => {
        timer = undefined;
        if (stale) draw();
      }, SETTLES);
    };
    const stop = useLive.subscribe((now, before) => {
      if (now.picture === before.picture) return;
      stale = true;
      if (timer === undefined) draw();
    });
    draw();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  if (!picture) throw new Error('there is no picture yet');
  return picture;
}
