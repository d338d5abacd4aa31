import { useId, useState } from 'react';
import type { CurveFragment } from '../../../graphql/generated';
import { Chart, type Plot } from '../../../ui/chart/chart';
import { PointBand, PointLine, runs } from '../../../ui/chart/marks';
import { Sentence } from '../../../ui/parts';
import { currencyOf, reward, signed } from '../../../ui/replay-words';
import { scaleOf } from '../../../ui/scale';
import { capital } from '../../../ui/sentences';
import { numberWords } from './swept-numbers';

type Point = CurveFragment['points'][number];

/** Money against a number with its band: dragged or stepped along, it tells what each number would have brought. */
export function EarnCurve({
  of,
  place,
  value,
  onUse,
}: {
  of: CurveFragment;
  place: string;
  /** What stands in the draft now. */
  value: string;
  onUse: (value: string) => void;
}) {
  const { points, unit } = of;
  const at = points.map((point) => Number(point.value));
  const [chosen, setChosen] = useState(() => nearest(at, Number(value)));
  const point = points[chosen];
  const id = useId();
  if (!point) return null;
  const words = (it: Point) => numberWords(place, it.value);
  const isCurrent = Number(point.value) === Number(value);
  return (
    <div className="earn-curve">
      <Picture
        of={of}
        at={at}
        chosen={chosen}
        current={Number(value)}
        label={(it) => numberWords(place, String(it))}
        onChoose={(number) => setChosen(nearest(at, number))}
      />
      <div className="moment-picker">
        <label htmlFor={id} className="faint">
          Number
        </label>
        <input
          id={id}
          type="range"
          min={0}
          max={points.length - 1}
          value={chosen}
          aria-valuetext={readingOf(point, words(point), unit)}
          onChange={(event) => setChosen(Number(event.target.value))}
        />
        <span className="number">{words(point)}</span>
      </div>
      <p className="earn-reading" aria-live="polite">
        <Sentence text={readingOf(point, words(point), unit)} />.
      </p>
      <div className="earn-use">
        <button
          type="button"
          className="button primary"
          disabled={!point.isSupported || isCurrent}
          onClick={() => onUse(point.value)}
        >
          Use this number
        </button>
        <span className="faint">
          {isCurrent
            ? 'It stands in the draft.'
            : point.isSupported
              ? `Puts ${words(point)} into the draft; Ctrl Z takes it back.`
              : 'Without support it can only be typed into the draft.'}
        </span>
      </div>
      <Told of={of} words={words} />
    </div>
  );
}

/** The position of the number that is closest. */
function nearest(at: readonly number[], number: number): number {
  const far = at.map((it) => Math.abs(it - number));
  return Math.max(0, far.indexOf(Math.min(...far)));
}

/** What the log says of a number, in a sentence. */
function readingOf({ reason, isSupported, difference, differenceBand, perLead }: Point, words: string, unit: string) {
  if (!isSupported || difference === null || !differenceBand) {
    return `At ${words} the log does not support an answer: ${reason ?? 'it does not tell'}`;
  }
  const { low, high } = differenceBand;
  const band = `between ${signed(low, unit)} and ${signed(high, unit)}`;
  const brings = perLead === null ? '' : `; a lead brings ${reward(perLead, unit)}`;
  if (low === 0 && high === 0) return `At ${words} every lead goes as it does now${brings}`;
  const verdict = low > 0 ? 'more is shown' : high < 0 ? 'less is shown' : 'neither more nor less is shown';
  return `At ${words} a lead brings ${signed(difference, unit)} against now, ${band}: ${verdict}${brings}`;
}

