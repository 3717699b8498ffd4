import type { Picture } from '../reduce';

/** Whether there is something to show of stepping in: somebody asks for help, or listens. */
export function isSteered({ listening, helps }: Picture): boolean {
  return Object.keys(listening).length + Object.keys(helps).length > 0;
}
