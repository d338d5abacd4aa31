import { duration } from '../../ui/format';
import { useSize } from '../../ui/size';
import type { Axis, LeadEvent } from './timeline';

/** Narrower than this it is scrolled, in pixels. */
const WIDTH_MIN = 620;
const LEFT = 92;
const RIGHT = 16;
const ROW = 26;
const ROWS: { row: LeadEvent['row']; label: string }[] = [
  { row: 'lead', label: 'Lead' },
  { row: 'decision', label: 'Decision' },
  { row: 'exchange', label: 'Requests' },
  { row: 'money', label: 'Money' },
  { row: 'payout', label: 'Payouts' },
];

/** Bars and dots on one axis of time. The list below it says the same in words, so the picture is hidden from readers
 * of the screen but for one sentence. */
export function TimelineChart({
  events,
  axis,
  step,
  onStep,
}: {
  events: LeadEvent[];
  axis: Axis;
  step: number;
  onStep: (step: number) => void;
}) {
  const { box, size } = useSize<HTMLDivElement>();
  const width = Math.max(WIDTH_MIN, size.width);
  const x = (text: string) => LEFT + axis.at(text) * (width - LEFT - RIGHT);
  // Most leads are not paid for: no row stands empty for that.
  const rows = ROWS.filter(({ row }) => row !== 'payout' || events.some((event) => event.row === row));
  const height = rows.length * ROW + (axis.folds.length > 0 ? 20 : 0);
  return (
    <div className="timeline-wrap" ref={box}>
      <svg
        className="timeline"
        width={width}
        height={height}
        role="img"
        aria-label={`Timeline of ${events.length} events; the list below has them in words`}
      >
        {rows.map(({ row, label }, at) => (
          <g key={row} transform={`translate(0 ${at * ROW + ROW / 2})`}>
            <text x={0} y={4}>
              {label}
            </text>
            <line className="lane" x1={LEFT} x2={width - RIGHT} />
          </g>
        ))}
        {axis.folds.map(({ at, ms }) => (
          <g key={at} transform={`translate(${LEFT + at * (width - LEFT - RIGHT)} 0)`} className="fold">
            <line y1={4} y2={rows.length * ROW} />
            <text y={height - 4} textAnchor="middle">
              {duration(ms)} later
            </text>
          </g>
        ))}
        {events.map((event) => {
          const y = rows.findIndex(({ row }) => row === event.row) * ROW + ROW / 2;
          const isChosen = event.step === step;
          const from = x(event.at);
          const to = event.end ? x(event.end) : from;
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list below does the same by keyboard
            <g
              key={event.id}
              className={`mark mark-${event.row} ${isChosen ? 'is-chosen' : ''}`}
              onClick={() => event.step !== undefined && onStep(event.step)}
            >
              <title>{[event.title, event.detail].filter(Boolean).join(': ')}</title>
              {event.end ? (
                <rect x={from} y={y - 6} width={Math.max(6, to - from)} height={12} rx={3} />
              ) : (
                <circle cx={from} cy={y} r={isChosen ? 6.5 : 5} />
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
