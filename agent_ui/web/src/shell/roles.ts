import type { Role } from '../protocol';

/** What each role is shown. The server enforces it; this only keeps away what would be refused. */
export const sees = (role: Role) => ({
  floor: role === 'leader' || role === 'supervisor' || role === 'admin' || role === 'campaign_manager',
  /** The wallboard and reports: of all, or of the own team. */
  wall: role === 'leader' || role === 'supervisor' || role === 'admin',
  /** What queues live by. */
  rules: role === 'supervisor' || role === 'admin',
  campaigns: role === 'supervisor' || role === 'campaign_manager' || role === 'admin',
  /** Makes campaigns, starts and stops them. */
  runsCampaigns: role === 'campaign_manager' || role === 'admin',
  admin: role === 'admin',
  deskPath: role === 'agent' ? '/' : '/desk',
});
