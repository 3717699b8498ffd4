/** Takes the place of zustand in tests: every store goes back to how it began when a test is over, since all files share their modules. */

import { create as made, type UseBoundStore } from 'zustand/react';
import type { StateCreator, StoreApi } from 'zustand/vanilla';

const resets: (() => void)[] = [];

export function resetStores(): void {
  for (const reset of resets) reset();
}

export function create<T>(begin: StateCreator<T>): UseBoundStore<StoreApi<T>> {
  const store = made<T>()(begin);
  resets.push(() => store.setState(store.getInitialState(), true));
  return store;
}
