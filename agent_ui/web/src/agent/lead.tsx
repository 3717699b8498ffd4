/** Whom a campaign dials and what is said to them: the script a step at a time, and what the dial list knew of the lead. */

import { useState } from 'react';
import { filled as filledWith } from '../campaigns/script';
import { useLanguage, useT } from '../i18n';
import type { ShownCampaign, ShownLead } from '../protocol';
import s from './lead.module.css';

export default function LeadBeside({ campaign, lead }: { campaign: ShownCampaign; lead: ShownLead }) {
  const t = useT();
  const fields = Object.entries(lead.fields).filter(([, value]) => String(value ?? '') !== '');
  return (
    <section className={s.lead} aria-label={t('lead.title')}>
      <header className={s.head}>
        <strong>
          <bdi>{lead.name}</bdi>
        </strong>
        <span>
          <bdi>{campaign.name}</bdi> · {t('lead.attempt', { count: lead.attempt })}
        </span>
      </header>
      {campaign.script && <Script campaign={campaign} lead={lead} />}
      {fields.length > 0 && (
        <dl className={s.fields}>
          {fields.map(([name, value]) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{String(value)}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Script({ campaign, lead }: { campaign: ShownCampaign; lead: ShownLead }) {
  const t = useT();
  const own = useLanguage();
  const [path, setPath] = useState<string[]>([]);
  const script = campaign.script;
  const step = script?.steps[path.at(-1) ?? script.first];
  if (!step) return null;
  const said = (text: Record<string, string>) => inLanguage(text, lead.language, own);
  return (
    <div className={s.script}>
      <p>
        <bdi>{filled(said(step.text), campaign, lead)}</bdi>
      </p>
      <div className={s.ways}>
        {step.next.map(way =>
          way.to === undefined ? (
            <span key={said(way.label)} className={s.end}>
              <bdi>{said(way.label)}</bdi>
            </span>
          ) : (
            <button key={said(way.label)} type="button" onClick={() => setPath([...path, way.to ?? ''])}>
              <bdi>{said(way.label)}</bdi>
            </button>
          ),
        )}
        {path.length > 0 && (
          <button type="button" className={s.back} onClick={() => setPath(path.slice(0, -1))}>
            {t('lead.back')}
          </button>
        )}
      </div>
    </div>
  );
}

/** The customer's language where the script has it, else the agent's, else any. */
export function inLanguage(text: Record<string, string>, customers: string | null, own: string): string {
  return text[customers ?? ''] ?? text[own] ?? Object.values(text)[0] ?? '';
}

/** `{name}`, `{company}` and whatever the dial list called its columns; what nobody knows stays as it is written. */
export function filled(text: string, campaign: ShownCampaign, lead: ShownLead): string {
  const known = { ...lead.fields, name: lead.name, number: lead.number, company: campaign.company };
  const values = Object.entries(known).filter(([, value]) => (value ?? '') !== '');
  return filledWith(text, Object.fromEntries(values.map(([name, value]) => [name, String(value)])));
}
