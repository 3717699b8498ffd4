import type { Role } from '../protocol';

/** What each role is shown. The server enforces it; this only keeps away what would be refused. */
export const sees = (role: Role) => ({
  floor: role === 'supervisor' || role === 'admin' || role === 'campaign_manager',
  admin: role === 'admin',
  deskPath: role === 'agent' ? '/' : '/desk',
});
