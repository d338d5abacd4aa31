import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Destination as DestinationOperation, type DestinationQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Availability, CapGauge } from '../../ui/availability';
import { capKey } from '../../ui/cap-words';
import { useOnlyCurrency } from '../../ui/currencies';
import { acceptance, type Health, healthOf, openingWords } from '../../ui/destination-words';
import { count, dayWords, percent } from '../../ui/format';
import { Allowed, Bar, Card, Empty, Fact, Heading, Loaded, Money, Time } from '../../ui/parts';
import { RangePicker, useRange } from '../../ui/range';
import { DeliveryTable } from './delivery-table';
import { Pause } from './pause';

/** One destination: is it healthy, how full, how it is reached. */
export function Destination() {
  const { name } = useParams({ from: '/shell/destinations/$name' });
  const range = useSearch({ from: '/shell/destinations/$name' }).range ?? '24h';
  const navigate = useNavigate({ from: '/destinations/$name' });
  const { from, before, label } = useRange(range);
  const offers = { destination: name, createdFrom: from, createdBefore: before };
  const destination = useAsk(DestinationOperation, { name, offers }, { poll: true });
  return (
    <>
      <Heading title={name}>
        <div className="actions">
          {destination.data?.destination && (
            <Link to="/destinations/$name/settings" params={{ name }} className="button">
              Settings
            </Link>
          )}
          {destination.data?.destination && (
            <Allowed to="EDIT" by="an editor to send a test lead">
              <Link to="/destinations/$name/test" params={{ name }} search={{}} className="button">
                Send a test lead
              </Link>
            </Allowed>
          )}
          {destination.data?.destination && (
            <Pause
              name={name}
              isActive={destination.data.destination.isActive}
              revision={destination.data.destination.revision}
              accepted={healthOf(destination.data.deliveryCounts, name).accepted}
              range={label.toLowerCase()}
            />
          )}
          <RangePicker
            value={range}
            onChange={(next) => void navigate({ search: { range: next === '24h' ? undefined : next } })}
          />
        </div>
      </Heading>
      <Loaded of={destination}>
        {(data) =>
          data.destination ? (
            <Found data={data} destination={data.destination} label={label} />
          ) : (
            <Empty title="There is no destination with this name." />
          )
        }
      </Loaded>
    </>
  );
}

type Found = NonNullable<DestinationQuery['destination']>;

function Found({ data, destination, label }: { data: DestinationQuery; destination: Found; label: string }) {
  const currency = useOnlyCurrency();
  const health = healthOf(data.deliveryCounts, destination.name);
  return (
    <>
      <dl className="facts">
        <Fact name="Now">
          <Availability of={destination.availability} isActive={destination.isActive} />
        </Fact>
        <Fact name="Pays">
          {destination.pays === 'ACCEPT' ? 'each accepted lead' : 'each conversion'}
          {destination.price && (
            <>
              {', '}
              <Money amount={destination.price} currency={currency} />
            </>
          )}
        </Fact>
        <Fact name="If its answer is lost">
          {destination.onUnknown === 'HOLD' ? 'hold the lead' : 'pass the lead on'}
        </Fact>
        <Fact name="Last change">
          <Time at={destination.updatedAt} /> <span className="faint">revision {destination.revision}</span>
        </Fact>
      </dl>
      <div className="columns">
        <Card title={`Offers, ${label.toLowerCase()}`}>
          <HealthBars health={health} currency={currency} />
        </Card>
        <Card
          title="Caps"
          aside={
            <Link to="/destinations/$name/caps" params={{ name: destination.name }}>
              what they cost, and changes
            </Link>
          }
        >
          {destination.availability.caps.length === 0 && (
            <p className="faint">It has none: it takes any number of leads.</p>
          )}
          {destination.availability.caps.map((cap) => (
            <CapGauge key={capKey(cap)} cap={cap} currency={currency} />
          ))}
        </Card>
      </div>
      <div className="columns">
        <Card title="Takes">
          <Takes destination={destination} />
        </Card>
        <Card title="Target">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{JSON.stringify(destination.target, null, 2)}</pre>
        </Card>
      </div>
      <Card
        title="Latest offers"
        aside={
          <Link to="/deliveries" search={{ destination: destination.name }}>
            all of them
          </Link>
        }
      >
        {data.deliveries.nodes.length > 0 ? (
          <DeliveryTable rows={data.deliveries.nodes} />
        ) : (
          <p className="faint">No offer in this time.</p>
        )}
      </Card>
    </>
  );
}

const STATES: { state: keyof Health; label: string; look: string }[] = [
  { state: 'accepted', label: 'accepted', look: 'good' },
  { state: 'rejected', label: 'rejected', look: 'quiet' },
  { state: 'notSent', label: 'not sent', look: 'attention' },
  { state: 'unknown', label: 'unknown', look: 'bad' },
  { state: 'underWay', label: 'under way', look: 'busy' },
];

function HealthBars({ health, currency }: { health: Health; currency: string | null }) {
  if (health.offers === 0) return <p className="faint">No offer in this time.</p>;
  const share = acceptance(health);
  return (
    <>
      <p className="lede">
        <strong className="number">{count(health.offers)}</strong> {health.offers === 1 ? 'offer' : 'offers'},{' '}
        {share === null ? 'none answered' : `${percent(share)} of the answered ones accepted`}, paid at once{' '}
        <Money amount={health.paid} currency={currency} />
      </p>
      <ul className="bars">
        {STATES.map(({ state, label, look }) => (
          <li key={state} className={`bar-${look}`}>
            <span>{label}</span>
            <Bar value={Number(health[state])} max={health.offers} label={`${label}: ${health[state]}`} />
            <span className="number right">{count(Number(health[state]))}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Takes({ destination }: { destination: Found }) {
  const { criteria, schedule } = destination;
  return (
    <dl className="stack">
      <Fact name="Criteria">{criteria ? <code>{criteria}</code> : 'every lead'}</Fact>
      <Fact name="Opening hours">
        {schedule ? `${schedule.open.map(openingWords).join('; ')} (${schedule.zone})` : 'always open'}
      </Fact>
      {schedule && schedule.holidays.length > 0 && (
        <Fact name="Closed on">{schedule.holidays.map(dayWords).join('; ')}</Fact>
      )}
    </dl>
  );
}
