/** What a supervisor may do to an agent now. */

import type { Agent } from '../protocol';

export const MODES = ['listen', 'whisper', 'barge'] as const;

/** `in_call`: what is about the call; `states`: what the agent may be brought to. */
export function actsOn(agent: Agent, can: string[], self: string) {
  const talks = agent.call !== null && (agent.leg === 'talking' || agent.leg === 'hold') && agent.id !== self;
  const calls = [...MODES, 'take_over' as const].filter(each => talks && can.includes(each));
  const states = can.includes('force_state')
    ? {
        ready: agent.state === 'paused' || agent.state === 'offline' || agent.booked != null,
        wrapped_up: agent.state === 'wrap_up',
        paused: agent.state !== 'offline',
        offline: agent.state !== 'offline',
      }
    : null;
  return {
    calls,
    states,
    moves: can.includes('move_agent'),
    writes: can.includes('message') && agent.id !== self,
  };
}
