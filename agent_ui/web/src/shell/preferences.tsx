/** Language and light or dark: the same menu part on the sign-in page and inside. */

import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { Check, Languages as LanguagesIcon, Monitor, Moon, Sun } from 'lucide-react';
import { useEffect } from 'react';
import { LANGUAGES, type Language, speak, useLanguage, useT } from '../i18n';
import { forgetOwn, keepOwn, recallOwn } from './own';

const SCHEMES = { light: Sun, dark: Moon, auto: Monitor } as const;

/** Brings what the server has kept about this user; without an answer the page stays as this computer has it. */
export function useKeptPreferences(): void {
  const { setColorScheme } = useMantineColorScheme();
  useEffect(() => {
    recallOwn().then(
      ({ theme }) => theme && theme in SCHEMES && setColorScheme(theme as MantineColorScheme),
      () => undefined,
    );
    return forgetOwn;
  }, [setColorScheme]);
}

export function PreferenceItems() {
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
      {(Object.keys(SCHEMES) as MantineColorScheme[]).map(each => {
        const Icon = SCHEMES[each];
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
