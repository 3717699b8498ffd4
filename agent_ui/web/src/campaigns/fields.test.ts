import { expect, it } from 'vitest';
import { campaign } from '../dev/campaigns';
import { campaignFields, FRESH, percentOf, settingsOf, versionFor } from './fields';

const form = (given: Record<string, string>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(given)) data.set(name, value);
  return data;
};
const WHOLE = { name: ' Kevad ', queue: 'arved', profile: 'ee', ring_seconds: '30', value: '12,5' };

it('reads a percentage as a share, and none as the profile’s', () => {
  const ahead = (limit: string) =>
    campaignFields(form({ ...WHOLE, mode: 'predictive', abandonment_limit: limit, reason: '' }), FRESH);
  expect(ahead('2.5').settings.abandonment_limit).toBe(0.025);
  expect(ahead('').settings.abandonment_limit).toBeNull();
  expect(ahead('0').settings).toMatchObject({ abandonment_limit: 0, amd: false, value: 12.5 });
  expect(ahead('1')).toMatchObject({ name: 'Kevad', profile: 'EE', mode: 'predictive', reason: null });
});

it('leaves alone what its mode does not ask for', () => {
  const had = {
    ...FRESH,
    reason: 'why',
    settings: { ...FRESH.settings, abandonment_limit: 0.02, amd: true },
  };
  const changed = campaignFields(form({ ...WHOLE, mode: 'preview', reserve_seconds: '60' }), had);
  expect(changed.reason).toBe('why');
  expect(changed.settings).toMatchObject({ abandonment_limit: 0.02, amd: true, reserve_seconds: 60 });
});

it('shows a share as it was written', () => {
  expect([percentOf(0.029), percentOf(0.0005), percentOf(null)]).toEqual([2.9, 0.05, '']);
});

it('takes a start meanwhile for no change of what is filled in, but a change for one', () => {
  const filled = campaign('3', { version: 3 });
  const started = campaign('3', { version: 4, state: 'paused' });
  expect(versionFor(filled, started, settingsOf)).toBe(4);
  expect(versionFor(filled, { ...started, company: 'X' }, settingsOf)).toBe(3);
});
