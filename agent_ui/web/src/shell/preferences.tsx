/** Language and light or dark, as a part of a menu. */

import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { Check, ExternalLink, Languages as LanguagesIcon, Monitor, Moon, Sun } from 'lucide-react';
import { useEffect } from 'react';
import { LANGUAGES, type Language, speak, useLanguage, useT } from '../i18n';
import { useLive } from '../live';
import { useMenu } from '../ui/late-menu';
import { SCHEMES } from '../ui/scheme';
import { forgetOwn, keepOwn, recallOwn, useOwn } from './own';

const SIGNS = { light: Sun, dark: Moon, auto: Monitor } as const;

/** Brings what the server has kept about this user; without an answer the page stays as this computer has it. */
export function useKeptPreferences(): void {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    recallOwn().then(
      ({ theme }) => theme && theme in SIGNS && setColorScheme(theme as MantineColorScheme),
      () => undefined,
    );
    return forgetOwn;
  }, [setColorScheme]);
}

export function PreferenceItems() {
  const Menu = useMenu();
  const t = useT();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const check = (on: boolean) => (on ? <Check size={16} aria-hidden="true" /> : undefined);
  return (
    <>
      <Menu.Label>{t('language')}</Menu.Label>
      {(Object.keys(LANGUAGES) as Language[]).map(each => (
        <Menu.Item
          key={each}
          lang={each}
          role="menuitemradio"
          aria-checked={each === language}
          leftSection={<LanguagesIcon size={16} aria-hidden="true" />}
          rightSection={check(each === language)}
          onClick={() => {
            void speak(each);
            void keepOwn({ language: each });
          }}
        >
          {LANGUAGES[each]}
        </Menu.Item>
      ))}
      <Menu.Label>{t('theme')}</Menu.Label>
      {SCHEMES.map(each => {
        const Icon = SIGNS[each];
        return (
          <Menu.Item
            key={each}
            role="menuitemradio"
            aria-checked={each === colorScheme}
            leftSection={<Icon size={16} aria-hidden="true" />}
            rightSection={check(each === colorScheme)}
            onClick={() => {
              setColorScheme(each);
              void keepOwn({ theme: each });
            }}
          >
            {t(`theme.${each}`)}
          </Menu.Item>
        );
      })}
    </>
  );
}

/** Only where some queue has a page to open. */
export function PageItem() {
  const Menu = useMenu();
  const t = useT();
  const on = useOwn(own => own.open_pages === true);
  const has = useLive(({ picture }) => Object.values(picture?.queues ?? {}).some(queue => queue.pop_url));
  if (!has) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Item
        role="menuitemcheckbox"
        aria-checked={on}
        leftSection={<ExternalLink size={16} aria-hidden="true" />}
        rightSection={on ? <Check size={16} aria-hidden="true" /> : undefined}
        onClick={() => void keepOwn({ open_pages: !on })}
      >
        {t('page.by_itself')}
      </Menu.Item>
    </>
  );
}
