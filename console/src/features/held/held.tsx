import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { BulkActions, ChooseRow } from '../../bulk/choose';
import { useSelection } from '../../bulk/selection';
import {
  HeldAt,
  type HeldAtQuery,
  HeldDeliveries,
  type HeldRowFragment,
  type ReleaseDeliveriesFilterInput,
  type ReleaseDeliveryMutation,
} from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { useCurrencies } from '../../ui/currencies';
import { count, duration, instant, shortId, words } from '../../ui/format';
import { LeadLink, useLeadRows } from '../../ui/lead-link';
import { More } from '../../ui/more';
import { useNow } from '../../ui/now';
import { Empty, Heading, Loaded, Money, StateChip, Time } from '../../ui/parts';
import { Release } from './release';
import { ReleaseMany } from './release-many';
import { Released } from './released';

/** Offers whose answer nobody knows, to be released by whoever finds out; and those that were. */
export function Held() {
  const { destination, view } = useSearch({ from: '/shell/deliveries/held' });
  const navigate = useNavigate({ from: '/deliveries/held' });
  const isReleased = view === 'released';
  const filter = { isReleased, ...(isReleased ? {} : { state: 'HELD' as const }), ...(destination && { destination }) };
  const pages = usePages(HeldDeliveries, { filter }, (answer) => answer.deliveries.pageInfo, 50, 0);
  const at = useAsk(HeldAt, {}, { poll: true });
  const [made, setMade] = useState<string[]>([]);
  const rows = pages.data?.pages.flatMap((page) => page.deliveries.nodes) ?? [];
  const selection = useSelection(rows.map(({ id }) => id));
  const [many, setMany] = useState<ReleaseDeliveriesFilterInput | null>(null);
  const waiting = at.data?.deliveryCounts.find((it) => it.destination === destination)?.deliveries;
  return (
    <>
      <Heading title="Held deliveries">
        <button type="button" className="button" onClick={() => void pages.refetch()}>
          Refresh
        </button>
      </Heading>
      <p className="lede">
        An offer without a readable answer may have reached its destination. Its lead is offered to nobody else until
        somebody knows: the destination when it is asked, a conversion, or you.
      </p>
      <search className="filters">
        <Choice
          label="Destination"
          value={destination}
          options={at.data?.destinations.nodes.map(({ name }) => name) ?? []}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, destination: next }) })}
        />
        <Choice
          label="Show"
          value={view}
          options={['released'] as const}
          show={() => 'those that were released'}
          none="those that wait"
          onChange={(next) => void navigate({ search: (old) => ({ ...old, view: next }) })}
        />
      </search>
      {!isReleased && <Waiting at={at.data} />}
      {!isReleased && rows.length > 0 && (
        <BulkActions
          chosen={selection.chosen.length}
          label="Release"
          all={
            destination
              ? { label: `${waiting === undefined ? 'all' : `all ${count(waiting)}`} of ${destination}` }
              : { missing: 'choose a destination to release all that wait for its answer' }
          }
          onChosen={() => setMany({ ids: selection.chosen })}
          onAll={() => destination && setMany({ destination })}
          clear={selection.clear}
        />
      )}
      <ReleaseMany filter={many} onClose={() => setMany(null)} />
      {made.map((id) => (
        <Released key={id} id={id} />
      ))}
      <Loaded of={pages} lines={8}>
        {() =>
          rows.length > 0 ? (
            <Table
              rows={rows}
              at={at.data}
              isReleased={isReleased}
              selection={selection}
              onMade={(delivery) => delivery && setMade((old) => [delivery.id, ...old])}
            />
          ) : (
            <Empty title={isReleased ? 'Nothing was released.' : 'No answer is awaited any more.'}>
              {destination ? (
                <Link to="/deliveries/held" search={{ view }} className="button">
                  Of all destinations
                </Link>
              ) : (
                !isReleased && <p>Whatever was offered is accepted, refused, or surely not sent.</p>
              )}
            </Empty>
          )
        }
      </Loaded>
      <More of={pages} shown={rows.length} />
    </>
  );
}

