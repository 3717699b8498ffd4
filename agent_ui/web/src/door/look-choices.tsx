/** @jsxImportSource preact */
/** Language and light or dark at the door: all choices open, since nobody there knows what a menu would hide. */

import { useEffect, useState } from 'preact/hooks';
import { LANGUAGES, type Language, speak } from '../i18n/spoken';
import { keepOwn } from '../shell/own';
import { keepScheme, keptScheme, SCHEMES, showScheme } from '../ui/scheme';
import s from './door.module.css';
import { Icon } from './icons';
import { plain, useLanguage } from './words';

export function LookChoices() {
  const language = useLanguage();
  const [scheme, choose] = useState(keptScheme);
  useEffect(() => {
    showScheme(scheme);
    const system = matchMedia('(prefers-color-scheme: dark)');
    const again = () => showScheme(scheme);
    system.addEventListener('change', again);
    return () => system.removeEventListener('change', again);
  }, [scheme]);
  return (
    <>
      <fieldset class={s.choices} aria-label={plain('language')}>
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
      <fieldset class={s.choices} aria-label={plain('theme')}>
        {SCHEMES.map(each => (
          <button
            key={each}
            type="button"
            title={plain(`theme.${each}`)}
            aria-label={plain(`theme.${each}`)}
            aria-pressed={each === scheme}
            onClick={() => {
              keepScheme(each);
              choose(each);
              void keepOwn({ theme: each });
            }}
          >
            <Icon sign={each} size={17} />
          </button>
        ))}
      </fieldset>
    </>
  );
}
