import { useNavigate, useSearch } from '@tanstack/react-router';
import {
  type MetricsDimension,
  MetricsFilters,
  MetricsOverTime,
  type MetricsOverTimeQuery,
  type MetricsSumsFragment,
  VersionNumbers,
} from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { amount } from '../../ui/figures';
import { Mistakes } from '../../ui/form';
import { count, money, percent, zoneName } from '../../ui/format';
import { MetricsChart } from '../../ui/metrics-chart';
import { currenciesOf, MEASURES, type Measure, ofCurrency } from '../../ui/metrics-series';
import { Card, Empty, Heading, Loaded, Time } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import { RangePicker, useRange } from '../../ui/range';
import { type By, GROUPS_MAX, type MetricsSearch } from './search';
import { Groups, Numbers } from './tables';

/** Leads and money over time, by whatever they may depend on. */
export function Metrics() {
  const { range = '7d' } = useSearch({ from: '/shell/trends' });
  const navigate = useNavigate({ from: '/trends' });
  return (
    <>
      <Heading title="Trends">
        <RangePicker value={range} onChange={(next) => void navigate({ search: (old) => ({ ...old, range: next }) })} />
      </Heading>
      <Filters />
      <Asked />
    </>
  );
}

const BY: Record<By, string> = {
  flow: 'flow',
  version: 'version',
  source: 'source',
  destination: 'destination',
  arm: 'node and arm',
  status: 'status',
};

function Filters() {
  const search = useSearch({ from: '/shell/trends' });
  const navigate = useNavigate({ from: '/trends' });
  const set = (part: Partial<MetricsSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const names = useAsk(MetricsFilters, {}, { staleMs: 60_000 });
  const named = (all: { nodes: { name: string }[] } | undefined) => all?.nodes.map(({ name }) => name) ?? [];
  const range = search.range ?? '7d';
  return (
    <div className="filters">
      <Choice
        label="Show"
        value={search.measure ?? 'revenue'}
        options={Object.keys(MEASURES) as Measure[]}
        show={(measure) => MEASURES[measure].label}
        isRequired
        onChange={(measure) => set({ measure })}
      />
      <Choice
        label="By"
        value={search.by}
        options={Object.keys(BY) as By[]}
        show={(by) => BY[by]}
        none="nothing: all together"
        onChange={(by) => set({ by })}
      />
      {range === '7d' && (
        <Choice
          label="A bar is"
          value={search.bucket ?? 'day'}
          options={['hour', 'day'] as const}
          show={(bucket) => `one ${bucket}`}
          isRequired
          onChange={(bucket) => set({ bucket })}
        />
      )}
      <Choice label="Flow" value={search.flow} options={named(names.data?.flows)} onChange={(flow) => set({ flow })} />
      <Choice
        label="Destination"
        value={search.destination}
        options={named(names.data?.destinations)}
        onChange={(destination) => set({ destination })}
      />
      <SourceField key={search.source} source={search.source} onChange={(source) => set({ source })} />
    </div>
  );
}

/** Sources are not listed anywhere: they are what leads say. */
function SourceField({ source, onChange }: { source: string | undefined; onChange: (source?: string) => void }) {
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault();
        onChange(String(new FormData(event.currentTarget).get('source')).trim() || undefined);
      }}
    >
      <label htmlFor="metrics-source">Source</label>
      <input
        id="metrics-source"
        name="source"
        type="text"
        defaultValue={source ?? ''}
        placeholder="any"
        autoComplete="off"
        onBlur={(event) => {
          const next = event.target.value.trim() || undefined;
          if (next !== source) onChange(next);
        }}
      />
    </form>
  );
}

const DIMENSIONS: Record<By, MetricsDimension[]> = {
  flow: ['FLOW'],
  version: ['VERSION'],
  source: ['SOURCE'],
  destination: ['DESTINATION'],
  arm: ['NODE', 'ARM'],
  status: ['STATUS'],
};

