/** Language and light or dark at the door: all choices open, since nobody there knows what a menu would hide. */

import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { Monitor, Moon, Sun } from 'lucide-react';
import { LANGUAGES, type Language, speak, useLanguage, useT } from '../i18n';
import { keepOwn } from './own';
import s from './sign-in.module.css';

export const SCHEMES = { light: Sun, dark: Moon, auto: Monitor } as const;

export function LookChoices() {
  const t = useT();
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <fieldset className={s.choices} aria-label={t('language')}>
        {(Object.keys(LANGUAGES) as Language[]).map(each => (
          <button
            key={each}
            type="button"
            lang={each}
            aria-pressed={each === language}
            onClick={() => {
              void speak(each);
              void keepOwn({ language: each });
            }}
          >
            {LANGUAGES[each]}
          </button>
        ))}
      </fieldset>
      <fieldset className={s.choices} aria-label={t('theme')}>
        {(Object.keys(SCHEMES) as MantineColorScheme[]).map(each => {
          const Icon = SCHEMES[each];
          return (
            <button
              key={each}
              type="button"
              title={t(`theme.${each}`)}
              aria-label={t(`theme.${each}`)}
              aria-pressed={each === colorScheme}
              onClick={() => {
                setColorScheme(each);
                void keepOwn({ theme: each });
              }}
            >
              <Icon size={17} aria-hidden="true" />
            </button>
          );
        })}
      </fieldset>
    </>
  );
}
