/**
 * The panel without a server, for looking at it: `npm run dev`, then `/dev.html?scene=ringing&role=agent`. Not part of the build.
 * Scenes: rest, ringing, late, shared, stranger, hostile, veiled, talking, received, two, wrap,
 * forced, offline, paused, away; `login` shows the sign-in page.
 */

import { installServer } from './server';

const ROLES = ['agent', 'leader', 'supervisor', 'campaign_manager', 'admin', 'viewer'] as const;
const params = new URLSearchParams(location.search);
const role = ROLES.find(each => each === params.get('role')) ?? 'agent';
installServer(params.get('scene') ?? 'rest', role);
const at = params.get('at');
if (at) history.replaceState(null, '', at);
else history.replaceState(null, '', '/');
await import('../main');