function Asked() {
  const search = useSearch({ from: '/shell/trends' });
  const { zone } = usePreferences();
  const range = search.range ?? '7d';
  const { from, before } = useRange(range);
  const by = search.by ? DIMENSIONS[search.by] : [];
  const bucket = range === '24h' ? 'HOUR' : range === '30d' || search.bucket !== 'hour' ? 'DAY' : 'HOUR';
  // Sums are kept by hours of UTC, so days of a zone that is half an hour off cannot be told.
  const isHourly = zone === 'UTC' || new Date(before).getTimezoneOffset() % 60 === 0;
  const asked = useAsk(
    MetricsOverTime,
    {
      filter: {
        from,
        to: before,
        flow: search.flow ?? null,
        source: search.source ?? null,
        destination: search.destination ?? null,
      },
      by,
      bucket,
      zone: isHourly ? zoneName(zone) : 'UTC',
      groups: GROUPS_MAX,
    },
    { poll: true },
  );
  return (
    <Loaded of={asked} lines={10}>
      {(data) => {
        const mistakes = [data.series, data.totals, data.all].flatMap(({ userErrors }) => userErrors);
        if (mistakes.length > 0) {
          return (
            <div className="problem">
              <Mistakes of={mistakes.slice(0, 1)} />
            </div>
          );
        }
        return (
          <>
            <Found data={data} by={by} from={from} before={before} />
            {!isHourly && bucket === 'DAY' && (
              <p className="faint">Days are those of UTC: sums are kept by its hours, and this zone lies between.</p>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Found({
  data,
  by,
  from,
  before,
}: {
  data: MetricsOverTimeQuery;
  by: MetricsDimension[];
  from: string;
  before: string;
}) {
  const search = useSearch({ from: '/shell/trends' });
  const navigate = useNavigate({ from: '/trends' });
  const all = data.all.metrics?.points ?? [];
  const currencies = currenciesOf(all);
  const currency = currencies.find((it) => it === search.currency) ?? currencies[0] ?? null;
  const measure = search.measure ?? 'revenue';
  const points = ofCurrency(data.series.metrics?.points ?? [], currency);
  const totals = useVersionNames(ofCurrency(data.totals.metrics?.points ?? [], currency), search.flow);
  const named = useVersionNames(points, search.flow);
  const asOf = data.series.metrics?.asOf;
  const sums = ofCurrency(all, currency)[0];
  if (!sums) {
    return (
      <Empty title="No lead came in this time.">
        <p>Choose a longer range, or fewer filters. Test leads never count.</p>
      </Empty>
    );
  }
  return (
    <>
      {currencies.length > 1 && (
        <Choice
          label="Currency"
          value={currency ?? undefined}
          options={currencies}
          isRequired
          onChange={(next) => void navigate({ search: (old) => ({ ...old, currency: next }) })}
        />
      )}
      <ul className="tiles">
        <Tile title="Revenue" value={money(sums.revenue, currency)} note={revenueNote(sums, currency)} />
        <Tile title="Leads" value={count(sums.leads)} note={`${count(sums.sold)} sold`} />
        <Tile
          title="Accept rate"
          value={sums.acceptRate === null ? 'no answers' : percent(sums.acceptRate)}
          note={`${count(sums.accepted)} of ${count(sums.accepted + sums.rejected + sums.unknown)} answers`}
        />
        <Tile
          title="Converted"
          value={sums.conversionRate === null ? 'none' : percent(sums.conversionRate)}
          note={sums.returnRate === null ? 'none returned' : `${percent(sums.returnRate)} returned`}
        />
      </ul>
      <Card
        title={`${MEASURES[measure].label}${search.by ? ` by ${BY[search.by]}` : ''}`}
        aside={
          <span className="faint">
            {asOf ? (
              <>
                up to <Time at={asOf} />
              </>
            ) : (
              'nothing is added up yet'
            )}
          </span>
        }
      >
        <MetricsChart
          points={named}
          totals={totals}
          by={by}
          measure={measure}
          currency={currency}
          from={Date.parse(from)}
          until={Date.parse(before)}
          height={260}
        />
        <Numbers points={named} totals={totals} by={by} measure={measure} currency={currency} />
      </Card>
      {search.by && <Groups totals={totals} by={by} currency={currency} search={search} from={from} />}
      <p className="faint">
        Everything counts for the hour in which its lead came, however much later: a conversion of today changes the
        past, and recent hours look poorer than they will be.
        {search.by === 'destination' && ' A lead counts once for each destination that was offered it.'}
        {search.by === 'arm' && ' A lead counts once for each node that drew for it, by the first draw there.'}
      </p>
    </>
  );
}

/** Points whose versions have names that people know: their numbers, where the flow is known. */
function useVersionNames<T extends { version: string | null }>(points: T[], flow: string | undefined): T[] {
  const asked = useAsk(VersionNumbers, { flow: flow ?? '' }, { staleMs: 60_000, enabled: flow !== undefined });
  const numbers = new Map(asked.data?.flow?.versions.nodes.map(({ hash, number }) => [hash, `version ${number}`]));
  return points.map((point) =>
    point.version === null ? point : { ...point, version: numbers.get(point.version) ?? point.version.slice(0, 12) },
  );
}

/** What a lead brings on average, and what was taken back. */
function revenueNote({ revenuePerLead, takenBack }: MetricsSumsFragment, currency: string | null): string {
  const each = revenuePerLead === null ? 'nothing a lead yet' : `${amount(Number(revenuePerLead), currency)} a lead`;
  return Number(takenBack) > 0 ? `${each}, ${money(takenBack, currency)} taken back` : each;
}

function Tile({ title, value, note }: { title: string; value: string; note: string }) {
  return (
    <li className="tile">
      <div>
        <span className="tile-title">{title}</span>
        <strong className="number">{value}</strong>
        <span className="faint number">{note}</span>
      </div>
    </li>
  );
}
