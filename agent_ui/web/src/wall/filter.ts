/** What somebody has chosen to see: kept by this browser, and part of the address, so that a TV's can be written down. */

import { useState } from 'react';
import { ALL, type Filter, STATES } from './sums';

const KEY = 'helin.wall';

/** `?queues=support,sales&hide=offline,ready`; what the address says goes before what was kept. */
export function filterOf(search: string, kept: string | null): Filter {
  const asked = new URLSearchParams(search);
  const known = parsed(kept);
  const list = (name: string) => asked.get(name)?.split(',').filter(Boolean);
  const hidden = list('hide');
  return {
    queues: list('queues') ?? known.queues,
    hidden: hidden ? STATES.filter(state => hidden.includes(state)) : known.hidden,
  };
}

export function addressOf(filter: Filter, tv: boolean): string {
  const query = new URLSearchParams();
  if (filter.queues.length > 0) query.set('queues', filter.queues.join(','));
  query.set('hide', filter.hidden.join(','));
  return `/wall${tv ? '/tv' : ''}?${query}`;
}

function parsed(kept: string | null): Filter {
  try {
    const { queues, hidden } = JSON.parse(kept ?? '') as Filter;
    if (!Array.isArray(queues) || !Array.isArray(hidden)) return ALL;
    return {
      queues: queues.filter(each => typeof each === 'string'),
      hidden: STATES.filter(state => hidden.includes(state)),
    };
  } catch {
    return ALL;
  }
}

export function useFilter(): [Filter, (filter: Filter) => void] {
  const [filter, setFilter] = useState(() => filterOf(location.search, localStorage.getItem(KEY)));
  const choose = (next: Filter) => {
    localStorage.setItem(KEY, JSON.stringify(next));
    setFilter(next);
  };
  return [filter, choose];
}
