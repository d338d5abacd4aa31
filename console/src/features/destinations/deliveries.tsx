import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Deliveries as DeliveriesOperation, type DeliveryState, LeadFilters } from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { words } from '../../ui/format';
import { More } from '../../ui/more';
import { Empty, Heading, Loaded } from '../../ui/parts';
import { choice } from '../../ui/search';
import { DeliveryTable } from './delivery-table';

const STATES = ['SENDING', 'ACCEPTED', 'REJECTED', 'NOT_SENT', 'HELD'] as const satisfies DeliveryState[];

/** All offers, the newest first: what failed, and where. */
export function Deliveries() {
  const search = useSearch({ from: '/shell/deliveries' });
  const navigate = useNavigate({ from: '/deliveries' });
  const state = choice(search.state, STATES);
  const { destination } = search;
  const filter = { ...(destination && { destination }), ...(state && { state }) };
  const pages = usePages(DeliveriesOperation, { filter }, (answer) => answer.deliveries.pageInfo);
  const names = useAsk(LeadFilters, {}, { staleMs: 60_000 });
  const rows = pages.data?.pages.flatMap((page) => page.deliveries.nodes) ?? [];
  return (
    <>
      <Heading title="Deliveries">
        <div className="actions">
          <Link to="/deliveries/held" search={{ destination }} className="button">
            Held ones
          </Link>
          <button type="button" className="button" onClick={() => void pages.refetch()}>
            Refresh
          </button>
        </div>
      </Heading>
      <search className="filters">
        <Choice
          label="Destination"
          value={destination}
          options={names.data?.destinations.nodes.map(({ name }) => name) ?? []}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, destination: next }) })}
        />
        <Choice
          label="State"
          value={state}
          options={STATES}
          show={words}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, state: next }) })}
        />
      </search>
      <Loaded of={pages} lines={12}>
        {() =>
          rows.length > 0 ? (
            <DeliveryTable rows={rows} />
          ) : (
            <Empty
              title={destination || state ? 'No delivery matches these filters.' : 'Nothing has been offered yet.'}
            >
              {(destination || state) && (
                <Link to="/deliveries" search={{}} className="button">
                  Remove the filters
                </Link>
              )}
            </Empty>
          )
        }
      </Loaded>
      <More of={pages} shown={rows.length} />
    </>
  );
}
