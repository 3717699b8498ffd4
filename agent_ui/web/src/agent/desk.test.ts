import { describe, expect, it } from 'vitest';
import { begin } from '../reduce';
import { call, card, segment, snapshot, T0 } from '../samples';
import { claimedName, deskAfter, emptyDesk, ownCards, phaseOf } from './desk';

const at = T0;
const mine = segment('agent1');
const over = segment('agent1', { ended_at: T0 });

describe('phaseOf', () => {
  it.each([
    [card('c', { ringing: ['agent1'] }), 'ringing'],
    [card('c', { segments: [mine] }), 'talking'],
    [card('c', { segments: [segment('agent1', { held: true })] }), 'hold'],
    [card('c', { segments: [over], state: 'ended' }), 'ended'],
    [card('c', { segments: [segment('agent2')] }), null],
    [card('c', { segments: [over], ringing: ['agent2'] }), null],
  ])('%#', (one, phase) => expect(phaseOf(one, 'agent1')).toBe(phase));
});

it('puts the talk before the ring', () => {
  const { picture } = begin(
    snapshot({
      calls: [
        card('ring', { ringing: ['agent1'] }),
        card('other', { segments: [segment('agent2')] }),
        card('talk', { segments: [mine], started_at: '2026-11-24T09:00:00Z' }),
      ],
    }),
  );
  expect(ownCards(picture).map(each => each.card.id)).toEqual(['talk', 'ring']);
});

describe('deskAfter', () => {
  const contacts = [{ id: '1', name: 'Mari', account: null, tier: null, open_tickets: 0 }];

  it('keeps a talk that ended, with its pop, for the wrap-up', () => {
    const { picture } = begin(snapshot({ calls: [card('c', { segments: [mine], contacts })] }));
    const ended = call('c', { segments: [over], state: 'ended' });
    const desk = deskAfter(emptyDesk, picture, { type: 'call.ended', seq: 2, at, call: ended, gone: true });
    expect(desk.ended).toMatchObject({ id: 'c', state: 'ended', contacts });
  });

  it('keeps a call that was passed on to somebody else', () => {
    const { picture } = begin(snapshot({ calls: [card('c', { segments: [mine] })] }));
    const moved = call('c', { segments: [over, segment('agent2')] });
    const desk = deskAfter(emptyDesk, picture, { type: 'call.changed', seq: 2, at, call: moved, gone: true });
    expect(desk.ended?.id).toBe('c');
  });

  it('tells a missed ring from a talk', () => {
    const { picture } = begin(snapshot({ calls: [card('c', { ringing: ['agent1'] })] }));
    const missed = deskAfter(emptyDesk, picture, {
      type: 'call.missed',
      seq: 2,
      at,
      call: call('c'),
      agent: 'agent1',
      reason: 'no_answer',
      gone: true,
    });
    expect([missed.ended, missed.missed?.card.id]).toEqual([null, 'c']);
  });

  it('clears the desk when the next call is answered', () => {
    const { picture } = begin(snapshot({ calls: [card('d', { ringing: ['agent1'] })] }));
    const full = { ended: card('c'), missed: null };
    const event = {
      type: 'call.answered',
      seq: 2,
      at,
      call: call('d', { segments: [mine] }),
      agent: 'agent1',
    } as const;
    expect(deskAfter(full, picture, event)).toEqual(emptyDesk);
    expect(deskAfter(full, picture, { ...event, agent: 'agent2' })).toBe(full);
  });
});

it('believes no claim that only repeats the number', () => {
  expect(claimedName({ name: '+3725550123', number: '+3725550123' })).toBeNull();
  expect(claimedName({ name: ' ', number: null })).toBeNull();
  expect(claimedName({ name: 'MARI M', number: null })).toBe('MARI M');
});
