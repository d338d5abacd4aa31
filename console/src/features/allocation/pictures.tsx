import { Chart, ChartLegend, type Plot } from '../../ui/chart/chart';
import { StackedSteps, StepBand, Steps } from '../../ui/chart/marks';
import { amount, chance } from '../../ui/figures';
import { percent, time } from '../../ui/format';
import { Card } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import { type Scale, scaleOf } from '../../ui/scale';
import type { Axis, Series } from './series';

/** From 0 to all, in per cent. */
const SHARES: Scale = { low: 0, high: 100, ticks: [0, 25, 50, 75, 100] };

const inPercent = (value: number) => `${value} %`;

interface Picture {
  series: Series;
  axis: Axis;
  /** Position of the chosen point. */
  point: number;
  onMoment: (ms: number) => void;
}

/** Who gets leads: shares as they were published, never smoothed. */
export function Shares({ series, axis, point, onMoment }: Picture) {
  const names = series.arms.map(({ name }) => name);
  const words = series.arms.map(({ name, weightPpm }) => `${name} ${percent((weightPpm[point] ?? 0) / 1e6)}`);
  return (
    <>
      <Chart
        label={`Shares of leads over time; at the chosen moment ${words.join(', ')}`}
        from={axis.from}
        until={axis.until}
        scale={SHARES}
        say={inPercent}
        at={axis.times[point]}
        onPoint={onMoment}
      >
        {(plot) => (
          <StackedSteps
            plot={plot}
            times={axis.times}
            until={axis.until}
            values={series.arms.map(({ weightPpm }) => weightPpm.map((ppm) => (ppm === null ? null : ppm / 10_000)))}
          />
        )}
      </Chart>
      <ChartLegend names={names} />
    </>
  );
}

/** Which arm is believed to be the best. */
export function Chances({ series, axis, point, onMoment }: Picture) {
  const words = series.arms.map(({ name, bestProbability }) => {
    const value = bestProbability[point];
    return `${name} ${value == null ? 'unknown' : chance(value)}`;
  });
  return (
    <>
      <Chart
        label={`Chance of each arm to be the best over time; at the chosen moment ${words.join(', ')}`}
        from={axis.from}
        until={axis.until}
        scale={SHARES}
        say={inPercent}
        height={160}
        at={axis.times[point]}
        onPoint={onMoment}
      >
        {(plot) =>
          series.arms.map(({ name, bestProbability }, color) => (
            <Steps
              key={name}
              plot={plot}
              times={axis.times}
              until={axis.until}
              values={bestProbability.map((value) => (value === null ? null : value * 100))}
              color={color}
            />
          ))
        }
      </Chart>
      <ChartLegend names={series.arms.map(({ name }) => name)} />
    </>
  );
}

/** What a lead is believed to be worth with each arm: one picture an arm, all on one axis. */
export function Worth({ series, axis, point, onMoment }: Picture) {
  // The first beliefs are so wide that everything after them would be flat: the axis holds the later ones.
  const settled = Math.floor(axis.times.length / 4);
  const scale = scaleOf(
    [0, ...series.arms.flatMap(({ p5, p95 }) => [...p5.slice(settled), ...p95.slice(settled)])].filter(
      (value): value is number => value !== null,
    ),
    4,
  );
  const say = (value: number) => amount(value, series.currency);
  return (
    <Card
      title={series.currency ? 'What a lead is worth with each arm' : 'Successes a lead with each arm'}
      aside={<span className="faint">line: as likely above as below; band: 9 of 10 beliefs</span>}
    >
      <div className="multiples">
        {series.arms.map(({ name, p5, p50, p95 }, color) => (
          <div key={name}>
            <h3>
              <span className={`swatch series-${(color % 10) + 1}`} aria-hidden />
              {name}
            </h3>
            <Chart
              label={`Worth of a lead with ${name}: ${worthWords(say, p5[point], p50[point], p95[point])} at the chosen moment`}
              from={axis.from}
              until={axis.until}
              scale={scale}
              say={say}
              height={128}
              at={axis.times[point]}
              onPoint={onMoment}
            >
              {(plot: Plot) => (
                <>
                  <StepBand plot={plot} times={axis.times} until={axis.until} low={p5} high={p95} color={color} />
                  <Steps plot={plot} times={axis.times} until={axis.until} values={p50} color={color} />
                </>
              )}
            </Chart>
          </div>
        ))}
      </div>
    </Card>
  );
}

function worthWords(
  say: (value: number) => string,
  low: number | null | undefined,
  middle: number | null | undefined,
  high: number | null | undefined,
): string {
  if (low == null || middle == null || high == null) return 'unknown';
  return `${say(middle)}, between ${say(low)} and ${say(high)}`;
}

/** The same shares in numbers. */
export function SharesTable({ series, axis }: { series: Series; axis: Axis }) {
  const { zone } = usePreferences();
  return (
    <details className="as-table">
      <summary>As a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="table-wrap" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Epoch</th>
              {series.arms.map(({ name }) => (
                <th scope="col" className="right" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {series.epochs.map((epoch, at) => (
              <tr key={epoch}>
                <th scope="row" className="number">
                  {time(new Date(axis.times[at] ?? 0).toISOString(), zone)}
                </th>
                <td className="number">{epoch}</td>
                {series.arms.map(({ name, weightPpm }) => (
                  <td className="right number" key={name}>
                    {weightPpm[at] == null ? <span className="faint">not there</span> : percent(weightPpm[at] / 1e6)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
