/** The door in a page that had somebody inside before. */

import { useEffect, useRef } from 'react';
import { openDoor } from '../door/door';
import { queries } from '../queries';

export default function SignIn() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      place.current ? openDoor(place.current, user => void queries.setQueryData(['me'], user)) : undefined,
    [],
  );
  return <div ref={place} />;
}
