import { Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { api, Problem } from '../api';
import { type T, useT } from '../i18n';
import { queries } from '../queries';
import { ProblemLine } from '../ui/problem-line';
import { LookChoices } from './look-choices';
import { Mark } from './mark';
import s from './sign-in.module.css';

/** What went wrong, as a sentence that says what to do. */
export function sentence(problem: unknown, t: T): string {
  if (!(problem instanceof Problem)) return t('sign_in.failed');
  if (problem.status === 401 || problem.status === 403) return t('sign_in.wrong');
  if (problem.status === 429)
    return t('sign_in.too_many', { minutes: Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60)) });
  return t(problem.status === 0 || problem.status >= 502 ? 'server.away' : 'sign_in.failed');
}

export default function SignIn() {
  const t = useT();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      const { user } = await api.signIn(String(form.get('login')).trim(), String(form.get('password')));
      queries.setQueryData(['me'], user);
    } catch (caught) {
      setProblem(caught);
      setBusy(false);
      password.current?.select();
    }
  }

  return (
    <main className={s.page}>
      <div className={s.waves} aria-hidden="true">
        <svg viewBox="0 0 800 800" aria-hidden="true">
          {[90, 160, 240, 330, 430].map(radius => (
            <circle key={radius} cx="400" cy="400" r={radius} />
          ))}
        </svg>
      </div>
      <div className={s.corner}>
        <LookChoices />
      </div>
      <form className={s.card} onSubmit={event => void submit(event)}>
        <h1>
          <Mark size={40} />
          Helin
        </h1>
        <p className={s.lead}>{t('sign_in.lead')}</p>
        {problem !== null && <ProblemLine>{sentence(problem, t)}</ProblemLine>}
        <TextInput
          name="login"
          label={t('sign_in.login')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          size="md"
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordInput
          ref={password}
          name="password"
          label={t('sign_in.password')}
          autoComplete="current-password"
          size="md"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show_password'), tabIndex: 0 }}
        />
        <Button type="submit" size="md" loading={busy} fullWidth>
          {t('sign_in.submit')}
        </Button>
      </form>
    </main>
  );
}
