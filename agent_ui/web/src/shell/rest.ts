import { useEffect, useState } from 'react';

/** What was typed, once the typing rests. */
export function useRest(text: string, ms = 160): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return rested;
}
