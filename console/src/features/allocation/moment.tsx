import { amount, chance } from '../../ui/figures';
import { count, percent } from '../../ui/format';
import { Card } from '../../ui/parts';
import { placeOn, type Scale, scaleOf } from '../../ui/scale';
import { type ArmSeries, type Series, streamWords } from './series';

/** All arms at one moment, the best first: what they get, and why. */
export function Arms({ series, point }: { series: Series; point: number }) {
  const rows = series.arms
    .map((arm, color) => ({ arm, color }))
    .sort((a, b) => (b.arm.bestProbability[point] ?? -1) - (a.arm.bestProbability[point] ?? -1));
  const scale = scaleOf(
    [0, ...rows.flatMap(({ arm }) => [arm.p5[point], arm.p95[point]])].filter(
      (value): value is number => value != null,
    ),
    4,
  );
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Arm</th>
            <th scope="col" className="right">
              Share of leads
            </th>
            <th scope="col" className="right">
              Chance to be best
            </th>
            <th scope="col" className="right">
              {series.currency ? 'A lead is worth' : 'Successes a lead'}
            </th>
            <th scope="col">9 of 10 beliefs lie between</th>
            <th scope="col" className="right">
              Trials
            </th>
            <th scope="col">Still to come</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ arm, color }) => (
            <ArmRow key={arm.name} arm={arm} color={color} point={point} scale={scale} currency={series.currency} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ArmRow({
  arm,
  color,
  point,
  scale,
  currency,
}: {
  arm: ArmSeries;
  color: number;
  point: number;
  scale: Scale;
  currency: string | null;
}) {
  const weight = arm.weightPpm[point];
  const best = arm.bestProbability[point];
  const [low, middle, high] = [arm.p5[point], arm.p50[point], arm.p95[point]];
  const trials = arm.trials[point];
  return (
    <tr>
      <th scope="row">
        <span className="named-series">
          <span className={`swatch series-${(color % 10) + 1}`} aria-hidden />
          {arm.name}
        </span>
      </th>
      <td className="right number">{weight == null ? 'not there' : percent(weight / 1e6)}</td>
      <td className="right number">{best == null ? <Unknown /> : chance(best)}</td>
      <td className="right number">{middle == null ? <Unknown /> : amount(middle, currency)}</td>
      <td className="belief">
        {low == null || middle == null || high == null ? (
          <Unknown />
        ) : (
          <>
            <span className="number">
              {amount(low, currency)} to {amount(high, currency)}
            </span>
            <span className={`belief-track series-${(color % 10) + 1}`} aria-hidden>
              <span
                className="belief-range"
                style={{
                  insetInlineStart: `${placeOn(scale, low) * 100}%`,
                  inlineSize: `${(placeOn(scale, high) - placeOn(scale, low)) * 100}%`,
                }}
              />
              <span className="belief-middle" style={{ insetInlineStart: `${placeOn(scale, middle) * 100}%` }} />
            </span>
          </>
        )}
      </td>
      <td className="right number">{trials == null ? <Unknown /> : count(trials)}</td>
      <td>
        <StillToCome share={arm.waitingShare[point]} />
      </td>
    </tr>
  );
}

function Unknown() {
  return <span className="faint">unknown</span>;
}

/** How much of what past leads bring has not come yet: hatched, as in experiments. */
function StillToCome({ share }: { share: number | null | undefined }) {
  if (share == null) return <Unknown />;
  return (
    <div className="waiting">
      <div className="waiting-bar" role="img" aria-label={`${percent(share)} is still to come`}>
        <span style={{ inlineSize: `${(1 - share) * 100}%` }} />
      </div>
      <span className="number">{percent(share)}</span>
    </div>
  );
}

/** What the worth of each arm is made of: what comes at once, and what comes later. */
export function Streams({ series, point }: { series: Series; point: number }) {
  const rows = series.arms.flatMap((arm, color) =>
    arm.streams.filter(({ meanValue }) => meanValue[point] != null).map((stream) => ({ arm: arm.name, color, stream })),
  );
  if (rows.length === 0) return null;
  return (
    <Card title="What it is made of">
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Arm</th>
              <th scope="col">Money comes</th>
              <th scope="col" className="right">
                Adds a lead
              </th>
              <th scope="col" className="right">
                9 of 10 beliefs
              </th>
              <th scope="col" className="right">
                Events so far
              </th>
              <th scope="col" className="right">
                After
              </th>
              <th scope="col">Still to come</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ arm, color, stream }, at) => {
              const [low, high, delay] = [stream.p5[point], stream.p95[point], stream.delayDays[point]];
              return (
                <tr key={`${arm} ${stream.place} ${stream.kind}`}>
                  <th scope="row">
                    {rows[at - 1]?.arm === arm ? (
                      <span className="visually-hidden">{arm}</span>
                    ) : (
                      <span className="named-series">
                        <span className={`swatch series-${(color % 10) + 1}`} aria-hidden />
                        {arm}
                      </span>
                    )}
                  </th>
                  <td className="wrap">{streamWords(stream.kind, stream.place)}</td>
                  <td className="right number">{amount(stream.meanValue[point] ?? 0, series.currency)}</td>
                  <td className="right number">
                    {low == null || high == null ? (
                      <Unknown />
                    ) : (
                      `${amount(low, series.currency)} to ${amount(high, series.currency)}`
                    )}
                  </td>
                  <td className="right number">
                    {(stream.events[point] ?? 0).toLocaleString('en-US', { maximumFractionDigits: 1 })}
                  </td>
                  <td className="right number">{delay ? `${delay.toFixed(1)} days` : 'at once'}</td>
                  <td>
                    <StillToCome share={stream.waitingShare[point]} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
