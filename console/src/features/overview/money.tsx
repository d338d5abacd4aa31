import { Link } from '@tanstack/react-router';
import { MoneyFlow as MoneyFlowOperation } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { amount } from '../../ui/figures';
import { zoneName } from '../../ui/format';
import { MetricsChart } from '../../ui/metrics-chart';
import { currenciesOf, ofCurrency } from '../../ui/metrics-series';
import { Card, Loaded } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import type { Range } from '../../ui/range';
import { useSize } from '../../ui/size';
import { type MoneyFlow, moneyFlowOf, type Side, spread } from './money-flow';

/** Where money flows, and how much when: the market in two pictures, which follow what happens. */
export function MoneyPictures({ range, from, before }: { range: Range; from: string; before: string }) {
  const { zone } = usePreferences();
  const isHourly = zone === 'UTC' || new Date(before).getTimezoneOffset() % 60 === 0;
  const asked = useAsk(
    MoneyFlowOperation,
    {
      filter: { from, to: before },
      bucket: range === '24h' ? 'HOUR' : 'DAY',
      zone: isHourly ? zoneName(zone) : 'UTC',
    },
    { poll: true },
  );
  return (
    <Loaded of={asked} lines={5}>
      {({ flows, series, totals }) => {
        const sums = totals.metrics?.points ?? [];
        const currency = currenciesOf(sums)[0] ?? null;
        if (currency === null) return null;
        const flow = moneyFlowOf((flows.metrics?.points ?? []).filter((point) => point.currency === currency));
        // In the order of the picture beside it, so that a destination has one colour in both.
        const place = ({ destination }: { destination: string | null }) => {
          const at = flow.destinations.findIndex(({ name }) => name === destination);
          return at < 0 ? flow.destinations.length : at;
        };
        return (
          <div className="money-pictures">
            <Card title="Where the money flows" aside={<span className="faint">from sources to destinations</span>}>
              {flow.bands.length === 0 ? (
                <p className="faint">Nobody has paid yet.</p>
              ) : (
                <FlowPicture flow={flow} currency={currency} from={from} />
              )}
            </Card>
            <Card
              title="Revenue by destination"
              aside={
                <Link to="/trends" search={{ by: 'destination', range }}>
                  more
                </Link>
              }
            >
              <MetricsChart
                points={ofCurrency(series.metrics?.points ?? [], currency)}
                totals={ofCurrency(sums, currency).sort((a, b) => place(a) - place(b))}
                by={['DESTINATION']}
                measure="revenue"
                currency={currency}
                from={Date.parse(from)}
                until={Date.parse(before)}
                height={HEIGHT_MIN - 26}
              />
            </Card>
          </div>
        );
      }}
    </Loaded>
  );
}

const HEIGHT_MIN = 260;
/** Pixels that a name with its amount takes. */
const NAME = 31;
/** Pixels of the posts at both sides, and of the texts beside them. */
const POST = 8;
const TEXT = 134;
/** Pixels between a post and its name, which a line crosses. */
const LEADER = 14;

function FlowPicture({ flow, currency, from }: { flow: MoneyFlow; currency: string; from: string }) {
  const { box, size } = useSize<HTMLDivElement>();
  const [left, right] = [TEXT, Math.max(TEXT + 40, size.width - TEXT)];
  const whole = Math.max(HEIGHT_MIN, NAME * Math.max(flow.sources.length, flow.destinations.length));
  const y = (part: number) => 2 + part * (whole - 4);
  const middles = (sides: Side[]) =>
    spread(
      sides.map(({ top, height }) => y(top + height / 2)),
      NAME,
      whole,
    );
  const [leftNames, rightNames] = [middles(flow.sources), middles(flow.destinations)];
  const say = (money: number) => amount(money, currency);
  const words = flow.sources.map(({ name, money }) => `${name} ${say(money)}`).join(', ');
  const others = flow.destinations.map(({ name, money }) => `${name} ${say(money)}`).join(', ');
  return (
    <div className="money-flow" ref={box} style={{ blockSize: whole }}>
      {size.width > 0 && (
        <svg width={size.width} height={whole} role="img" aria-label={`Money from ${words} to ${others}`}>
          {flow.bands.map(({ from: source, to, y1, y2, height, money }) => {
            const [a, b, thick] = [y(y1), y(y2), Math.max(1, height * (whole - 4))];
            const bend = (right - left) / 2;
            return (
              <path
                key={`${source} ${to}`}
                className={`money-band series-${(to % 10) + 1}`}
                d={`M ${left + POST} ${a} C ${left + bend} ${a}, ${right - bend} ${b}, ${right - POST} ${b}
                  V ${b + thick} C ${right - bend} ${b + thick}, ${left + bend} ${a + thick}, ${left + POST} ${a + thick} Z`}
              >
                <title>{`${flow.sources[source]?.name} to ${flow.destinations[to]?.name}: ${say(money)}`}</title>
              </path>
            );
          })}
          <Leaders sides={flow.sources} names={leftNames} from={left} to={left - LEADER} y={y} />
          <Leaders sides={flow.destinations} names={rightNames} from={right} to={right + LEADER} y={y} />
          {flow.sources.map(({ name, top, height }) => (
            <rect
              key={name}
              className="money-post"
              x={left}
              width={POST}
              y={y(top)}
              height={Math.max(1, height * (whole - 4))}
            />
          ))}
          {flow.destinations.map(({ name, top, height }, at) => (
            <rect
              key={name}
              className={`money-post series-${(at % 10) + 1}`}
              x={right - POST}
              width={POST}
              y={y(top)}
              height={Math.max(1, height * (whole - 4))}
            />
          ))}
        </svg>
      )}
      {size.width > 0 && (
        <>
          <ul className="money-names">
            {flow.sources.map(({ name, money }, at) => (
              <li key={name} style={{ insetBlockStart: leftNames[at] }}>
                {name === 'all others' ? (
                  <span>{name}</span>
                ) : (
                  <Link to="/leads" search={{ source: name, from }}>
                    {name}
                  </Link>
                )}
                <span className="number faint">{say(money)}</span>
              </li>
            ))}
          </ul>
          <ul className="money-names is-right">
            {flow.destinations.map(({ name, money }, at) => (
              <li key={name} style={{ insetBlockStart: rightNames[at] }}>
                {name === 'all others' ? (
                  <span>{name}</span>
                ) : (
                  <Link to="/destinations/$name" params={{ name }} search={{}}>
                    {name}
                  </Link>
                )}
                <span className="number faint">{say(money)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** Lines from posts to their names, which small posts push away from them. */
function Leaders({
  sides,
  names,
  from,
  to,
  y,
}: {
  sides: Side[];
  names: number[];
  from: number;
  to: number;
  y: (part: number) => number;
}) {
  return sides.map(({ name, top, height }, at) => (
    <line key={name} className="money-leader" x1={from} y1={y(top + height / 2)} x2={to} y2={names[at] ?? 0} />
  ));
}
