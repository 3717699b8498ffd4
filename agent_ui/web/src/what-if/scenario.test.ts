import { expect, it } from 'vitest';
import type { Figures } from '../api';
import { AS_SET, gaveUp, inTime, pathOf, scenarioOf, tiersOf } from './scenario';

const part = (in_time: number | null) => ({ at: 0, offered: 1, in_time, wait_mean: null });
const FIGURES = {
  offered: 10,
  abandoned: 1,
  within_target: 8,
  tiers: { B: {}, '': {} },
  over_time: [part(1), part(null), part(0), part(0.5)],
} as unknown as Figures;

it('leaves out what stays as the queues have it', () => {
  expect(scenarioOf(AS_SET, 'x')).toEqual({ name: 'x', policy: 'rules', agents: 0 });
  expect(scenarioOf({ policy: 'fifo', target: '15', longest: '90', agents: '-2' }, 'y')).toEqual({
    name: 'y',
    policy: 'fifo',
    target_seconds: 15,
    max_wait_seconds: 90,
    agents: -2,
  });
});

it('says what the figures mean', () => {
  expect([inTime(FIGURES), gaveUp(FIGURES), tiersOf([FIGURES])]).toEqual([0.8, 0.1, ['', 'B']]);
});

it('draws a line with a gap where nobody called', () => {
  expect(pathOf(FIGURES, 80, 10)).toBe('M10.0 0.0M50.0 10.0L70.0 5.0');
});
