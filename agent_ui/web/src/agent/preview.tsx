/** A lead that the agent looks at before it is dialled: who it is, what to say, and then the call, or back into the list. */

import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ListRestart, PhoneOutgoing, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { ask, Problem } from '../api';
import { useT } from '../i18n';
import { usePicture } from '../live';
import type { ShownCampaign, ShownLead } from '../protocol';
import { tell, useCommand } from '../shell/notices';
import LeadBeside from './lead';
import s from './lead.module.css';

interface KeptLead {
  campaign: ShownCampaign;
  lead: ShownLead;
  until: string;
}

const AGAIN = 30_000;

const asked = {
  previews: () => ask<{ items: { id: string; name: string }[] }>('GET', '/leads/previews'),
  next: () => ask<KeptLead>('POST', '/leads/next'),
  release: (lead: string) => ask<void>('POST', `/leads/${encodeURIComponent(lead)}/release`),
};

export default function Preview() {
  const t = useT();
  const give = useCommand();
  const ready = usePicture(({ agent }) => agent.state === 'ready' && agent.leg === 'none');
  const { data } = useQuery({ queryKey: ['previews'], queryFn: asked.previews, refetchInterval: AGAIN });
  const [kept, setKept] = useState<KeptLead | null>(null);
  const [busy, setBusy] = useState(false);
  if (!kept && !data?.items.length) return null;

  async function doing(what: () => Promise<void>): Promise<void> {
    setBusy(true);
    await what().catch((problem: unknown) =>
      tell('problem', t('preview.none'), problem instanceof Problem ? problem.message : ''),
    );
    setBusy(false);
  }
  const next = () => doing(async () => setKept(await asked.next()));
  const dial = (lead: string) =>
    doing(async () => {
      if (await give('dial_lead', { lead })) setKept(null);
    });
  const release = (lead: string) => doing(async () => setKept(await asked.release(lead).then(() => null)));

  if (!kept)
    return (
      <section className={s.preview} aria-label={t('preview.title')}>
        <p>{data?.items.map(each => each.name).join(', ')}</p>
        <Button
          loading={busy}
          onClick={() => void next()}
          leftSection={<ListRestart size={18} aria-hidden="true" />}
        >
          {t('preview.next')}
        </Button>
      </section>
    );
  const { id, number } = kept.lead;
  return (
    <section className={s.preview} aria-label={t('preview.title')}>
      <LeadBeside campaign={kept.campaign} lead={kept.lead} />
      <div className={s.previewWays}>
        <Button
          loading={busy}
          disabled={!ready}
          onClick={() => void dial(id)}
          leftSection={<PhoneOutgoing size={18} aria-hidden="true" />}
        >
          {t('preview.dial', { number })}
        </Button>
        <Button
          variant="default"
          disabled={busy}
          onClick={() => void release(id)}
          leftSection={<Undo2 size={18} aria-hidden="true" />}
        >
          {t('preview.release')}
        </Button>
        {!ready && <span>{t('preview.be_ready')}</span>}
      </div>
    </section>
  );
}
