import type { Role } from '../protocol';

/** What each role is shown. The server enforces it; this only keeps away what would be refused. */
export const sees = (role: Role) => ({
  floor: role === 'supervisor' || role === 'admin' || role === 'campaign_manager',
  /** What queues live by. */
  rules: role === 'supervisor' || role === 'admin',
  admin: role === 'admin',
  deskPath: role === 'agent' ? '/' : '/desk',
});
