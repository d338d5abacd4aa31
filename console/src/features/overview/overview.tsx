import { Link, Navigate, useNavigate, useSearch } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { Overview as OverviewOperation, type OverviewQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useMay } from '../../shell/session';
import { useOnlyCurrency } from '../../ui/currencies';
import { DestinationTable } from '../../ui/destination-table';
import { acceptance, healthOf } from '../../ui/destination-words';
import { count, money, percent, time } from '../../ui/format';
import { Allowed, Card, Empty, Heading, Loaded } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import { type Range, RangePicker, useRange } from '../../ui/range';
import { attentionOf } from './attention';
import { change, changeOfMoney, figuresOf } from './figures';
import { MoneyPictures } from './money';

/** Is money flowing, and what needs somebody? */
export function Overview() {
  // A source sees its leads and nothing else.
  return useMay('READ') ? <Market /> : <Navigate to="/leads" search={{}} replace />;
}

function Market() {
  const range = useSearch({ from: '/shell/' }).range ?? '24h';
  const navigate = useNavigate({ from: '/' });
  const { from, before } = useRange(range);
  // As long a time before, to compare with.
  const earlier = new Date(2 * Date.parse(from) - Date.parse(before)).toISOString();
  const overview = useAsk(
    OverviewOperation,
    {
      now: { receivedFrom: from, receivedBefore: before },
      before: { receivedFrom: earlier, receivedBefore: from },
      offers: { createdFrom: from, createdBefore: before },
    },
    { poll: true },
  );
  return (
    <>
      <Heading title="Overview">
        <RangePicker
          value={range}
          onChange={(next) => void navigate({ search: { range: next === '24h' ? undefined : next } })}
        />
      </Heading>
      <Loaded of={overview} lines={10}>
        {(data) =>
          data.flows.nodes.length === 0 ? (
            <FirstSteps />
          ) : (
            <Found data={data} range={range} from={from} before={before} />
          )
        }
      </Loaded>
    </>
  );
}

function Found({
  data,
  range,
  from,
  before: until,
}: {
  data: OverviewQuery;
  range: Range;
  from: string;
  before: string;
}) {
  const currency = useOnlyCurrency();
  const [now, before] = [figuresOf(data.now), figuresOf(data.before)];
  const health = healthOf(data.offers, null);
  const share = acceptance(health);
  return (
    <>
      <ul className="tiles">
        <Tile
          title="Revenue"
          value={money(now.revenue, currency)}
          before={money(before.revenue, currency)}
          change={changeOfMoney(now.revenue, before.revenue)}
        />
        <Tile
          title="Leads"
          value={count(now.leads)}
          before={count(before.leads)}
          change={change(now.leads, before.leads)}
          search={{ from }}
        />
        <Tile
          title="Sold"
          value={now.sellThrough === null ? 'none yet' : percent(now.sellThrough)}
          before={before.sellThrough === null ? 'none' : percent(before.sellThrough)}
          note={`${count(now.sold)} leads`}
          search={{ from, status: 'SOLD' }}
        />
        <Tile
          title="Accepted per answered offer"
          value={share === null ? 'no answers' : percent(share)}
          note={`${count(health.accepted)} of ${count(health.accepted + health.rejected)}`}
        />
      </ul>
      <MoneyPictures range={range} from={from} before={until} />
      <AttentionList data={data} />
      <Card
        title="Destinations"
        aside={
          <Link to="/destinations" search={{}}>
            all of them
          </Link>
        }
      >
        <DestinationTable rows={data.destinations.nodes} offers={data.offers} isBrief />
      </Card>
      {currency === null && <p className="faint">Flows have several currencies: amounts are added up without one.</p>}
    </>
  );
}

function Tile({
  title,
  value,
  before,
  change: moved,
  note,
  search,
}: {
  title: string;
  value: string;
  before?: string;
  change?: number | null;
  note?: string;
  search?: { from: string; status?: 'SOLD' };
}) {
  const content = (
    <>
      <span className="tile-title">{title}</span>
      <strong className="number">{value}</strong>
      <span className="faint number">
        {note}
        {note && before !== undefined && ', '}
        {before !== undefined && `before ${before}`}
        {moved != null && ` (${moved >= 0 ? '+' : '−'}${Math.abs(moved).toFixed(1)} %)`}
      </span>
    </>
  );
  return (
    <li className="tile">
      {search ? (
        <Link to="/leads" search={search}>
          {content}
        </Link>
      ) : (
        <div>{content}</div>
      )}
    </li>
  );
}

function AttentionList({ data }: { data: OverviewQuery }) {
  const { zone } = usePreferences();
  const attention = attentionOf(data, (at) => time(at, zone));
  return (
    <Card title="Needs attention">
      {attention.length === 0 ? (
        <p className="faint">Nothing does.</p>
      ) : (
        <ul className="attention-list">
          {attention.map((it) => (
            <li key={it.id}>
              <TriangleAlert aria-hidden size={16} />
              <Link to={it.to}>{it.title}</Link>
              <span className="faint">{it.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** An empty database: how to come to the first lead. */
function FirstSteps() {
  return (
    <Empty title="Nothing is set up yet.">
      <p>
        A schema says what a lead is, a destination who may get it, and a flow connects the two. Three forms lead to the
        first lead that somebody takes; the same can be done over GraphQL, and <code>pointsman demo</code> shows a
        market at work.
      </p>
      <Allowed to="EDIT" by="an editor">
        <Link to="/setup" className="button primary">
          First steps
        </Link>
      </Allowed>
    </Empty>
  );
}
