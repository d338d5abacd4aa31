import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { useFollow } from '../../graphql/follow';
import { AllocationOverTime, AllocationPublished, Bandits, type BanditsQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { amount } from '../../ui/figures';
import { time } from '../../ui/format';
import { Card, Empty, Fact, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import { RangePicker, useRange } from '../../ui/range';
import { Arms, Streams } from './moment';
import { Chances, Shares, SharesTable, Worth } from './pictures';
import { axisOf, pointAt, pointOf, type Series } from './series';

const RANGES = ['24h', '7d', '30d', 'all'] as const;
/** Before any lead: a series begins with the first weights. */
const BEGINNING = '1970-01-01T00:00:00Z';

/** Who gets the leads of a bandit over time, and what was believed then. */
export function Allocation() {
  const { flow } = useParams({ from: '/shell/flows/$flow/allocation' });
  const { range = 'all' } = useSearch({ from: '/shell/flows/$flow/allocation' });
  const navigate = useNavigate({ from: '/flows/$flow/allocation' });
  const bandits = useAsk(Bandits, { flow }, { staleMs: 30_000 });
  return (
    <>
      <Heading title={`Allocation of ${flow}`}>
        <div className="actions">
          <RangePicker
            value={range}
            ranges={RANGES}
            onChange={(next) => void navigate({ search: (old) => ({ ...old, range: next, epoch: undefined }) })}
          />
          <Link to="/flows/$flow" params={{ flow }} search={{}} className="button">
            Graph
          </Link>
        </div>
      </Heading>
      <Loaded of={bandits}>
        {(data) => (data.flow ? <Chosen data={data} /> : <Empty title="There is no flow with this name." />)}
      </Loaded>
    </>
  );
}

/** Names of the bandits: those of the live version, and those of flows that it refers to, once they have learned. */
function banditsOf(data: BanditsQuery): string[] {
  const own = Object.entries(data.flow?.stage?.version?.document.nodes ?? {})
    .filter(([, node]) => node.kind === 'bandit')
    .map(([name]) => name);
  return [...new Set([...own, ...data.banditWeights.map(({ node }) => node)])];
}

function Chosen({ data }: { data: BanditsQuery }) {
  const { flow } = useParams({ from: '/shell/flows/$flow/allocation' });
  const { node: asked, segment } = useSearch({ from: '/shell/flows/$flow/allocation' });
  const navigate = useNavigate({ from: '/flows/$flow/allocation' });
  const nodes = banditsOf(data);
  const node = asked ?? nodes[0];
  if (node === undefined) {
    return (
      <Empty title="This flow has no bandit.">
        <p>A bandit learns which of its arms earns most, and gives it most leads. Add one to the draft of the flow.</p>
      </Empty>
    );
  }
  const weights = data.banditWeights.filter((it) => it.node === node);
  const segments = weights.map((it) => it.segment).filter((it) => it !== '');
  const finding = weights.find((it) => it.segment === (segment ?? ''))?.finding;
  return (
    <>
      {(nodes.length > 1 || segments.length > 0) && (
        <div className="filters">
          {nodes.length > 1 && (
            <Choice
              label="Bandit"
              value={node}
              options={nodes}
              isRequired
              onChange={(next) => void navigate({ search: (old) => ({ range: old.range, node: next }) })}
            />
          )}
          {segments.length > 0 && (
            <Choice
              label="Segment"
              value={segment}
              options={segments}
              none="all others"
              onChange={(next) => void navigate({ search: (old) => ({ ...old, segment: next, epoch: undefined }) })}
            />
          )}
        </div>
      )}
      {finding && (
        <ul className="notes">
          <li>
            <CircleAlert aria-hidden size={15} /> The weights could not be updated: {finding}
          </li>
        </ul>
      )}
      <OverTime key={`${node} ${segment}`} flow={flow} node={node} segment={segment} />
    </>
  );
}

function OverTime({ flow, node, segment }: { flow: string; node: string; segment: string | undefined }) {
  const { range = 'all' } = useSearch({ from: '/shell/flows/$flow/allocation' });
  const recent = useRange(range === 'all' ? '30d' : range);
  const from = range === 'all' ? BEGINNING : recent.from;
  const client = useQueryClient();
  const series = useAsk(AllocationOverTime, { flow, node, segment: segment ?? null, from }, { staleMs: 30_000 });
  const isLive = useFollow(
    AllocationPublished,
    { flow, node, segment: segment ?? null },
    () => void client.invalidateQueries({ queryKey: [AllocationOverTime.name] }),
  );
  return (
    <Loaded of={series} lines={10}>
      {({ allocationOverTime }) =>
        allocationOverTime.times.length === 0 ? (
          <Empty title="Nothing was published in this time.">
            <p>A bandit draws evenly until its first conversions or answers are learned from.</p>
          </Empty>
        ) : (
          <Found series={allocationOverTime} node={node} isLive={isLive} />
        )
      }
    </Loaded>
  );
}

function Found({ series, node, isLive }: { series: Series; node: string; isLive: boolean }) {
  const { epoch } = useSearch({ from: '/shell/flows/$flow/allocation' });
  const navigate = useNavigate({ from: '/flows/$flow/allocation' });
  const axis = axisOf(series);
  const last = series.times.length - 1;
  const point = pointOf(series, epoch);
  const choose = (at: number) =>
    void navigate({
      search: (old) => ({ ...old, epoch: at === last ? undefined : series.epochs[at] }),
      replace: true,
      resetScroll: false,
    });
  const picture = { series, axis, point, onMoment: (ms: number) => choose(pointAt(axis, ms)) };
  return (
    <>
      <Card
        title={`Shares of leads at ${node}`}
        aside={<StateChip state={isLive ? 'RUNNING' : 'INACTIVE'} label={isLive ? 'live' : 'not live'} />}
      >
        <Shares {...picture} />
        <Moment series={series} point={point} last={last} onChoose={choose} />
        <SharesTable series={series} axis={axis} />
      </Card>
      <dl className="facts">
        <Fact name="Epoch">
          <span className="number">{series.epochs[point]}</span>
          {point < last && (
            <>
              {' '}
              <button type="button" className="link" onClick={() => choose(last)}>
                to the newest
              </button>
            </>
          )}
        </Fact>
        <Fact name="Published">
          <Time at={series.times[point]} />
        </Fact>
        <Fact name="Knows everything until">
          <Time at={series.asOf[point]} />
        </Fact>
        <Fact name="Exploring costs">
          {series.explorationCost[point] == null ? (
            <span className="faint">unknown</span>
          ) : (
            <span className="number">{amount(series.explorationCost[point], series.currency)} a lead</span>
          )}
        </Fact>
        {!series.isOwn[point] && <Fact name="Weights">those of all segments without their own</Fact>}
        {series.isThinned && <Fact name="Shown">{series.times.length} of more changes</Fact>}
      </dl>
      <Arms series={series} point={point} />
      <Worth {...picture} />
      <Card title="Chance to be the best arm">
        <Chances {...picture} />
      </Card>
      <Streams series={series} point={point} />
    </>
  );
}

/** Which moment all figures are of: a slider, so that keys walk from change to change. */
function Moment({
  series,
  point,
  last,
  onChoose,
}: {
  series: Series;
  point: number;
  last: number;
  onChoose: (at: number) => void;
}) {
  const { zone } = usePreferences();
  const words = time(series.times[point] ?? '', zone);
  return (
    <div className="moment-picker">
      <label htmlFor="moment" className="faint">
        Moment
      </label>
      <input
        id="moment"
        type="range"
        min={0}
        max={Math.max(1, last)}
        disabled={last < 1}
        value={last < 1 ? 1 : point}
        aria-valuetext={`epoch ${series.epochs[point]}, ${words}`}
        onChange={(event) => onChoose(Number(event.target.value))}
      />
      <span className="number faint">{point === last ? 'newest' : words}</span>
    </div>
  );
}
