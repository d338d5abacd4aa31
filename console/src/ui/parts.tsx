import {
  Ban,
  Check,
  CircleAlert,
  CircleDot,
  CircleHelp,
  CirclePause,
  CirclePlay,
  CircleX,
  Clock,
  CopyX,
  Lock,
  type LucideIcon,
  Undo2,
  X,
} from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Failed } from '../graphql/ask';
import type { Right } from '../graphql/generated';
import { useMay } from '../shell/session';
import { money, time, words } from './format';
import { usePreferences } from './preferences';
import { readable } from './sentences';

type Tone = 'good' | 'bad' | 'attention' | 'quiet' | 'busy';

const LOOKS: Record<string, [Tone, LucideIcon]> = {
  SOLD: ['good', Check],
  ACCEPTED: ['good', Check],
  SALE: ['good', Check],
  REBILL: ['good', Check],
  OFFERED: ['good', Check],
  AVAILABLE: ['good', Check],
  LIVE: ['good', Check],
  UNSOLD: ['quiet', X],
  DECLINED: ['quiet', Ban],
  REJECTED: ['quiet', X],
  NOT_SENT: ['attention', CircleAlert],
  DUPLICATE: ['quiet', CopyX],
  HELD: ['attention', CirclePause],
  RETURNED: ['bad', Undo2],
  CANCELLED: ['bad', Undo2],
  RETURN_REQUESTED: ['attention', Clock],
  RETURN_ACCEPTED: ['bad', Undo2],
  RETURN_DENIED: ['quiet', X],
  RETURN_REVERSED: ['good', Check],
  QUEUED: ['busy', Clock],
  SENDING: ['busy', Clock],
  PENDING: ['busy', Clock],
  CLOSED: ['attention', CircleAlert],
  ERROR: ['bad', CircleX],
  WARNING: ['attention', CircleAlert],
  CONFLICT: ['bad', CircleAlert],
  REFUSED: ['bad', X],
  STOPPED: ['bad', Ban],
  CAP_50: ['quiet', CircleDot],
  CAP_70: ['attention', CircleAlert],
  CAP_90: ['attention', CircleAlert],
  CAP_FULL: ['bad', Ban],
  INACTIVE: ['quiet', CirclePause],
  DRAFT: ['quiet', CircleDot],
  RUNNING: ['busy', CirclePlay],
  PAUSED: ['attention', CirclePause],
  CONCLUDED: ['quiet', Check],
  ROLLOUT_RUNNING: ['busy', CirclePlay],
  ROLLOUT_PAUSED: ['attention', CirclePause],
  ROLLOUT_LIVE: ['good', Check],
  ROLLOUT_ROLLED_BACK: ['bad', Undo2],
  REPLAY_PENDING: ['busy', Clock],
  REPLAY_RUNNING: ['busy', CirclePlay],
  REPLAY_DONE: ['good', Check],
  REPLAY_FAILED: ['bad', CircleAlert],
  REPLAY_CANCELLED: ['quiet', Ban],
  REPLAY_ship: ['good', Check],
  REPLAY_canary: ['busy', CircleDot],
  REPLAY_do_not_ship: ['bad', X],
  REPLAY_not_enough_evidence: ['quiet', CircleHelp],
  ADVICE_WAIT: ['busy', Clock],
  ADVICE_SHIP: ['good', Check],
  ADVICE_KEEP: ['quiet', CircleDot],
  ADVICE_STOP: ['bad', Ban],
  ADVICE_REPAIR: ['bad', CircleAlert],
  VERDICT_BETTER: ['good', Check],
  VERDICT_WORSE: ['bad', X],
  VERDICT_NO_MATTER: ['quiet', CircleDot],
  VERDICT_NOT_YET: ['busy', Clock],
  GUARD_BETTER: ['good', Check],
  GUARD_WORSE: ['bad', X],
  GUARD_NO_MATTER: ['good', Check],
  GUARD_NOT_YET: ['busy', Clock],
};

/** A state as icon, word and colour: none of the three is needed to read it. */
export function StateChip({ state, label }: { state: string; label?: string }) {
  const [tone, Icon] = LOOKS[state] ?? (['quiet', CircleDot] as const);
  return (
    <span className={`chip tone-${tone}`}>
      <Icon aria-hidden size={13} />
      {label ?? words(state)}
    </span>
  );
}

export function Money({ amount, currency }: { amount: string | null | undefined; currency?: string | null }) {
  if (amount == null) return <span className="faint">none</span>;
  const isNothing = /^-?0+(\.0+)?$/.test(amount);
  return <span className={isNothing ? 'number faint' : 'number'}>{money(amount, currency)}</span>;
}

export function Time({ at, precision }: { at: string | null | undefined; precision?: 'second' | 'millisecond' }) {
  const { zone } = usePreferences();
  if (at == null) return <span className="faint">not yet</span>;
  return (
    <time dateTime={at} title={at} className="number">
      {time(at, zone, precision)}
    </time>
  );
}

/** The one heading of a screen. It takes the focus, so that a reader of the screen hears where they are. */
export function Heading({ title, children }: { title: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Pointsman`;
  }, [title]);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="heading">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  );
}

/** A sentence of the server, in which names stand between backticks.
 *
 * * `currency`: of the amounts in it, if these are money. */
export function Sentence({ text, currency }: { text: string; currency?: string | null | undefined }) {
  return readable(text, currency)
    .split('`')
    .map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}

/** What only some may do: for others its buttons are there, cannot be pressed, and say who may. */
export function Allowed({ to, by, children }: { to: Right; by: string; children: ReactNode }) {
  const may = useMay(to);
  if (may) return children;
  return (
    <fieldset className="not-allowed" disabled title={`This needs ${by}.`}>
      <legend className="visually-hidden">This needs {by}.</legend>
      <span className="faint">
        <Lock aria-hidden size={12} />
        needs {by}
      </span>
    </fieldset>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const isForbidden = error instanceof Failed && error.code === 'FORBIDDEN';
  return (
    <div className="problem" role="alert">
      <CircleHelp aria-hidden size={18} />
      <div>
        <strong>{isForbidden ? 'You may not see this.' : 'This could not be loaded.'}</strong>
        <p>{error instanceof Error ? error.message : String(error)}</p>
        {retry && !isForbidden && (
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** What was asked for, once it is there: a skeleton before, and a refusal in its place. */
export function Loaded<T>({
  of,
  lines = 6,
  children,
}: {
  of: Asked<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <Problem error={of.error} retry={() => void of.refetch()} />;
  return (
    <div className="skeleton" aria-busy="true">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} />
      ))}
    </div>
  );
}

/** A part of a whole as a bar; the label says it in words. */
export function Bar({ value, max, label }: { value: number; max: number; label: string }) {
  const share = max <= 0 ? (value > 0 ? 1 : 0) : Math.min(1, Math.max(0, value / max));
  return (
    // biome-ignore lint/a11y/useSemanticElements: each browser draws a `meter` in its own way
    <div className="bar" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={max} aria-valuenow={value}>
      <span style={{ inlineSize: `${share * 100}%` }} />
    </div>
  );
}

/** A pair of a name and a value, in a `dl`. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Card({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
