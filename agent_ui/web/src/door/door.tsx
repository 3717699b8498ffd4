/** @jsxImportSource preact */
/**
 * The sign-in page. It is drawn by Preact and has styles of its own: a form of two fields must not wait for all that the desk needs, which
 * comes while somebody types.
 */

import '../ui/theme.css';
import { render, type TargetedSubmitEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, Problem, type User } from '../api';
import s from './door.module.css';
import { Icon, Mark } from './icons';
import { LookChoices } from './look-choices';
import { filled, plain, useLanguage } from './words';

/** `typing`: somebody has begun to; `entered`: who is inside now. Gives back what takes the door away. */
export function openDoor(
  into: HTMLElement,
  entered: (user: User) => void | Promise<void>,
  typing: () => void = () => undefined,
): () => void {
  render(<Door entered={entered} typing={typing} />, into);
  return () => render(null, into);
}

/** What went wrong, as a sentence that says what to do. */
async function sentence(problem: unknown): Promise<string> {
  if (!(problem instanceof Problem)) return plain('sign_in.failed');
  if (problem.status === 401 || problem.status === 403) return plain('sign_in.wrong');
  if (problem.status === 429)
    return filled('sign_in.too_many', { minutes: Math.max(1, Math.ceil((problem.retryAfter ?? 60) / 60)) });
  return plain(problem.status === 0 || problem.status >= 502 ? 'server.away' : 'sign_in.failed');
}

function Door({ entered, typing }: { entered: (user: User) => void | Promise<void>; typing: () => void }) {
  const language = useLanguage();
  const [problem, setProblem] = useState<unknown>(null);
  const [said, say] = useState('');
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the sentence is another one in another language
  useEffect(() => {
    if (problem !== null) void sentence(problem).then(say);
  }, [problem, language]);

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      const { user } = await api.signIn(String(form.get('login')).trim(), String(form.get('password')));
      await entered(user);
    } catch (caught) {
      setProblem(caught);
      setBusy(false);
      password.current?.select();
    }
  }

  return (
    <main class={s.page}>
      <div class={s.waves} aria-hidden="true">
        <svg viewBox="0 0 800 800" aria-hidden="true">
          {[90, 160, 240, 330, 430].map(radius => (
            <circle key={radius} cx="400" cy="400" r={radius} />
          ))}
        </svg>
      </div>
      <div class={s.corner}>
        <LookChoices />
      </div>
      <form class={s.card} onSubmit={event => void submit(event)} onInput={typing}>
        <h1>
          <Mark size={40} />
          Helin
        </h1>
        <p class={s.lead}>{plain('sign_in.lead')}</p>
        {said && (
          <p class={s.problem} role="alert">
            <Icon sign="wrong" size={18} />
            <span>{said}</span>
          </p>
        )}
        <label class={s.field}>
          <span>{plain('sign_in.login')}</span>
          <input
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            autofocus
          />
        </label>
        <Password input={password} />
        <button type="submit" class={s.submit} aria-disabled={busy}>
          {plain('sign_in.submit')}
        </button>
      </form>
    </main>
  );
}

function Password({ input }: { input: { current: HTMLInputElement | null } }) {
  const [shown, show] = useState(false);
  return (
    <div class={s.field}>
      <label for="password">{plain('sign_in.password')}</label>
      <div class={s.secret}>
        <input
          ref={input}
          id="password"
          name="password"
          // Preact's types have each kind of field apart, and no one that changes its kind.
          type={(shown ? 'text' : 'password') as 'text'}
          autocomplete="current-password"
          required
        />
        <button
          type="button"
          aria-label={plain('sign_in.show_password')}
          aria-pressed={shown}
          onClick={() => show(!shown)}
        >
          <Icon sign={shown ? 'hidden' : 'shown'} size={18} />
        </button>
      </div>
    </div>
  );
}
