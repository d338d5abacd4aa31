import { Operations as OperationsOperation, type OperationsQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { duration, words } from '../../ui/format';
import { useNow } from '../../ui/now';
import { Card, Fact, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { AlertTable, PastAlerts } from './alerts';
import { dutyWords, pulseOf, type Server } from './servers';

/** Which processes serve, what needs somebody, who is told, and what could not be stored. */
export function Operations() {
  const operations = useAsk(OperationsOperation, {}, { poll: true });
  return (
    <>
      <Heading title="Operations" />
      <Loaded of={operations} lines={12}>
        {(data) => (
          <>
            <Card title="What needs somebody now">
              {data.alerts.nodes.length > 0 ? (
                <AlertTable rows={data.alerts.nodes} hasWebhook={data.alertSettings.webhook !== null} isLasting />
              ) : (
                <p className="faint">
                  {data.alertSettings.isWatching ? 'Nothing.' : 'This server does not look for it.'}
                </p>
              )}
            </Card>
            <Servers servers={data.servers} />
            <PastAlerts hasWebhook={data.alertSettings.webhook !== null} />
            <AlertSettings of={data.alertSettings} />
            <Refused rows={data.refusedCommands.nodes} />
          </>
        )}
      </Loaded>
    </>
  );
}

const PULSES = {
  alive: ['AVAILABLE', 'serving'],
  late: ['CLOSED', 'late'],
  over: ['INACTIVE', 'ended'],
} as const;

function Servers({ servers }: { servers: readonly Server[] }) {
  const now = useNow();
  return (
    <Card title="Server processes">
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Process</th>
              <th scope="col">State</th>
              <th scope="col">Lease</th>
              <th scope="col">Last renewed</th>
              <th scope="col">Since</th>
              <th scope="col">Program</th>
              <th scope="col">Works for all</th>
            </tr>
          </thead>
          <tbody>
            {servers.map((server) => {
              const pulse = pulseOf(server, now);
              const [state, label] = PULSES[pulse];
              const isAlone = Date.parse(server.expiresAt) <= Date.parse(server.beganAt);
              return (
                <tr key={server.lease}>
                  <th scope="row">{server.name}</th>
                  <td>
                    <StateChip state={state} label={label} />
                  </td>
                  <td className="number">{server.lease}</td>
                  <td>
                    {isAlone ? (
                      <span className="faint">alone on this file</span>
                    ) : (
                      since(now - Date.parse(server.renewedAt))
                    )}
                    {pulse === 'over' && <div className="faint">others take over its leads</div>}
                  </td>
                  <td>
                    <Time at={server.beganAt} />
                  </td>
                  <td>{server.program}</td>
                  <td className="wrap">
                    {server.duties.length > 0 ? (
                      server.duties.map(dutyWords).join(', ')
                    ) : (
                      <span className="faint">nothing</span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** How long ago; what is below a second is noise of clocks. */
function since(ms: number): string {
  return ms < 1_000 ? 'just now' : `${duration(ms)} ago`;
}

/** Who is told. These are settings of the program, which it reads when it starts. */
function AlertSettings({ of }: { of: OperationsQuery['alertSettings'] }) {
  return (
    <Card title="Who is told">
      <dl className="facts-plain">
        <Fact name="Webhook">{of.webhook ? <code>{of.webhook}</code> : 'nobody is told'}</Fact>
        <Fact name="A source is silent after">
          {of.silenceMinutes === 0 ? 'never' : duration(of.silenceMinutes * 60_000)}
        </Fact>
        <Fact name="Offers to a destination fail">from {of.failuresPercent} % of the last five minutes on</Fact>
      </dl>
      <p className="faint">
        These are settings of the program, <code>alerts_url</code>, <code>alerts_silence_minutes</code> and{' '}
        <code>alerts_failures_percent</code> in <code>pointsman.toml</code>: they count from its next start.
      </p>
    </Card>
  );
}

function Refused({ rows }: { rows: OperationsQuery['refusedCommands']['nodes'] }) {
  return (
    <Card title="What could not be stored">
      {rows.length === 0 ? (
        <p className="faint">Nothing was ever dropped.</p>
      ) : (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th scope="col">Refused</th>
                <th scope="col">What</th>
                <th scope="col">From</th>
                <th scope="col">Why</th>
                <th scope="col">Finding</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.findingId}>
                  <td>
                    <Time at={row.refusedAt} />
                  </td>
                  <th scope="row">
                    {words(row.kind)} <span className="mono">{row.subject}</span>
                  </th>
                  <td>{row.sender ?? <span className="faint">unknown</span>}</td>
                  <td className="wrap">{row.reason}</td>
                  <td className="mono">{row.findingId}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
