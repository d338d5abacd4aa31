import { Link } from '@tanstack/react-router';
import type { LeadStatus, MetricsDimension, MetricsSumsFragment } from '../../graphql/generated';
import { amount } from '../../ui/figures';
import { count, percent, time, words } from '../../ui/format';
import { bucketsOf, groupOf, groupsOf, MEASURES, type Measure } from '../../ui/metrics-series';
import { Card, Money } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import type { MetricsSearch } from './search';

const STATUSES = ['QUEUED', 'HELD', 'DECLINED', 'UNSOLD', 'SOLD', 'RETURNED'] as const satisfies readonly LeadStatus[];

/** The groups of the whole range, with what became of their leads. */
export function Groups({
  totals,
  by,
  currency,
  search,
  from,
}: {
  totals: MetricsSumsFragment[];
  by: MetricsDimension[];
  currency: string | null;
  search: MetricsSearch;
  from: string;
}) {
  return (
    <Card title="In all">
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Group</th>
              {['Leads', 'Sold', 'Revenue', 'A lead', 'Offers', 'Accept rate', 'Converted', 'Returned'].map((head) => (
                <th scope="col" className="right" key={head}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {totals.map((point, color) => (
              <tr key={groupOf(point, by)}>
                <th scope="row">
                  <span className="named-series">
                    <span className={`swatch series-${(color % 10) + 1}`} aria-hidden />
                    <GroupName point={point} by={by} search={search} from={from} />
                  </span>
                </th>
                <td className="right number">{count(point.leads)}</td>
                <td className="right number">{count(point.sold)}</td>
                <td className="right">
                  <Money amount={point.revenue} currency={currency} />
                </td>
                <td className="right">
                  {point.revenuePerLead === null ? (
                    <span className="faint">none</span>
                  ) : (
                    <span className="number">{amount(Number(point.revenuePerLead), currency)}</span>
                  )}
                </td>
                <td className="right number">{count(point.offers)}</td>
                <td className="right">
                  <Rate of={point.acceptRate} />
                </td>
                <td className="right">
                  <Rate of={point.conversionRate} />
                </td>
                <td className="right">
                  <Rate of={point.returnRate} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Rate({ of }: { of: number | null }) {
  return of === null ? <span className="faint">none</span> : <span className="number">{percent(of)}</span>;
}

/** A group's name, which opens its leads where the list of leads can be filtered by it. */
function GroupName({
  point,
  by,
  search,
  from,
}: {
  point: MetricsSumsFragment;
  by: MetricsDimension[];
  search: MetricsSearch;
  from: string;
}) {
  const name = groupOf(point, by);
  const status = STATUSES.find((it) => it === point.status?.toUpperCase());
  const own = {
    ...(point.flow === null ? {} : { flow: point.flow }),
    ...(point.source === null ? {} : { source: point.source }),
    ...(point.destination === null ? {} : { destination: point.destination }),
    ...(status === undefined ? {} : { status }),
  };
  if (point.isRest || Object.keys(own).length === 0) return <>{name}</>;
  const { flow, source, destination } = search;
  return (
    <Link to="/leads" search={{ flow, source, destination, from, ...own }}>
      {status === undefined ? name : words(status)}
    </Link>
  );
}

/** What is drawn, in numbers. */
export function Numbers({
  points,
  totals,
  by,
  measure,
  currency,
}: {
  points: MetricsSumsFragment[];
  totals: MetricsSumsFragment[];
  by: MetricsDimension[];
  measure: Measure;
  currency: string | null;
}) {
  const { zone } = usePreferences();
  const groups = groupsOf(totals, by);
  const { say } = MEASURES[measure];
  return (
    <details className="as-table">
      <summary>As a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="table-wrap" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              {groups.map((group) => (
                <th scope="col" className="right" key={group}>
                  {group}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bucketsOf(points, by, groups, measure).map(({ from, values }) => (
              <tr key={from}>
                <th scope="row" className="number">
                  {time(new Date(from).toISOString(), zone)}
                </th>
                {values.map((value, at) => (
                  <td className="right number" key={groups[at]}>
                    {value === null ? <span className="faint">none</span> : say(value, currency)}
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