function Picture({
  of: { points, unit, parameter },
  at,
  chosen,
  current,
  label,
  onChoose,
}: {
  of: CurveFragment;
  at: readonly number[];
  chosen: number;
  current: number;
  label: (number: number) => string;
  onChoose: (number: number) => void;
}) {
  const shown = points.map((it) => (it.isSupported ? it.difference : null));
  const low = points.map(({ differenceBand }) => differenceBand?.low ?? null);
  const high = points.map(({ differenceBand }) => differenceBand?.high ?? null);
  const scale = scaleOf([0, ...[...low, ...high, ...shown].filter((it) => it !== null)]);
  const [from = 0, until = 1] = [at[0], at.at(-1)];
  const say = (it: number) => (it === 0 ? '0' : signed(it, unit));
  const ticks = scaleOf([from, until], 6).ticks.filter((it) => it >= from && it <= until);
  return (
    <Chart
      label={`What a lead brings against now, by ${parameter}, with a band; the slider and the table below say the same`}
      from={from}
      until={until}
      scale={scale}
      say={say}
      height={240}
      ticks={ticks.map((it) => ({ at: it, label: label(it) }))}
      at={at[chosen]}
      onPoint={onChoose}
      isDragged
    >
      {(plot) => (
        <>
          <Unsupported plot={plot} at={at} known={points.map(({ isSupported }) => isSupported)} />
          <PointBand plot={plot} at={at} low={low} high={high} color={0} />
          <PointLine plot={plot} at={at} values={shown} color={0} />
          {current >= from && current <= until && (
            <g>
              <line className="earn-current" x1={plot.x(current)} x2={plot.x(current)} y1={plot.top} y2={plot.bottom} />
              <text
                x={plot.x(current) + (plot.x(current) > plot.right - 60 ? -5 : 5)}
                y={plot.top + 10}
                textAnchor={plot.x(current) > plot.right - 60 ? 'end' : 'start'}
              >
                now {label(current)}
              </text>
            </g>
          )}
        </>
      )}
    </Chart>
  );
}

/** Where the log supports nothing: up to half of the way to the next number that it supports. */
function Unsupported({ plot, at, known }: { plot: Plot; at: readonly number[]; known: readonly boolean[] }) {
  const edge = (idx: number, next: number) => {
    const here = at[idx] ?? 0;
    return plot.x((here + (at[next] ?? here)) / 2);
  };
  return runs(known.map((it) => !it)).map(([first, last]) => {
    const [x1, x2] = [edge(first, first - 1), edge(last, last + 1)];
    return (
      <g key={first}>
        <rect className="earn-unsupported" x={x1} y={plot.top} width={x2 - x1} height={plot.bottom - plot.top} />
        {x2 - x1 > 90 && (
          <text x={(x1 + x2) / 2} y={plot.bottom - 8} textAnchor="middle">
            not supported
          </text>
        )}
      </g>
    );
  });
}

/** What the numbers say together, how the band is made, and all of it as a table. */
function Told({ of: { findings, band, points, unit }, words }: { of: CurveFragment; words: (point: Point) => string }) {
  const money = currencyOf(unit);
  return (
    <>
      <ul className="change-list">
        {findings.map((it) => (
          <li key={it}>
            <Sentence text={capital(it)} currency={money} />.
          </li>
        ))}
      </ul>
      <p className="faint">
        The band: <Sentence text={band} />.
      </p>
      <details className="as-table">
        <summary>As a table</summary>
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th scope="col" className="right">
                  Number
                </th>
                <th scope="col" className="right">
                  A lead brings
                </th>
                <th scope="col" className="right">
                  Against now
                </th>
                <th scope="col">Band, or why there is none</th>
              </tr>
            </thead>
            <tbody>
              {points.map((point) => (
                <tr key={point.value}>
                  <th scope="row" className="right number">
                    {words(point)}
                  </th>
                  <td className="right number">{point.perLead === null ? '' : reward(point.perLead, unit)}</td>
                  <td className="right number">{point.difference === null ? '' : signed(point.difference, unit)}</td>
                  <td className="wrap">
                    {point.differenceBand ? (
                      <span className="number">
                        {signed(point.differenceBand.low, unit)} to {signed(point.differenceBand.high, unit)}
                      </span>
                    ) : (
                      <Sentence text={capital(point.reason ?? 'the log does not tell')} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
