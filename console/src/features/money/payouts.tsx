import { Link } from '@tanstack/react-router';
import { daysWords, less, zoneName } from '../../ui/format';
import { Card, Empty } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import type { Period } from './period';
import { type Columns, LineTable, type Statement, SumTable } from './statement-tables';

type Sum = Statement['sums'][number];
type Line = Statement['lines']['nodes'][number];

const COLUMNS: Columns = {
  before: { name: 'Owed before', of: (sum) => less(sum.payable, sum.payouts) },
  amounts: [
    { name: 'Payouts', of: (row) => row.payouts },
    { name: 'Owed after', of: (row) => row.payable, isTotal: true },
    { name: 'Leads brought', of: (row) => row.net },
    { name: 'Margin', of: (row) => less(row.net, row.payouts) },
  ],
};

/** What sources are paid for their leads, what they are owed, and what that leaves. */
export function Payouts({
  sums,
  lines,
  account,
  period,
}: {
  sums: Sum[];
  lines: Line[];
  account: string | undefined;
  period: Period;
}) {
  const { zone } = usePreferences();
  if (isUnpaid(sums)) return <None account={account} />;
  return (
    <>
      <Card
        title={`What ${account ?? 'sources'} ${account === undefined ? 'are' : 'is'} paid for ${daysWords(period.from, period.until)}`}
      >
        <SumTable sums={sums} party="Source" columns={COLUMNS} isLinked={account === undefined} />
        <p className="faint">
          By days of {zoneName(zone)}, on the terms that counted when a lead came. What buyers take back of a sale takes
          back what was paid for it. Margin is what the leads brought less the payouts, in the same currency.
        </p>
      </Card>
      <Card title="Day by day">
        {lines.length > 0 ? (
          <LineTable lines={lines} party={account === undefined ? 'Source' : undefined} columns={COLUMNS} />
        ) : (
          <p className="faint">Nothing happened on these days.</p>
        )}
      </Card>
    </>
  );
}

/** Whether none of the sources was ever paid. */
export function isUnpaid(sums: readonly Sum[]): boolean {
  return sums.every(({ payouts, payable }) => Number(payouts) === 0 && Number(payable) === 0);
}

/** Where terms are written, as long as nobody has any. */
function None({ account }: { account: string | undefined }) {
  return (
    <Empty title={account === undefined ? 'No source is paid for its leads.' : `${account} is not paid for its leads.`}>
      <p>
        What a source is paid stands in its document as <code>payout</code>, and counts for the leads that come from
        then on.
      </p>
      {account === undefined ? (
        <Link to="/sources" search={{}} className="button">
          Sources
        </Link>
      ) : (
        <Link to="/sources/$name" params={{ name: account }} className="button">
          Its document
        </Link>
      )}
    </Empty>
  );
}
