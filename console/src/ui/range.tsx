import { useNow } from './now';

export type Range = '24h' | '7d' | '30d';

const HOURS: Record<Range, number> = { '24h': 24, '7d': 7 * 24, '30d': 30 * 24 };
const LABELS = { '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days', all: 'All' } as const;
const RANGES: readonly Range[] = ['24h', '7d', '30d'];

/** The span of time that a range of the address means: it ends with the minute that runs, so that it is stable for a
 * minute and one answer serves all that ask for it. */
export function useRange(range: Range): { from: string; before: string; label: string } {
  const now = useNow();
  const end = Math.ceil((now + 1) / 60_000) * 60_000;
  return {
    from: new Date(end - HOURS[range] * 3_600_000).toISOString(),
    before: new Date(end).toISOString(),
    label: LABELS[range],
  };
}

/** One of the ranges that are offered. */
export function RangePicker<R extends Range | 'all' = Range>({
  value,
  ranges = RANGES as readonly R[],
  onChange,
}: {
  value: R;
  ranges?: readonly R[];
  onChange: (range: R) => void;
}) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">Time range</legend>
      {ranges.map((range) => (
        <label key={range}>
          <input type="radio" name="range" checked={range === value} onChange={() => onChange(range)} />
          <span>{LABELS[range]}</span>
        </label>
      ))}
    </fieldset>
  );
}
