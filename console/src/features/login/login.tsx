import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { Failed, signIn } from '../../graphql/ask';

/** Makes a session from a token. */
export function Login() {
  const { next } = useSearch({ from: '/login' });
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const id = useId();
  useEffect(() => {
    document.title = 'Sign in · Pointsman';
    field.current?.focus();
  }, []);
  // A link that signs in has its code behind the `#`, which no server sees. It works once, so it is gone from the address
  // at once.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is read when the page is opened
  useEffect(() => {
    const code = /^#code=(\S+)$/.exec(location.hash)?.[1];
    if (code === undefined) return;
    history.replaceState(history.state, '', location.pathname + location.search);
    void enter({ code });
  }, []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? '';
    if (token === '') {
      setError('Paste a token.');
      return;
    }
    await enter({ token });
  };
  const enter = async (secret: { token: string } | { code: string }) => {
    setBusy(true);
    setError(null);
    try {
      await signIn(secret);
      client.clear();
      await navigate({ href: safe(next), replace: true });
    } catch (cause) {
      setError(cause instanceof Failed ? cause.message : String(cause));
      setBusy(false);
      field.current?.select();
    }
  };
  return (
    <main className="login">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <span className="brand">
          <span className="brand-mark" aria-hidden />
          Pointsman
        </span>
        <h1>Sign in</h1>
        <label htmlFor={id}>Token</label>
        <input
          ref={field}
          id={id}
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="pm_…"
          aria-invalid={error !== null}
          aria-describedby={`${id}-error ${id}-hint`}
        />
        <p id={`${id}-error`} className="field-errors" role="alert">
          {error}
        </p>
        <button type="submit" className="button primary" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
        <p id={`${id}-hint`} className="faint">
          The token becomes a session of 12 hours and is not kept in this browser. An administrator makes one with{' '}
          <code>
            <span>pointsman token create</span> <span>--name ana</span> <span>--role analyst</span>
          </code>
          .
        </p>
      </form>
    </main>
  );
}

/** Only addresses of the console itself: a link must not send whoever signs in elsewhere. */
export function safe(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.startsWith('/\\') ? next : '/';
}
