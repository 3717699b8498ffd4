/** What the form of a campaign holds, in the server's words. Pure. */

import { type Campaign, type CampaignFields, MODES, SHARES } from './api';

export const FRESH: CampaignFields = {
  name: '',
  queue: '',
  mode: 'preview',
  profile: '',
  caller_number: null,
  company: null,
  reason: null,
  settings: {
    ring_seconds: 25,
    abandonment_limit: null,
    amd: true,
    reserve_seconds: 120,
    attempts: 6,
    attempts_per_day: 3,
    legal_sound: '',
    value: null,
    currency: 'EUR',
    retry: {},
    retry_dispositions: {},
    recycle: {},
    recycle_times: 1,
    callback_mine_minutes: 30,
    callback_hours: 48,
    share: 'none',
    quotas: {},
  },
};

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim();
const some = (form: FormData, name: string) => text(form, name) || null;

function number(form: FormData, name: string): number | null {
  const written = text(form, name).replace(',', '.');
  return written === '' ? null : Number(written);
}

/** Of a share, as it is written into a field. */
export const percentOf = (share: number | null) => (share === null ? '' : Math.round(share * 10_000) / 100);

/** `had` stands for what the form does not ask for in its mode. */
export function campaignFields(form: FormData, had: CampaignFields): CampaignFields {
  const asked = (name: string, else_: number) => number(form, name) ?? else_;
  const limit = number(form, 'abandonment_limit');
  const { settings } = had;
  const ahead = form.has('abandonment_limit');
  return {
    name: text(form, 'name'),
    queue: text(form, 'queue'),
    mode: MODES.find(mode => mode === text(form, 'mode')) ?? had.mode,
    profile: text(form, 'profile').toUpperCase(),
    caller_number: some(form, 'caller_number'),
    company: some(form, 'company'),
    reason: form.has('reason') ? some(form, 'reason') : had.reason,
    settings: {
      ...tables(form, settings),
      ring_seconds: asked('ring_seconds', settings.ring_seconds),
      abandonment_limit: ahead
        ? limit === null
          ? null
          : Math.round(limit * 100) / 10_000
        : settings.abandonment_limit,
      amd: ahead ? form.get('amd') !== null : settings.amd,
      reserve_seconds: asked('reserve_seconds', settings.reserve_seconds),
      attempts: asked('attempts', settings.attempts),
      attempts_per_day: asked('attempts_per_day', settings.attempts_per_day),
      legal_sound: ahead ? text(form, 'legal_sound') : settings.legal_sound,
      value: number(form, 'value'),
      currency: text(form, 'currency').toUpperCase() || settings.currency,
      recycle_times: asked('recycle_times', settings.recycle_times),
      callback_mine_minutes: asked('callback_mine_minutes', settings.callback_mine_minutes),
      callback_hours: asked('callback_hours', settings.callback_hours),
      share: SHARES.find(each => each === text(form, 'share')) ?? settings.share,
    },
  };
}

const TABLES = ['retry', 'retry_dispositions', 'recycle', 'quotas'] as const;
type Tables = Pick<CampaignFields['settings'], (typeof TABLES)[number]>;

/** Quotas stay while leads are shared out otherwise: their rows are not in the form then. */
function tables(form: FormData, had: Tables): Tables {
  const { retry, retry_dispositions, recycle, quotas } = had;
  const found: Tables = { retry, retry_dispositions, recycle, quotas };
  for (const name of TABLES) {
    if (!form.has('share') || (name === 'quotas' && text(form, 'share') !== 'quota')) continue;
    const values = form.getAll(`${name}.value`);
    found[name] = Object.fromEntries(
      form.getAll(`${name}.key`).map((key, at) => [String(key), Number(values[at])]),
    );
  }
  return found;
}

/** The rule of a list that is a search: what is not filled in says nothing. */
export function segmentOf(form: FormData): Record<string, string | number> {
  const names = ['tier', 'language', 'account', 'bought', 'not_bought'];
  const said = names.map(name => [name, text(form, name)] as const).filter(([, value]) => value);
  const days = number(form, 'last_contact_days');
  return { ...Object.fromEntries(said), ...(days ? { last_contact_days: days } : {}) };
}

/** All that the form asks for. */
export const settingsOf = ({
  name,
  queue,
  mode,
  profile,
  caller_number,
  company,
  reason,
  settings,
}: Campaign) =>
  ({ name, queue, mode, profile, caller_number, company, reason, settings }) satisfies CampaignFields;

/**
 * Which version a change is of. A start or a pause makes a new one, too; who fills in a form meanwhile has lost nothing as long as what it was
 * filled with (`part`) still is so.
 */
export function versionFor(filled: Campaign, now: Campaign, part: (campaign: Campaign) => unknown): number {
  return JSON.stringify(part(filled)) === JSON.stringify(part(now)) ? now.version : filled.version;
}
