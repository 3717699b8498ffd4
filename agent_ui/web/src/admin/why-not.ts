/** Why an administrator's change was not taken, as a sentence. */

import { Problem } from '../api';
import type { T } from '../i18n';

export function whyNot(error: unknown, t: T): string {
  if (!(error instanceof Problem) || ![409, 422].includes(error.status)) return t('save.failed');
  return error.status === 409 && error.detail.includes('meanwhile')
    ? t('save.meanwhile')
    : t('save.refused', { why: error.detail });
}
