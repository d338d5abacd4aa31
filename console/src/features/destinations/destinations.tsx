import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Destinations as DestinationsOperation } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { DestinationTable } from '../../ui/destination-table';
import { Allowed, Empty, Heading, Loaded } from '../../ui/parts';
import { RangePicker, useRange } from '../../ui/range';

/** All destinations: who takes leads now, how full, and what became of offers. */
export function Destinations() {
  const range = useSearch({ from: '/shell/destinations' }).range ?? '24h';
  const navigate = useNavigate({ from: '/destinations' });
  const { from, before } = useRange(range);
  const destinations = useAsk(
    DestinationsOperation,
    { offers: { createdFrom: from, createdBefore: before } },
    { poll: true },
  );
  return (
    <>
      <Heading title="Destinations">
        <div className="actions">
          <RangePicker
            value={range}
            onChange={(next) => void navigate({ search: { range: next === '24h' ? undefined : next } })}
          />
          <Allowed to="EDIT" by="an editor to make one">
            <Link to="/destinations/new" search={{}} className="button">
              New destination…
            </Link>
          </Allowed>
        </div>
      </Heading>
      <Loaded of={destinations}>
        {(data) =>
          data.destinations.nodes.length > 0 ? (
            <DestinationTable rows={data.destinations.nodes} offers={data.deliveryCounts} />
          ) : (
            <Empty title="There is no destination yet.">
              <p>
                A destination is a buyer or an endpoint that may receive leads. Editors and admins make one{' '}
                <Link to="/destinations/new" search={{}}>
                  here
                </Link>
                .
              </p>
            </Empty>
          )
        }
      </Loaded>
    </>
  );
}
