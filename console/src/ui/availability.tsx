import type { AvailabilityFragment } from '../graphql/generated';
import { briefly, capWords, closure } from './destination-words';
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

type Cap = AvailabilityFragment['caps'][number];

/** How much of a cap is used, as a bar and in words. */
export function CapGauge({ cap, isBrief = false }: { cap: Cap; isBrief?: boolean }) {
  const now = useNow();
  const share = cap.max === 0 ? 1 : Math.min(1, cap.used / cap.max);
  const left = cap.until ? Date.parse(cap.until) - now : null;
  const look = share >= 1 ? 'full' : share >= 0.8 ? 'near' : 'free';
  return (
    <div className={`gauge gauge-${look}`}>
      <div className="gauge-words">
        <span>
          <strong className="number">{count(cap.used)}</strong>
          <span className="faint"> of {isBrief ? briefly(cap) : capWords(cap)}</span>
        </span>
        <span className="number">{share >= 1 ? 'full' : percent(share)}</span>
      </div>
      <Bar value={cap.used} max={cap.max} label={`${cap.used} of ${capWords(cap)}`} />
      {!isBrief && (
        <p className="faint">
          {left === null ? 'never resets' : `resets in ${duration(Math.max(0, left))}`}
          {cap.window !== 'LIFETIME' && `, calendar of ${cap.zone}`}
          {cap.name && `, named ${cap.name}`}
        </p>
      )}
    </div>
  );
}
