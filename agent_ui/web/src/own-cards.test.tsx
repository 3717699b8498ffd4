// @vitest-environment happy-dom
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useLive, useOwnCards } from './live';
import { card, queue } from './samples';
import { show } from './test-page';

/** What happens to others: the picture is another, the own cards are not. */
function others(n: number): void {
  act(() =>
    useLive.setState(({ picture }) => ({
      picture: picture && {
        ...picture,
        calls: { ...picture.calls, other: card('other', { transfers: n }) },
      },
    })),
  );
}

it('draws nothing anew for what others do', () => {
  show({ calls: [card('mine', { ringing: ['agent1'] })] });
  let drawn = 0;
  const { result } = renderHook(() => {
    drawn += 1;
    return useOwnCards();
  });
  const before = drawn;
  expect(result.current.map(each => each.card.id)).toEqual(['mine']);
  for (let n = 0; n < 5; n += 1) others(n);
  expect(drawn).toBe(before);
});

it('shows a ring whose pop is still to come, once for each picture', () => {
  show({
    calls: [card('mine', { queue: 'support', ringing: ['agent1'], name: 'Mari' })],
    queues: [queue('support', { pop_on: 'answer' })],
  });
  const { result } = renderHook(() => useOwnCards());
  others(1);
  expect(result.current.map(each => each.card.name)).toEqual([null]);
});
