import { Link } from '@tanstack/react-router';
import { daysWords, dayWords, less, zoneName } from '../../ui/format';
import { Card, Empty, Money } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import type { Period } from './period';
import { AccountName, Sold, type Statement } from './statement-tables';

type Sum = Statement['sums'][number];
type Line = Statement['lines']['nodes'][number];

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
        <SumTable sums={sums} isLinked={account === undefined} />
        <p className="faint">
          By days of {zoneName(zone)}, on the terms that counted when a lead came. What buyers take back of a sale takes
          back what was paid for it. Margin is what the leads brought less the payouts, in the same currency.
        </p>
      </Card>
      <Card title="Day by day">
        {lines.length > 0 ? (
          <LineTable lines={lines} withAccount={account === undefined} />
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

function SumTable({ sums, isLinked }: { sums: Sum[]; isLinked: boolean }) {
  return (
    <div className="table-wrap">
      <table className="statement">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <Head>Owed before</Head>
            <Heads />
          </tr>
        </thead>
        <tbody>
          {sums.map((sum) => (
            <tr key={`${sum.account} ${sum.currency}`} className={sum.account === null ? 'is-sum' : undefined}>
              <th scope="row">
                <AccountName of={sum} isLinked={isLinked} />
                <Sold of={sum} />
              </th>
              <td className="right">
                <Money amount={less(sum.payable, sum.payouts)} currency={sum.currency} />
              </td>
              <Amounts of={sum} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LineTable({ lines, withAccount }: { lines: Line[]; withAccount: boolean }) {
  return (
    <div className="table-wrap">
      <table className="statement">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {withAccount && <th scope="col">Source</th>}
            <Heads />
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.day} ${line.account} ${line.currency}`}>
              <th scope="row">
                <span className="number">{dayWords(line.day)}</span>
                {!withAccount && <Sold of={line} />}
              </th>
              {withAccount && (
                <td>
                  {line.account}
                  <Sold of={line} />
                </td>
              )}
              <Amounts of={line} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ children }: { children: string }) {
  return (
    <th scope="col" className="right">
      {children}
    </th>
  );
}

function Heads() {
  return ['Payouts', 'Owed after', 'Leads brought', 'Margin'].map((name) => <Head key={name}>{name}</Head>);
}

function Amounts({ of }: { of: Pick<Sum, 'currency' | 'payouts' | 'payable' | 'net'> }) {
  const { currency, payouts, payable, net } = of;
  return (
    <>
      <td className="right">
        <Money amount={payouts} currency={currency} />
      </td>
      <td className="right">
        <strong>
          <Money amount={payable} currency={currency} />
        </strong>
      </td>
      <td className="right">
        <Money amount={net} currency={currency} />
      </td>
      <td className="right">
        <Money amount={less(net, payouts)} currency={currency} />
      </td>
    </>
  );
}
