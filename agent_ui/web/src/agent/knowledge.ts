/** Whether the articles lie open beside the call, and what is looked for in them: it stays while calls come and go. */

import { create } from 'zustand';

interface Knowledge {
  open: boolean;
  typed: string;
  /** The article that is read; null: the list. */
  reading: string | null;
}

export const useKnowledge = create<Knowledge>(() => ({ open: false, typed: '', reading: null }));

export function openKnowledge(): void {
  useKnowledge.setState({ open: true });
}

export function closeKnowledge(): void {
  useKnowledge.setState({ open: false });
}
