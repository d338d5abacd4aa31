import { Link } from '@tanstack/react-router';
import { type AlertKind, type AlertRowFragment, PastAlerts as PastAlertsOperation } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { duration } from '../../ui/format';
import { More } from '../../ui/more';
import { useNow } from '../../ui/now';
import { Card, Loaded, Sentence, StateChip, Time } from '../../ui/parts';

const KINDS: Record<AlertKind, { state: string; label: string }> = {
  BREAKER_OPEN: { state: 'CAP_FULL', label: 'breaker open' },
  CAP_REACHED: { state: 'CAP_FULL', label: 'cap used up' },
  CAP_USED: { state: 'CAP_70', label: 'cap fills' },
  ERROR_RATE: { state: 'RETURNED', label: 'offers fail' },
  SOURCE_SILENT: { state: 'CLOSED', label: 'source silent' },
  OTHER: { state: 'CLOSED', label: 'other' },
};

/** The page of what an alert is about. */
function Subject({ of: { kind, subject } }: { of: AlertRowFragment }) {
  // The name of a cap, and how much of it, follow that of its destination.
  const [name = subject] = subject.split('/');
  switch (kind) {
    case 'SOURCE_SILENT':
      return (
        <Link to="/leads" search={{ source: subject }}>
          {subject}
        </Link>
      );
    case 'CAP_REACHED':
    case 'CAP_USED':
      return (
        <Link to="/destinations/$name/caps" params={{ name }}>
          {subject}
        </Link>
      );
    case 'BREAKER_OPEN':
    case 'ERROR_RATE':
      return (
        <Link to="/destinations/$name" params={{ name: subject }} search={{}}>
          {subject}
        </Link>
      );
    case 'OTHER':
      return subject;
  }
}

/** Alerts as rows: what, since when, and whether somebody was told. */
export function AlertTable({
  rows,
  hasWebhook,
  isLasting = false,
}: {
  rows: readonly AlertRowFragment[];
  hasWebhook: boolean;
  isLasting?: boolean;
}) {
  const now = useNow();
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Since</th>
            <th scope="col">Kind</th>
            <th scope="col">About</th>
            <th scope="col">What</th>
            <th scope="col">{isLasting ? 'For' : 'Lasted'}</th>
            <th scope="col">Told</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((alert) => {
            const { state, label } = KINDS[alert.kind];
            const end = alert.endedAt ? Date.parse(alert.endedAt) : now;
            return (
              <tr key={alert.id}>
                <td>
                  <Time at={alert.beganAt} />
                </td>
                <td>
                  <StateChip state={state} label={label} />
                </td>
                <th scope="row">
                  <Subject of={alert} />
                </th>
                <td className="wrap">
                  <Sentence text={alert.message} />
                </td>
                <td className="number">{duration(Math.max(0, end - Date.parse(alert.beganAt)))}</td>
                <td>
                  {alert.toldAt ? (
                    <Time at={alert.toldAt} />
                  ) : (
                    <span className="faint">{hasWebhook && isLasting ? 'not yet' : 'nobody'}</span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** What needed somebody, and is over. */
export function PastAlerts({ hasWebhook }: { hasWebhook: boolean }) {
  const pages = usePages(PastAlertsOperation, {}, (answer) => answer.alerts.pageInfo, 20, 0);
  const rows = pages.data?.pages.flatMap((page) => page.alerts.nodes) ?? [];
  return (
    <Card title="What is over">
      <Loaded of={pages} lines={4}>
        {() =>
          rows.length > 0 ? (
            <AlertTable rows={rows} hasWebhook={hasWebhook} />
          ) : (
            <p className="faint">Nothing in the last 90 days.</p>
          )
        }
      </Loaded>
      <More of={pages} shown={rows.length} />
    </Card>
  );
}
