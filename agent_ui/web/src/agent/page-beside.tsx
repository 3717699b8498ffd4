/** The customer's page in another system: a button with the pop, or a window that comes by itself where the user allowed it. */

import { ExternalLink } from 'lucide-react';
import { useEffect } from 'react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { Card } from '../protocol';
import { tell } from '../shell/notices';
import { useOwn } from '../shell/own';
import s from './call-card.module.css';
import { pageOf } from './page-of';

/** The call whose page came up last: a reload of this page brings no second window. */
const OPENED = 'helin.page-of';

export function PageBeside({ card, contact }: { card: Card; contact: string }) {
  const t = useT();
  const template = usePicture(({ queues }) => queues[card.queue ?? '']?.pop_url ?? null);
  const bySelf = useOwn(own => own.open_pages === true);
  const address = template ? pageOf(template, card, contact) : null;

  useEffect(() => {
    if (!bySelf || !address || sessionStorage.getItem(OPENED) === card.id) return;
    sessionStorage.setItem(OPENED, card.id);
    const opened = window.open(address, 'helin-page');
    if (opened) opened.opener = null;
    else tell('problem', t('page.blocked'));
  }, [bySelf, address, card.id, t]);

  if (!address) return null;
  return (
    <a className={s.open} href={address} target="helin-page" rel="noopener noreferrer">
      {t('page.open')}
      <ExternalLink size={14} aria-hidden="true" />
    </a>
  );
}
