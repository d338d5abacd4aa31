import type { MetricsDimension, MetricsSumsFragment } from '../graphql/generated';
import { Chart, ChartLegend } from './chart/chart';
import { BucketLine, StackedBars } from './chart/marks';
import { bucketsOf, extent, groupsOf, MEASURES, type Measure } from './metrics-series';
import { scaleOf } from './scale';

/** One measure over time: piles of bars for what adds up, a line a group for rates. */
export function MetricsChart({
  points,
  totals,
  by,
  measure,
  currency,
  from,
  until,
  height,
}: {
  points: readonly MetricsSumsFragment[];
  /** Sums of the groups over the whole range, in the order in which they are drawn. */
  totals: readonly MetricsSumsFragment[];
  by: readonly MetricsDimension[];
  measure: Measure;
  currency: string | null;
  /** Milliseconds since 1970. */
  from: number;
  until: number;
  height?: number;
}) {
  const { label, isSum, say } = MEASURES[measure];
  const groups = groupsOf(totals, by);
  const buckets = bucketsOf(points, by, groups, measure);
  const scale = scaleOf(extent(buckets, isSum), 4);
  return (
    <>
      <Chart
        label={`${label} over time${groups.length > 1 ? ` by ${groups.join(', ')}` : ''}`}
        from={Math.min(from, buckets[0]?.from ?? from)}
        // An hour that has just begun has the room of a whole one: else its bar would be a hair.
        until={isSum ? Math.max(until, buckets.at(-1)?.to ?? until) : until}
        scale={scale}
        say={(value) => say(value, currency)}
        {...(height === undefined ? {} : { height })}
      >
        {(plot) =>
          isSum ? (
            <StackedBars plot={plot} buckets={buckets} />
          ) : (
            groups.map((group, series) => <BucketLine key={group} plot={plot} buckets={buckets} series={series} />)
          )
        }
      </Chart>
      {groups.length > 1 && <ChartLegend names={groups} />}
    </>
  );
}