/** How many wait at which destination. */
function Waiting({ at }: { at: HeldAtQuery | undefined }) {
  if (!at || at.deliveryCounts.length === 0) return null;
  return (
    <ul className="counts" aria-label="Held by destination">
      {at.deliveryCounts.map(({ destination, deliveries }) => (
        <li key={destination}>
          <Link to="/deliveries/held" search={{ destination }}>
            <StateChip state="HELD" label={destination} />
            <span className="number">{count(deliveries)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

type Destination = HeldAtQuery['destinations']['nodes'][number];
type Made = NonNullable<ReleaseDeliveryMutation['releaseDelivery']['delivery']>;

function Table({
  rows,
  at,
  isReleased,
  selection,
  onMade,
}: {
  rows: HeldRowFragment[];
  at: HeldAtQuery | undefined;
  isReleased: boolean;
  selection: ReturnType<typeof useSelection>;
  onMade: (delivery: Made | null) => void;
}) {
  const body = useLeadRows(rows.map(({ lead }) => lead?.id));
  const find = (name: string) => at?.destinations.nodes.find((it) => it.name === name);
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {!isReleased && (
              <th scope="col">
                <span className="visually-hidden">Choose</span>
              </th>
            )}
            <th scope="col">Offered</th>
            <th scope="col">Lead</th>
            <th scope="col">Destination</th>
            <th scope="col">Why nobody knows</th>
            <th scope="col">{isReleased ? 'What became known' : 'Asked again'}</th>
            <th scope="col">{isReleased ? 'Price' : <span className="visually-hidden">Release</span>}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr key={row.id} data-id={row.id}>
              {!isReleased && (
                <td>
                  <ChooseRow
                    label={`Choose ${shortId(row.id)}`}
                    checked={selection.has(row.id)}
                    onToggle={(isRange) => selection.toggle(row.id, isRange)}
                  />
                </td>
              )}
              <td>
                <Time at={row.createdAt} />
              </td>
              <th scope="row">
                <LeadLink id={row.lead?.id} /> {row.lead && <StateChip state={row.lead.status} />}
                {row.lead?.isTest && <span className="tag">test</span>}
              </th>
              <td>
                {row.destination}
                {row.reference && <div className="faint">its id: {row.reference}</div>}
              </td>
              <td className="wrap">
                <Why row={row} />
              </td>
              {isReleased ? <Known row={row} /> : <Asked row={row} of={find(row.destination)} onMade={onMade} />}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Why the answer is unknown, and how long it took. */
function Why({ row }: { row: HeldRowFragment }) {
  const last = row.attempts.at(-1);
  const took = row.settledAt ? duration(instant(row.settledAt) - instant(row.createdAt)) : null;
  const notes = [
    last?.status != null && `HTTP ${last.status}`,
    last?.outcome === 'interrupted' && 'the server ended meanwhile',
    took && `after ${took}`,
  ].filter(Boolean);
  return (
    <>
      {row.reason ?? row.finding ?? 'no readable answer'}
      {notes.length > 0 && <div className="faint">{notes.join(', ')}</div>}
    </>
  );
}

/** When the destination is asked, and the button for whoever knows already. */
function Asked({
  row,
  of,
  onMade,
}: {
  row: HeldRowFragment;
  of: Destination | undefined;
  onMade: (delivery: Made | null) => void;
}) {
  const now = useNow();
  const hasProbe = (of?.target as { status?: unknown } | undefined)?.status != null;
  return (
    <>
      <td>
        {row.dueAt !== null ? (
          <>
            <Time at={row.dueAt} />
            <div className="faint">in {duration(Math.max(0, instant(row.dueAt) - now))}</div>
          </>
        ) : (
          <span className="faint">{hasProbe ? 'not any more' : 'it cannot be asked'}</span>
        )}
      </td>
      <td>
        <Release row={row} of={of} onMade={onMade} />
      </td>
    </>
  );
}

const ORIGINS = { PERSON: 'a person', STATUS: 'the destination, when asked', CONVERSION: 'a conversion' } as const;

/** What became known, from whom, and why. */
function Known({ row }: { row: HeldRowFragment }) {
  const currencies = useCurrencies();
  const { release } = row;
  return (
    <>
      <td className="wrap">
        {release && (
          <>
            <StateChip state={release.answer} label={words(release.answer)} /> <Time at={release.at} />
            <div className="faint">
              by {release.by ?? ORIGINS[release.origin]}
              {release.reason && `: ${release.reason}`}
            </div>
          </>
        )}
      </td>
      <td>
        <Money amount={row.price} currency={row.lead ? currencies[row.lead.flow] : null} />
      </td>
    </>
  );
}
