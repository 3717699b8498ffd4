/** The agent's sound: which devices, whether the microphone hears, whether the way there and back works. */

import { Button, Modal, NativeSelect } from '@mantine/core';
import { Bell, Headphones, Mic, PhoneCall, Volume2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useT, useWord } from '../i18n';
import type { Devices, Kind } from './audio';
import s from './phone.module.css';
import { controls, registrationOf, usePhone } from './state';

/** Asterisk's sample dialplan answers this one with an echo. */
const ECHO_TEST = '*43';
const RING_TRIAL = 4_000;

export default function PhoneSettings({ close }: { close: () => void }) {
  const t = useT();
  const word = useWord();
  const registration = usePhone(registrationOf);
  const trouble = usePhone(phone => phone.microphone);
  const lines = usePhone(phone => phone.lines.length);
  const devices = useDevices(trouble);
  return (
    <Modal opened onClose={close} title={t('phone.settings')} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={s.settings}>
        <div className={s.row}>
          <p role="status">{t(`phone.registration.${registration}`)}</p>
          {registration !== 'registered' && (
            <Button variant="default" onClick={() => void controls()?.again()}>
              {t('phone.again')}
            </Button>
          )}
        </div>
        {trouble && (
          <p role="alert">
            {word('phone.microphone', trouble)}{' '}
            {trouble !== 'denied' && trouble !== 'insecure' && (
              <Button size="compact-sm" onClick={() => void open()}>
                {t('phone.allow')}
              </Button>
            )}
          </p>
        )}
        <Choice kind="microphone" icon={<Mic size={16} />} list={devices.microphones} />
        <Meter />
        <Choice kind="speaker" icon={<Volume2 size={16} />} list={devices.speakers} />
        <Choice kind="ring" icon={<Bell size={16} />} list={devices.speakers} />
        <div className={s.row}>
          <Trial word="phone.try_ring" icon={<Bell size={16} />} begin={tryRing} />
          <Trial word="phone.try_echo" icon={<Headphones size={16} />} begin={tryEcho} />
          <Button
            variant="default"
            disabled={registration !== 'registered' || lines > 0}
            leftSection={<PhoneCall size={16} aria-hidden="true" />}
            onClick={() => {
              close();
              void controls()?.dial(ECHO_TEST);
            }}
          >
            {t('phone.try_line')}
          </Button>
        </div>
        <Desktop />
      </div>
    </Modal>
  );
}

async function open(): Promise<void> {
  const microphone = await controls()?.sound.microphone();
  for (const track of microphone?.getTracks() ?? []) track.stop();
}

function useDevices(again: unknown): Devices {
  const [devices, setDevices] = useState<Devices>({ microphones: [], speakers: [] });
  useEffect(() => {
    const read = () => void controls()?.sound.devices().then(setDevices);
    read();
    if (again !== undefined) navigator.mediaDevices?.addEventListener('devicechange', read);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', read);
  }, [again]);
  return devices;
}

function Choice({ kind, icon, list }: { kind: Kind; icon: React.ReactNode; list: MediaDeviceInfo[] }) {
  const t = useT();
  const [chosen, setChosen] = useState(controls()?.sound.chosen(kind) ?? '');
  const names = list.map((each, at) => ({
    value: each.deviceId,
    label: each.label || t('phone.device', { number: at + 1 }),
  }));
  const missing = chosen && !list.some(each => each.deviceId === chosen);
  return (
    <NativeSelect
      label={t(`phone.choose.${kind}`)}
      leftSection={<span aria-hidden="true">{icon}</span>}
      value={missing ? '' : chosen}
      data={[
        { value: '', label: t('phone.device_system') },
        ...names.filter(each => each.value !== 'default'),
      ]}
      onChange={event => {
        const id = event.currentTarget.value;
        setChosen(id);
        void controls()?.sound.choose(kind, id);
      }}
    />
  );
}

/** How loud the microphone is while this window is open. */
function Meter() {
  const t = useT();
  const bar = useRef<HTMLElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    const sound = controls()?.sound;
    let mine: MediaStream | null = null;
    let closed = false;
    let frame = 0;
    void sound?.microphone().then(stream => {
      mine = stream;
      if (closed) stop();
    });
    const draw = () => {
      const level = sound?.level() ?? 0;
      if (bar.current) bar.current.style.transform = `scaleX(${level})`;
      if (level > 0.3) setHeard(true);
      frame = requestAnimationFrame(draw);
    };
    function stop(): void {
      for (const track of mine?.getTracks() ?? []) track.stop();
      if (usePhone.getState().lines.length === 0) sound?.release();
    }
    frame = requestAnimationFrame(draw);
    return () => {
      closed = true;
      cancelAnimationFrame(frame);
      stop();
    };
  }, []);
  return (
    <div>
      <span className={s.meter} aria-hidden="true">
        <i ref={bar} style={{ transform: 'scaleX(0)' }} />
      </span>
      <p role="status">{t(heard ? 'phone.heard' : 'phone.speak')}</p>
    </div>
  );
}

/** Something that sounds until it is clicked again. */
function Trial({
  word,
  icon,
  begin,
}: {
  word: 'phone.try_ring' | 'phone.try_echo';
  icon: React.ReactNode;
  begin: () => Promise<() => void>;
}) {
  const t = useT();
  const [end, setEnd] = useState<(() => void) | null>(null);
  useEffect(() => () => end?.(), [end]);
  return (
    <Button
      variant="default"
      aria-pressed={end !== null}
      leftSection={<span aria-hidden="true">{icon}</span>}
      onClick={() => {
        if (end) setEnd(null);
        else void begin().then(stop => setEnd(() => stop));
      }}
    >
      {t(end ? 'phone.try_stop' : word)}
    </Button>
  );
}

async function tryRing(): Promise<() => void> {
  const sound = controls()?.sound;
  sound?.ring(true);
  const stop = () => {
    if (!usePhone.getState().lines.some(line => line.state === 'ringing')) sound?.ring(false);
  };
  const late = setTimeout(stop, RING_TRIAL);
  return () => {
    clearTimeout(late);
    stop();
  };
}

async function tryEcho(): Promise<() => void> {
  return (await controls()?.sound.echo()) ?? (() => undefined);
}

/** Asked only when somebody clicks here: a page that asks by itself is refused for good. */
function Desktop() {
  const t = useT();
  const [state, setState] = useState('Notification' in globalThis ? Notification.permission : 'denied');
  if (state === 'granted') return <p>{t('phone.desktop_on')}</p>;
  return (
    <div className={s.row}>
      <p>{t(state === 'denied' ? 'phone.desktop_denied' : 'phone.desktop')}</p>
      {state === 'default' && (
        <Button variant="default" onClick={() => void Notification.requestPermission().then(setState)}>
          {t('phone.desktop_allow')}
        </Button>
      )}
    </div>
  );
}
