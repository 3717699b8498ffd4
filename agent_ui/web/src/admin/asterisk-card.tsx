/** What a queue needs in Asterisk: Helin writes nothing there, so the lines stand here to be taken. */

import { CircleCheck, Copy, TriangleAlert } from 'lucide-react';
import { useT } from '../i18n';
import { tell } from '../shell/notices';
import { CardBox } from '../ui/parts';
import s from './admin.module.css';
import { asteriskLines } from './fields';

interface Props {
  name: string;
  mode: 'assist' | 'direct';
  /** The Asterisk that has shown this queue. */
  seen: string | null;
}

const RELOAD = 'asterisk -rx "queue reload all"\nasterisk -rx "dialplan reload"';

export function AsteriskCard({ name, mode, seen }: Props) {
  const t = useT();
  return (
    <CardBox title={t('queue.in_asterisk')}>
      <div className={`${s.sheet} ${s.underTitle}`}>
        <p className={seen ? s.seen : s.unseen} role="status">
          {seen ? (
            <CircleCheck size={18} aria-hidden="true" />
          ) : (
            <TriangleAlert size={18} aria-hidden="true" />
          )}
          <span>{seen ? t('queue.seen', { name: seen }) : t('queue.unseen')}</span>
        </p>
        <details open={!seen}>
          <summary>{t('queue.lines')}</summary>
          <div className={s.sheet}>
            {asteriskLines(name || 'NAME', mode).map(({ file, what, lines }) => (
              <Snippet key={what} title={file} lines={lines}>
                {t(`queue.lines.${what}`)}
              </Snippet>
            ))}
            <Snippet title={t('queue.lines.then')} lines={RELOAD}>
              {t('queue.lines.reload')}
            </Snippet>
          </div>
        </details>
      </div>
    </CardBox>
  );
}

function Snippet({ title, lines, children }: { title: string; lines: string; children: string }) {
  const t = useT();
  // A page without https has no clipboard.
  const copy = navigator.clipboard
    ? () => void navigator.clipboard.writeText(`${lines}\n`).then(() => tell('done', t('copied')))
    : null;
  return (
    <section className={s.snippet} aria-label={title}>
      <header>
        <strong>{title}</strong>
        {copy && (
          <button type="button" onClick={copy} aria-label={`${t('copy')}: ${title}`}>
            <Copy size={15} aria-hidden="true" />
            {t('copy')}
          </button>
        )}
      </header>
      <p className={s.hint}>{children}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard (WCAG 2.1.1) */}
      <pre tabIndex={0}>{lines}</pre>
    </section>
  );
}
