import type { MouseEvent, ReactNode } from 'react';
import { usePreferences } from '../preferences';
import { placeOn, type Scale } from '../scale';
import { useSize } from '../size';
import { timeTicks } from './time-ticks';

/** Where things stand in a chart, in pixels. */
export interface Plot {
  x: (ms: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const TOP = 8;
const FOOT = 22;
const RIGHT = 10;
/** Pixels that a label of a time takes. */
const TICK_WIDTH = 78;
/** Pixels of a digit in the labels of the axis. */
const DIGIT_WIDTH = 6.6;

/** A picture over time: axes, and whatever is drawn between them. Readers of the screen get one sentence, and the
 * numbers from a table beside it. */
export function Chart({
  label,
  from,
  until,
  scale,
  say,
  height = 200,
  ticks: given,
  at,
  onPoint,
  isDragged = false,
  children,
}: {
  /** What the picture shows, in one sentence. */
  label: string;
  /** Milliseconds since 1970; with `ticks`, numbers of any kind. */
  from: number;
  until: number;
  scale: Scale;
  /** A value of the axis in words. */
  say: (value: number) => string;
  height?: number;
  /** What stands along the foot, where that is not the time. */
  ticks?: readonly { at: number; label: string }[];
  /** A moment to mark. */
  at?: number | undefined;
  /** Takes a moment that was pressed; whatever it does can be done by keyboard elsewhere. */
  onPoint?: (ms: number) => void;
  /** Whether the mark follows the pointer as long as it is held down. */
  isDragged?: boolean;
  children: (plot: Plot) => ReactNode;
}) {
  const { zone } = usePreferences();
  const { box, size } = useSize<HTMLDivElement>();
  const left = 12 + Math.max(...scale.ticks.map((tick) => say(tick).length)) * DIGIT_WIDTH;
  const right = Math.max(left + 1, size.width - RIGHT);
  const bottom = height - FOOT;
  const plot: Plot = {
    x: (ms) => left + ((ms - from) / Math.max(1, until - from)) * (right - left),
    y: (value) => bottom - placeOn(scale, value) * (bottom - TOP),
    left,
    right,
    top: TOP,
    bottom,
  };
  const ticks = given ?? timeTicks(from, until, Math.max(2, Math.floor((right - left) / TICK_WIDTH)), zone);
  const pressed = (event: MouseEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    onPoint?.(from + ((x - left) / (right - left)) * (until - from));
  };
  return (
    <div className="chart" ref={box} style={{ blockSize: height }}>
      {size.width > 0 && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the slider below does the same by keyboard
        <svg
          width={size.width}
          height={height}
          role="img"
          aria-label={label}
          className={onPoint ? 'is-pressable' : undefined}
          onClick={pressed}
          onPointerDown={isDragged ? (event) => event.currentTarget.setPointerCapture(event.pointerId) : undefined}
          onPointerMove={isDragged ? (event) => event.buttons === 1 && pressed(event) : undefined}
        >
          <title>{label}</title>
          {scale.ticks.map((tick) => (
            <g key={tick}>
              <line className={tick === 0 ? 'axis' : 'grid'} x1={left} x2={right} y1={plot.y(tick)} y2={plot.y(tick)} />
              <text x={left - 6} y={plot.y(tick) + 4} textAnchor="end">
                {say(tick)}
              </text>
            </g>
          ))}
          {children(plot)}
          {ticks.map((tick) => (
            <text
              key={tick.at}
              x={plot.x(tick.at)}
              y={height - 6}
              textAnchor={plot.x(tick.at) > right - 24 ? 'end' : plot.x(tick.at) < left + 20 ? 'start' : 'middle'}
            >
              {tick.label}
            </text>
          ))}
          {at !== undefined && <line className="moment" x1={plot.x(at)} x2={plot.x(at)} y1={TOP} y2={bottom} />}
        </svg>
      )}
    </div>
  );
}

/** Names with their colours. */
export function ChartLegend({ names, colors }: { names: readonly string[]; colors?: readonly number[] }) {
  return (
    <ul className="chart-legend">
      {names.map((name, at) => (
        <li key={name}>
          <span className={`swatch series-${colorOf(colors?.[at] ?? at)}`} aria-hidden />
          {name}
        </li>
      ))}
    </ul>
  );
}

const COLORS = 10;

/** The number of a colour, from 1. Beyond ten they begin anew: the legend and the table tell them apart. */
export function colorOf(at: number): number {
  return (at % COLORS) + 1;
}
