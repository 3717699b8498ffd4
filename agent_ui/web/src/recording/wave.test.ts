import { expect, it } from 'vitest';
import { keyMeans, waveOf } from './wave';

it('draws each peak around the middle', () => {
  expect(waveOf([100, 0])).toBe('M0 50L0 0L1 0L1 49.5L2 49.5L2 50L2 50.5L1 50.5L1 100L0 100Z');
  expect(waveOf([])).toBe('M0 50L0 50Z');
});

it('moves within the recording and between the speeds', () => {
  expect(keyMeans(' ', 3, 60, 1)).toEqual({ toggle: true });
  expect(keyMeans('ArrowLeft', 3, 60, 1)).toEqual({ at: 0 });
  expect(keyMeans('ArrowRight', 58, 60, 1)).toEqual({ at: 60 });
  expect(keyMeans('ArrowUp', 0, 60, 2)).toEqual({ speed: 2 });
  expect(keyMeans('ArrowDown', 0, 60, 1)).toEqual({ speed: 0.75 });
  expect(keyMeans('x', 0, 60, 1)).toBeNull();
});
