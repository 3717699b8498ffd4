/**
 * What is wrong right now, small and honest, above the work and never over it. A lost link is told beside the page: it comes and goes
 * by itself, and what somebody is about to click must not move.
 */

import { Button } from '@mantine/core';
import { CloudOff, MonitorSmartphone, PhoneOff, Sparkles, TriangleAlert, WifiOff } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { useT } from '../i18n';
import { hasCall, takeOver, useLive } from '../live';
import { TroubleButton, usePhoneTrouble } from '../phone/troubles';
import { PauseBanner } from '../states/pause-banner';
import { isSteered } from '../steer/steered';
import { useAlarmWords } from '../wall/alarm-words';
import { renew, useRenewal } from './renewal';
import s from './shell.module.css';

const Steering = lazy(() => import('../steer/steering'));

export function Banners() {
  return (
    <div className={s.banners}>
      <LinkBanner />
      <SteeringHere />
      <Alarms />
      <PhoneBanner />
      <PauseBannerHere />
      <RenewalBanner />
    </div>
  );
}

/** Who asks for help, and who listens. */
function SteeringHere() {
  const steered = useLive(({ picture }) => picture !== null && isSteered(picture));
  if (!steered) return null;
  return (
    <Suspense fallback={null}>
      <Steering />
    </Suspense>
  );
}

function Banner({ tone, icon, children }: { tone: string; icon: ReactNode; children: ReactNode }) {
  return (
    <div className={s.banner} data-tone={tone} role="status">
      {icon}
      {children}
    </div>
  );
}

function LinkBanner() {
  const t = useT();
  const link = useLive(live => live.link);
  const watching = useLive(live => live.picture !== null && !live.picture.inCharge);
  if (link === 'reconnecting')
    return (
      <p className={s.pill} role="status">
        <WifiOff size={16} aria-hidden="true" />
        {t('link.reconnecting')}
      </p>
    );
  if (link === 'refused')
    return (
      <Banner tone="danger" icon={<CloudOff size={17} aria-hidden="true" />}>
        <p>{t('link.refused')}</p>
        <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
          {t('reload')}
        </Button>
      </Banner>
    );
  if (link !== 'taken_over' && !(link === 'live' && watching)) return null;
  return (
    <Banner tone="ringing" icon={<MonitorSmartphone size={17} aria-hidden="true" />}>
      <p>{t(link === 'taken_over' ? 'link.taken_over' : 'link.watching')}</p>
      <Button size="compact-sm" onClick={takeOver}>
        {t('link.use_here')}
      </Button>
    </Banner>
  );
}

function Alarms() {
  const alarms = useLive(live => live.picture?.alarms);
  const words = useAlarmWords();
  return Object.values(alarms ?? {}).map(alarm => (
    <Banner
      key={alarm.id}
      tone={alarm.level === 'error' ? 'danger' : 'paused'}
      icon={<TriangleAlert size={17} aria-hidden="true" />}
    >
      <p>{words(alarm)}</p>
    </Banner>
  ));
}

function PhoneBanner() {
  const t = useT();
  const trouble = usePhoneTrouble();
  const away = useLive(({ picture }) => {
    const agent = picture?.agent;
    return agent !== undefined && !agent.reachable && agent.state !== 'offline';
  });
  if (trouble)
    return (
      <Banner tone="paused" icon={trouble.icon}>
        <p>{t(trouble.text)}</p>
        {trouble.button && <TroubleButton button={trouble.button} />}
      </Banner>
    );
  if (!away) return null;
  return (
    <Banner tone="paused" icon={<PhoneOff size={17} aria-hidden="true" />}>
      <p>{t('phone.away')}</p>
    </Banner>
  );
}

function PauseBannerHere() {
  const ready = useLive(live => live.picture !== null);
  return ready ? <PauseBanner /> : null;
}

/** A new version waits for the agent, and for the end of the call. */
function RenewalBanner() {
  const t = useT();
  const waiting = useRenewal(renewal => renewal.waiting !== null);
  const busy = useLive(hasCall);
  if (!waiting || busy) return null;
  return (
    <Banner tone="ringing" icon={<Sparkles size={17} aria-hidden="true" />}>
      <p>{t('renewal')}</p>
      <Button size="compact-sm" onClick={renew}>
        {t('renewal.now')}
      </Button>
    </Banner>
  );
}
