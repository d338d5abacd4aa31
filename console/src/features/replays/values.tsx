import type { Readout, ReplayReport } from '../../graphql/replay-report';
import { Card } from '../../ui/parts';
import { reward, signed } from '../../ui/replay-words';
import { placeOn, type Scale, scaleOf } from '../../ui/scale';
import { READOUT_ORDER, readoutWords, valueAs } from './words';

/** What a lead brings with each version, and by how much they differ: intervals first. */
export function Values({ of, candidate, baseline }: { of: ReplayReport; candidate: string; baseline: string }) {
  const readout = of.candidate.default_readout ?? 'ips';
  const rows = [
    { name: candidate, ...valueAs(of.candidate, readout) },
    { name: baseline, ...valueAs(of.baseline, readout) },
  ];
  const scale = scaleOf(
    rows.flatMap(({ value, interval }) => [...(value === null ? [] : [value]), ...(interval ?? [])]),
  );
  const { diff, ci95, interval_reason } = of.difference;
  const zone: [number, number] = [-(of.tolerance ?? 0), of.tolerance ?? 0];
  const differences = scaleOf([0, ...zone, ...(ci95 ?? []), ...(diff === null ? [] : [diff])]);
  return (
    <Card title="What a lead brings" aside={<span className="faint">with 95 % confidence</span>}>
      <figure className="intervals">
        <figcaption>Value of a lead, {readoutWords(readout)}</figcaption>
        {rows.map((row) => (
          <Row key={row.name} {...row} scale={scale} say={(value) => reward(value, of.unit)} look="not-yet" />
        ))}
        <Axis scale={scale} say={(value) => reward(value, of.unit)} />
      </figure>
      <figure className="intervals">
        <figcaption>
          Difference: {candidate} less {baseline}, lead by lead
        </figcaption>
        <Row
          name="difference"
          value={diff}
          interval={ci95}
          scale={differences}
          zone={zone}
          say={(value) => signed(value, of.unit)}
          look={ci95 && ci95[0] > 0 ? 'better' : ci95 && ci95[1] < 0 ? 'worse' : 'not-yet'}
        />
        <Axis scale={differences} say={(value) => (value === 0 ? '0' : signed(value, of.unit))} />
        <ul className="legend">
          <li>
            <span className="swatch swatch-zone" aria-hidden /> too small to matter
          </li>
        </ul>
      </figure>
      {interval_reason && <p className="note">There is no interval of the difference: {interval_reason}.</p>}
      <AllReadouts of={of} candidate={candidate} baseline={baseline} chosen={readout} />
    </Card>
  );
}

function Row({
  name,
  value,
  interval,
  scale,
  say,
  zone,
  look,
}: {
  name: string;
  value: number | null;
  interval: [number, number] | null;
  scale: Scale;
  say: (value: number) => string;
  zone?: [number, number];
  look: 'better' | 'worse' | 'not-yet';
}) {
  const words =
    value === null
      ? `${name}: unknown`
      : `${name}: ${say(value)}${interval ? `, between ${say(interval[0])} and ${say(interval[1])}` : ', without an interval'}`;
  const span = (low: number, high: number) => ({
    insetInlineStart: `${placeOn(scale, low) * 100}%`,
    inlineSize: `${(placeOn(scale, high) - placeOn(scale, low)) * 100}%`,
  });
  return (
    <div className="interval-row">
      <span className="interval-arm">
        {name}
        {value !== null && <span className="number faint interval-value">{say(value)}</span>}
      </span>
      <div className={`track track-plain verdict-${look}`} role="img" aria-label={words}>
        {zone && <span className="zone" style={span(zone[0], zone[1])} />}
        {zone && <span className="zero" style={{ insetInlineStart: `${placeOn(scale, 0) * 100}%` }} />}
        {interval && <span className="always" style={span(interval[0], interval[1])} />}
        {value !== null && <span className="point" style={{ insetInlineStart: `${placeOn(scale, value) * 100}%` }} />}
      </div>
    </div>
  );
}

function Axis({ scale, say }: { scale: Scale; say: (value: number) => string }) {
  return (
    <div className="interval-row interval-axis" aria-hidden>
      <span />
      <div className="track">
        {scale.ticks.map((tick) => (
          <span key={tick} style={{ insetInlineStart: `${placeOn(scale, tick) * 100}%` }}>
            {say(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The other ways to read the same log. They are right together where the log supports the candidate. */
function AllReadouts({
  of,
  candidate,
  baseline,
  chosen,
}: {
  of: ReplayReport;
  candidate: string;
  baseline: string;
  chosen: Readout;
}) {
  const cell = (estimate: ReplayReport['candidate'], readout: Readout) => {
    const { value, interval } = valueAs(estimate, readout);
    if (value === null) return <span className="faint">none</span>;
    return (
      <>
        {reward(value, of.unit)}
        <span className="faint">
          {interval ? ` (${reward(interval[0], of.unit)} to ${reward(interval[1], of.unit)})` : ' (no interval)'}
        </span>
      </>
    );
  };
  return (
    <details className="as-table">
      <summary>All four estimates</summary>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Estimate</th>
              <th scope="col" className="right">
                {candidate}
              </th>
              <th scope="col" className="right">
                {baseline}
              </th>
            </tr>
          </thead>
          <tbody>
            {READOUT_ORDER.map((readout) => (
              <tr key={readout}>
                <th scope="row">
                  {readoutWords(readout)}
                  {readout === chosen && <span className="tag">shown above</span>}
                </th>
                <td className="right number">{cell(of.candidate, readout)}</td>
                <td className="right number">{cell(of.baseline, readout)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
