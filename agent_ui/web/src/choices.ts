/** What an agent may choose from. The words for them are in the language files; a test looks that none is missing. */

import type { Agent, AgentLeg, Availability } from './protocol';

/** What came of a call. */
export const DISPOSITIONS = [
  'resolved',
  'follow_up',
  'callback',
  'passed_on',
  'wrong_number',
  'other',
] as const;

export const PAUSE_REASONS = ['lunch', 'break', 'meeting', 'training', 'other_work'] as const;

export type OneState = Availability | Exclude<AgentLeg, 'none'>;

/** What an agent is doing, in one word: the leg when there is one, else the availability. */
export function stateOf(agent: Agent): OneState {
  return agent.leg === 'none' ? agent.state : agent.leg;
}
