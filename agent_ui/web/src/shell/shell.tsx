/** The frame around every page: where to go, one's own state, the search, and what is going on with the link and the call. */

import { ActionIcon } from '@mantine/core';
import { Keyboard, LogOut, Search as SearchIcon } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { sweepDrafts } from '../agent/drafts';
import { api } from '../api';
import { useT } from '../i18n';
import { useLive } from '../live';
import { PhoneLife } from '../phone/life';
import { LooseLines } from '../phone/loose-lines';
import { PhoneButton } from '../phone/phone-button';
import type { Role } from '../protocol';
import { forgetMe } from '../queries';
import { isOffered } from '../requests/in-line';
import { OwnWhy } from '../states/why-button';
import { fetchMenus, LateMenu, useMenu } from '../ui/late-menu';
import { Avatar, Key } from '../ui/parts';
import ui from '../ui/ui.module.css';
import { Attention } from './attention';
import { Banners } from './banners';
import { CallDock } from './call-dock';
import { Mark } from './mark';
import { Mishap } from './mishap';
import { Notices } from './notices';
import { isAt, type Place, placesOf, rail, SetupTabs } from './places';
import { PageItem, PreferenceItems, useKeptPreferences } from './preferences';
import { sees } from './roles';
import s from './shell.module.css';
import { useShortcuts } from './shortcuts';
import { StateSwitch } from './state-switch';

/** Milliseconds until the menus are fetched, if nobody has reached for one before. */
const MENUS_AFTER = 3_000;
const Offer = lazy(() => import('../requests/offer'));
const AlarmEars = lazy(() => import('../wall/alarm-ears'));
const Search = lazy(() => import('./search'));
const KeySheet = lazy(() => import('./key-sheet'));

export function Shell({ role, children }: { role: Role; children: ReactNode }) {
  const t = useT();
  const [at, go] = useLocation();
  const [sheet, setSheet] = useState<'search' | 'keys' | null>(null);
  const ready = useLive(live => live.picture !== null);
  const offered = useLive(({ picture }) => picture !== null && isOffered(picture));
  const stopped = useLive(live => live.link === 'taken_over' || live.link === 'refused');
  const places = placesOf(role);
  useKeptPreferences();
  useShortcuts({
    'ctrl+k': () => setSheet('search'),
    '/': () => setSheet('search'),
    '?': () => setSheet('keys'),
    ...Object.fromEntries(places.map(place => [`g ${place.key}`, () => go(place.path)])),
  });
  useEffect(() => {
    const later = setTimeout(fetchMenus, MENUS_AFTER);
    return () => clearTimeout(later);
  }, []);
  return (
    <div className={s.frame}>
      <a className={s.skip} href="#main">
        {t('skip')}
      </a>
      <Places places={rail(role)} />
      <header className={s.bar}>
        <Link href="/" className={s.brand} aria-label="Helin">
          <Mark size={30} />
        </Link>
        <button type="button" className={s.search} onClick={() => setSheet('search')}>
          <SearchIcon size={17} aria-hidden="true" />
          <span>{t('search.open')}</span>
          <Key>Ctrl K</Key>
        </button>
        {ready && <PhoneButton />}
        {ready && <OwnState role={role} />}
        <OwnMenu openKeys={() => setSheet('keys')} />
      </header>
      <Banners />
      <LooseLines />
      {ready && <CallDock deskPath={sees(role).deskPath} />}
      {offered && (
        <Suspense fallback={null}>
          <Offer deskPath={sees(role).deskPath} />
        </Suspense>
      )}
      <main id="main" className={s.main} tabIndex={-1} inert={stopped}>
        <Mishap place={at}>
          {ready ? (
            <>
              <SetupTabs role={role} />
              {children}
            </>
          ) : (
            <FirstPicture />
          )}
        </Mishap>
      </main>
      <Attention />
      <PhoneLife />
      {ready && <OwnWhy />}
      <Notices />
      <Suspense fallback={null}>
        {sees(role).wall && ready && <AlarmEars />}
        {sheet === 'search' && <Search close={() => setSheet(null)} />}
        {sheet === 'keys' && <KeySheet places={places} close={() => setSheet(null)} />}
      </Suspense>
    </div>
  );
}

/** Until the first snapshot: nothing that flashes for those who wait a tenth of a second, a sentence for who waits longer. */
function FirstPicture() {
  const t = useT();
  const link = useLive(live => live.link);
  return (
    <p className={ui.alone} role="status">
      {link === 'reconnecting' ? t('server.away') : ''}
    </p>
  );
}

function Places({ places }: { places: Place[] }) {
  const t = useT();
  const [at] = useLocation();
  return (
    <nav className={s.rail} aria-label={t('nav')}>
      <Link href="/" className={s.railMark} aria-label="Helin">
        <Mark size={36} />
      </Link>
      <ul>
        {places.map(({ path, word, icon: Icon, key, below = [] }) => (
          <li key={path}>
            <Link
              href={path}
              className={s.place}
              aria-current={[path, ...below].some(each => isAt(each, at)) ? 'page' : undefined}
            >
              <Icon size={22} strokeWidth={1.8} aria-hidden="true" />
              <span>{t(word)}</span>
              <i className={s.placeKey} aria-hidden="true">
                <Key>{`G ${key.toUpperCase()}`}</Key>
              </i>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** A supervisor without a phone has no state to choose. */
function OwnState({ role }: { role: Role }) {
  const has = useLive(({ picture }) => role === 'agent' || picture?.me.extension != null);
  return has ? <StateSwitch /> : null;
}

function OwnMenu({ openKeys }: { openKeys: () => void }) {
  const t = useT();
  const me = useLive(live => live.picture?.me);
  const name = me?.name ?? '';
  return (
    <LateMenu
      position="bottom-end"
      width={240}
      button={
        <ActionIcon variant="transparent" size={44} className={s.me}>
          <Avatar name={name} size={34} />
          <span className="for-ears">{t('me.menu')}</span>
        </ActionIcon>
      }
    >
      <OwnItems name={name} login={me?.login ?? ''} openKeys={openKeys} />
    </LateMenu>
  );
}

function OwnItems({ name, login, openKeys }: { name: string; login: string; openKeys: () => void }) {
  const Menu = useMenu();
  const t = useT();
  async function signOut(): Promise<void> {
    await api.signOut().catch(() => undefined);
    sweepDrafts(true);
    forgetMe();
  }
  return (
    <>
      <div className={s.meName}>
        <bdi>{name}</bdi>
        <small>{login}</small>
      </div>
      <Menu.Divider />
      <PreferenceItems />
      <PageItem />
      <Menu.Divider />
      <Menu.Item
        leftSection={<Keyboard size={16} aria-hidden="true" />}
        rightSection={<Key>?</Key>}
        onClick={openKeys}
      >
        {t('keys')}
      </Menu.Item>
      <Menu.Item leftSection={<LogOut size={16} aria-hidden="true" />} onClick={() => void signOut()}>
        {t('sign_out')}
      </Menu.Item>
    </>
  );
}
