/** A campaign that is not there yet: the same form. */

import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';
import admin from '../admin/admin.module.css';
import { useT } from '../i18n';
import ui from '../ui/ui.module.css';
import { SettingsPart } from './settings-part';

export default function NewCampaign() {
  const t = useT();
  return (
    <div className={ui.page}>
      <header>
        <Link href="/campaigns" className={admin.back}>
          <ArrowLeft size={16} aria-hidden="true" />
          {t('nav.campaigns')}
        </Link>
        <div className={ui.title}>
          <h1>{t('campaigns.add')}</h1>
        </div>
      </header>
      <SettingsPart campaign={null} />
    </div>
  );
}
