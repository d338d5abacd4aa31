import { colorOf, type Plot } from './chart';

/** A line that holds a value until the next one; a gap where nothing is known. */
export function Steps({
  plot,
  times,
  until,
  values,
  color,
}: {
  plot: Plot;
  times: readonly number[];
  until: number;
  values: readonly (number | null)[];
  color: number;
}) {
  const parts: string[] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const [x1, x2] = [plot.x(times[at] ?? 0), plot.x(times[at + 1] ?? until)];
    const joins = at > 0 && values[at - 1] != null;
    parts.push(`${joins ? 'L' : 'M'} ${x1.toFixed(1)} ${plot.y(value).toFixed(1)} H ${x2.toFixed(1)}`);
  });
  return <path className={`line series-${colorOf(color)}`} d={parts.join(' ')} />;
}

/** What lies between two values, each held until the next one. */
export function StepBand({
  plot,
  times,
  until,
  low,
  high,
  color,
}: {
  plot: Plot;
  times: readonly number[];
  until: number;
  low: readonly (number | null)[];
  high: readonly (number | null)[];
  color: number;
}) {
  return (
    <g className={`band series-${colorOf(color)}`}>
      {runs(low.map((value, at) => value !== null && high[at] != null)).map(([first, last]) => (
        <path key={first} d={areaOf(plot, times, until, low, high, first, last)} />
      ))}
    </g>
  );
}

/** Shares of a whole, one on top of the other, each held until the next point. */
export function StackedSteps({
  plot,
  times,
  until,
  values,
}: {
  plot: Plot;
  times: readonly number[];
  until: number;
  values: readonly (readonly (number | null)[])[];
}) {
  const below = times.map(() => 0);
  return values.map((series, color) => {
    const low = [...below];
    series.forEach((value, at) => {
      below[at] = (below[at] ?? 0) + (value ?? 0);
    });
    const high = [...below];
    return (
      // The order of the series is what they are told apart by.
      <path
        key={color}
        className={`area series-${colorOf(color)}`}
        d={times.length === 0 ? '' : areaOf(plot, times, until, low, high, 0, times.length - 1)}
      />
    );
  });
}

/** A straight line from point to point with a dot for each; a gap where nothing is known. */
export function PointLine({
  plot,
  at,
  values,
  color,
}: {
  plot: Plot;
  at: readonly number[];
  values: readonly (number | null)[];
  color: number;
}) {
  const points = values.map((value, idx) =>
    value === null ? null : { x: plot.x(at[idx] ?? 0).toFixed(1), y: plot.y(value).toFixed(1) },
  );
  const d = points.map((it, idx) => it && `${points[idx - 1] ? 'L' : 'M'} ${it.x} ${it.y}`);
  return (
    <g className={`series-${colorOf(color)}`}>
      <path className="line" d={d.filter(Boolean).join(' ')} />
      {points.map((it, idx) => it && <circle key={at[idx]} className="point" cx={it.x} cy={it.y} r={2.5} />)}
    </g>
  );
}

/** What lies between two lines from point to point. */
export function PointBand({
  plot,
  at,
  low,
  high,
  color,
}: {
  plot: Plot;
  at: readonly number[];
  low: readonly (number | null)[];
  high: readonly (number | null)[];
  color: number;
}) {
  const corner = (values: readonly (number | null)[], idx: number) =>
    `${plot.x(at[idx] ?? 0).toFixed(1)} ${plot.y(values[idx] ?? 0).toFixed(1)}`;
  return (
    <g className={`band series-${colorOf(color)}`}>
      {runs(low.map((value, idx) => value !== null && high[idx] != null)).map(([first, last]) => {
        const all = Array.from({ length: last - first + 1 }, (_, n) => first + n);
        const there = all.map((idx) => corner(high, idx));
        const back = all.toReversed().map((idx) => corner(low, idx));
        return <path key={first} d={`M ${[...there, ...back].join(' L ')} Z`} />;
      })}
    </g>
  );
}

/** Stretches in which something is known, as first and last position. */
export function runs(known: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  known.forEach((it, at) => {
    if (!it) return;
    const last = found.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else found.push([at, at]);
  });
  return found;
}

function areaOf(
  plot: Plot,
  times: readonly number[],
  until: number,
  low: readonly (number | null)[],
  high: readonly (number | null)[],
  first: number,
  last: number,
): string {
  const there: string[] = [];
  const back: string[] = [];
  for (let at = first; at <= last; at++) {
    const x1 = plot.x(times[at] ?? 0).toFixed(1);
    const x2 = plot.x(times[at + 1] ?? until).toFixed(1);
    const [top, foot] = [plot.y(high[at] ?? 0).toFixed(1), plot.y(low[at] ?? 0).toFixed(1)];
    there.push(`${x1} ${top} ${x2} ${top}`);
    back.unshift(`${x2} ${foot} ${x1} ${foot}`);
  }
  return `M ${there.join(' L ')} L ${back.join(' L ')} Z`;
}

export interface Bucket {
  from: number;
  to: number;
  /** One value for each series; null where there is none. */
  values: readonly (number | null)[];
}

/** Bars of spans of time, the series one on top of the other; what is below 0 hangs. */
export function StackedBars({ plot, buckets }: { plot: Plot; buckets: readonly Bucket[] }) {
  return buckets.map(({ from, to, values }) => {
    const x1 = Math.max(plot.left, plot.x(from));
    const width = Math.max(1, Math.min(plot.right, plot.x(to)) - x1 - 1);
    let [up, down] = [0, 0];
    return (
      <g key={from}>
        {values.map((value, color) => {
          if (!value) return null;
          const base = value > 0 ? up : down;
          if (value > 0) up += value;
          else down += value;
          const [y1, y2] = [plot.y(Math.max(base, base + value)), plot.y(Math.min(base, base + value))];
          return (
            <rect
              // The order of the series is what they are told apart by.
              key={color}
              className={`bar-mark series-${colorOf(color)}`}
              x={x1}
              y={y1}
              width={width}
              height={Math.max(0.5, y2 - y1)}
            />
          );
        })}
      </g>
    );
  });
}

/** A line through the middles of spans of time, with a dot for each: a lonely one must be seen too. */
export function BucketLine({ plot, buckets, series }: { plot: Plot; buckets: readonly Bucket[]; series: number }) {
  const points = buckets.map(({ from, to, values }) => {
    const value = values[series];
    return value == null ? null : ([plot.x((from + to) / 2), plot.y(value)] as const);
  });
  const d = points
    .map((point, at) => {
      if (!point) return '';
      return `${points[at - 1] ? 'L' : 'M'} ${point[0].toFixed(1)} ${point[1].toFixed(1)}`;
    })
    .join(' ');
  return (
    <g className={`series-${colorOf(series)}`}>
      <path className="line" d={d} />
      {points.map(
        (point, at) =>
          point && <circle key={buckets[at]?.from} className="point" cx={point[0]} cy={point[1]} r={2.5} />,
      )}
    </g>
  );
}
