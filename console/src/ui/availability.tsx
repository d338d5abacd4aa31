import type { AvailabilityFragment } from '../graphql/generated';
import { briefly, type Cap, capWords, fillOf, fullAbout, usedWords } from './cap-words';
import { closure } from './destination-words';
import { count, duration, percent, time } from './format';
import { useNow } from './now';
import { Bar, StateChip } from './parts';
import { usePreferences } from './preferences';

/** Whether a destination takes leads now, and if not, why and until when. */
export function Availability({ of, isActive }: { of: AvailabilityFragment; isActive: boolean }) {
  const { zone } = usePreferences();
  if (of.isAvailable) return <StateChip state="AVAILABLE" label="open" />;
  return (
    <div className="closures">
      <StateChip state={isActive ? 'CLOSED' : 'INACTIVE'} label={isActive ? 'takes nothing' : 'inactive'} />
      {isActive && (
        <ul>
          {of.unavailable.map((it) => (
            <li key={it.__typename}>{closure(it, (at) => time(at, zone))}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** How much of a cap is used, as a bar and in words. */
export function CapGauge({
  cap,
  isBrief = false,
  currency,
}: {
  cap: Cap;
  isBrief?: boolean;
  currency?: string | null;
}) {
  const fill = fillOf(cap);
  const look = fill >= 1 ? 'full' : fill >= 0.7 ? 'near' : 'free';
  return (
    <div className={`gauge gauge-${look}`}>
      <div className="gauge-words">
        <span>
          <strong className="number">{usedWords(cap, currency)}</strong>
          <span className="faint"> of {isBrief ? briefly(cap, currency) : capWords(cap, currency)}</span>
        </span>
        <span className="number">{fill >= 1 ? 'full' : percent(fill)}</span>
      </div>
      <div className="gauge-bar">
        <Bar value={cap.used} max={cap.max} label={`${usedWords(cap, currency)} of ${capWords(cap, currency)}`} />
        {cap.allowed < cap.max && (
          <span className="gauge-pace" style={{ insetInlineStart: `${(100 * cap.allowed) / cap.max}%` }} />
        )}
      </div>
      {!isBrief && <CapNotes cap={cap} currency={currency} />}
    </div>
  );
}

/** What else is to be said of a cap in use. */
function CapNotes({ cap, currency }: { cap: Cap; currency: string | null | undefined }) {
  const now = useNow();
  const { zone } = usePreferences();
  const left = cap.until ? Date.parse(cap.until) - now : null;
  const fullAt = fullAbout(cap, now);
  const notes = [
    cap.kind === 'IN_FLIGHT'
      ? 'each is given back with its answer'
      : left === null
        ? 'never resets'
        : left < 1_000
          ? 'resets now'
          : `resets in ${duration(left)}`,
    cap.window !== 'LIFETIME' && cap.kind !== 'IN_FLIGHT' && `calendar of ${cap.zone}`,
    fullAt !== null && `full about ${time(new Date(fullAt).toISOString(), zone)} at this pace`,
    cap.allowed < cap.max && `paced: ${count(cap.allowed)} by now`,
    cap.beyond > 0 &&
      `${count(cap.beyond)} ${cap.kind === 'REVENUE' ? (currency ?? 'units') : ''} beyond, by reports of what was sold before`,
    cap.isSoft && 'soft: it closes nothing',
    cap.name && `named ${cap.name}`,
  ].filter((note) => typeof note === 'string' && note !== '');
  return <p className="faint">{notes.join(', ')}</p>;
}

/** The highest mark that a cap has reached, as those are told who watch; nothing below the first. */
export function CapAlarm({ percent: reached }: { percent: number | null }) {
  if (reached === null) return <span className="faint">below 50 %</span>;
  const state = reached >= 100 ? 'CAP_FULL' : reached >= 90 ? 'CAP_90' : reached >= 70 ? 'CAP_70' : 'CAP_50';
  return <StateChip state={state} label={reached >= 100 ? 'used up' : `${reached} % reached`} />;
}
