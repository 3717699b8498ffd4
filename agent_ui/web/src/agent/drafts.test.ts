// @vitest-environment happy-dom

import { act, renderHook } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { dropDraft, sweepDrafts, useDraft } from './drafts';

beforeEach(() => sweepDrafts(true));

it('survives a reload', () => {
  const first = renderHook(() => useDraft('agent1', 'c1'));
  act(() => first.result.current[1]({ note: 'calls back at 3' }));
  act(() => first.result.current[1]({ disposition: 'callback' }));
  const kept = localStorage.getItem('helin.draft.agent1.c1');
  sweepDrafts(true);
  localStorage.setItem('helin.draft.agent1.c1', kept ?? '');
  const again = renderHook(() => useDraft('agent1', 'c1'));
  expect(again.result.current[0]).toMatchObject({
    note: 'calls back at 3',
    disposition: 'callback',
    contact: '',
  });
  expect(renderHook(() => useDraft('agent2', 'c1')).result.current[0].note).toBe('');
});

it('is gone once saved', () => {
  const { result } = renderHook(() => useDraft('agent1', 'c1'));
  act(() => result.current[1]({ note: 'x' }));
  act(() => dropDraft('agent1', 'c1'));
  expect(result.current[0].note).toBe('');
  expect(localStorage.length).toBe(0);
});

it('is not kept for longer than a day, nor when it is not ours', () => {
  const { result } = renderHook(() => useDraft('agent1', 'c1'));
  act(() => result.current[1]({ note: 'x' }));
  localStorage.setItem('helin.draft.broken', '{');
  localStorage.setItem('other', '1');
  sweepDrafts(false);
  expect(Object.keys(localStorage).sort()).toEqual(['helin.draft.agent1.c1', 'other']);
  sweepDrafts(false, Date.now() + 25 * 3600_000);
  expect(Object.keys(localStorage)).toEqual(['other']);
});
