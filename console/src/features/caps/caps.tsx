import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type CapKind, Caps as CapsOperation, type CapsQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { CapAlarm, CapGauge } from '../../ui/availability';
import { type Cap, capKey, fillOf, KINDS } from '../../ui/cap-words';
import { Choice } from '../../ui/choice';
import { useOnlyCurrency } from '../../ui/currencies';
import { count } from '../../ui/format';
import { Empty, Heading, Loaded, StateChip } from '../../ui/parts';
import { useRows } from '../../ui/rows';

export { DestinationCaps } from './destination-caps';

/** The marks at which a cap is told of. */
const MARKS = [100, 90, 70, 50] as const;
type Mark = (typeof MARKS)[number];

interface Row {
  destination: string;
  isActive: boolean;
  cap: Cap;
}

/** The caps of all destinations, the fullest first. */
export function Caps() {
  const { kind, reached } = useSearch({ from: '/shell/caps' });
  const navigate = useNavigate({ from: '/caps' });
  const caps = useAsk(CapsOperation, {}, { poll: true });
  return (
    <>
      <Heading title="Caps" />
      <Loaded of={caps}>
        {(data) => {
          const rows = rowsOf(data);
          if (rows.length === 0) return <NoCaps />;
          const shown = rows.filter(
            ({ cap }) =>
              (kind === undefined || cap.kind === kind) &&
              (reached === undefined || (cap.reachedPercent ?? 0) >= reached),
          );
          return (
            <>
              <search className="filters">
                <Choice
                  label="Counts"
                  value={kind}
                  options={Object.keys(KINDS) as CapKind[]}
                  show={(it) => (it === 'REVENUE' ? 'revenue' : KINDS[it])}
                  onChange={(next) => void navigate({ search: (old) => ({ ...old, kind: next }) })}
                />
              </search>
              <Marks rows={rows} kind={kind} reached={reached} />
              {shown.length > 0 ? (
                <Table rows={shown} />
              ) : (
                <Empty title="No cap matches these filters.">
                  <Link to="/caps" search={{}} className="button">
                    Remove the filters
                  </Link>
                </Empty>
              )}
              {data.destinations.pageInfo.hasNextPage && (
                <p className="faint">Only the caps of the first 100 destinations are shown.</p>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function rowsOf(data: CapsQuery): Row[] {
  return data.destinations.nodes
    .flatMap(({ name, isActive, availability }) =>
      availability.caps.map((cap) => ({ destination: name, isActive, cap })),
    )
    .sort((a, b) => fillOf(b.cap) - fillOf(a.cap) || a.destination.localeCompare(b.destination));
}

/** How many caps have reached each mark. */
function Marks({ rows, kind, reached }: { rows: Row[]; kind: CapKind | undefined; reached: Mark | undefined }) {
  return (
    <ul className="counts" aria-label="Caps by mark">
      {MARKS.map((mark) => {
        const n = rows.filter(({ cap }) => (cap.reachedPercent ?? 0) >= mark).length;
        const isChosen = reached === mark;
        return (
          <li key={mark}>
            <Link
              to="/caps"
              search={{ kind, reached: isChosen ? undefined : mark }}
              aria-current={isChosen ? 'true' : undefined}
            >
              <StateChip
                state={mark === 100 ? 'CAP_FULL' : `CAP_${mark}`}
                label={mark === 100 ? 'used up' : `${mark} % or more`}
              />
              <span className="number">{count(n)}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function NoCaps() {
  return (
    <Empty title="No destination has a cap.">
      <p>
        A cap is the most of something in a calendar window: leads that are accepted, offers, money. Open one of the{' '}
        <Link to="/destinations" search={{}}>
          destinations
        </Link>{' '}
        to give it one.
      </p>
    </Empty>
  );
}

function Table({ rows }: { rows: Row[] }) {
  const currency = useOnlyCurrency();
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/destinations/$name/caps', params: { name: row.destination } });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Destination</th>
            <th scope="col">Reached</th>
            <th scope="col">Used in the present window</th>
            <th scope="col">When full</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map(({ destination, isActive, cap }) => (
            <tr key={`${destination} ${capKey(cap)}`}>
              <th scope="row">
                <Link to="/destinations/$name/caps" params={{ name: destination }}>
                  {destination}
                </Link>
                {!isActive && <div className="faint">inactive</div>}
              </th>
              <td>
                <CapAlarm percent={cap.reachedPercent} />
              </td>
              <td className="cap-gauge">
                <CapGauge cap={cap} currency={currency} />
              </td>
              <td className="wrap">
                {cap.isSoft
                  ? 'nothing closes: it is there to be looked at'
                  : cap.source !== null
                    ? `leads of ${cap.source} take the next port`
                    : 'leads take the next port'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
