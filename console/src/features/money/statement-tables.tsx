import { Link } from '@tanstack/react-router';
import type { StatementParty, StatementQuery } from '../../graphql/generated';
import { count, dayWords } from '../../ui/format';
import { Money } from '../../ui/parts';

export type Statement = NonNullable<StatementQuery['statement']['statement']>;
type Sum = Statement['sums'][number];
type Line = Statement['lines']['nodes'][number];

/** What both tables have of each row, in the order of the file. A day begins with what the one before it ended with. */
const AMOUNTS = ['sales', 'conversions', 'refunds', 'returns', 'chargebacks', 'net', 'closing'] as const;
const NAMES: Record<(typeof AMOUNTS)[number], string> = {
  sales: 'Sales',
  conversions: 'Conversions',
  refunds: 'Refunds',
  returns: 'Returns',
  chargebacks: 'Chargebacks',
  net: 'Net',
  closing: 'Owed after',
};

function Heads({ by }: { by: StatementParty }) {
  return AMOUNTS.map((name) => (
    <th key={name} scope="col" className="right">
      {name === 'closing' && by === 'SOURCE' ? 'Brought after' : NAMES[name]}
    </th>
  ));
}

function Amounts({ of }: { of: Omit<Sum, 'account' | 'opening'> }) {
  return AMOUNTS.map((name) => (
    <td key={name} className="right">
      {name === 'closing' ? (
        <strong>
          <Money amount={of[name]} currency={of.currency} />
        </strong>
      ) : (
        <Money amount={of[name]} currency={of.currency} />
      )}
    </td>
  ));
}

/** How many of its leads were sold. */
export function Sold({ of: { sold, leads } }: { of: Pick<Sum, 'sold' | 'leads'> }) {
  return (
    <div className="faint number">
      {count(sold)} of {count(leads)} sold
    </div>
  );
}

/** Whose row it is; a press keeps that account. */
export function AccountName({ of, isLinked }: { of: Pick<Sum, 'account' | 'currency'>; isLinked: boolean }) {
  const { account, currency } = of;
  if (account === null) return <>all, in {currency}</>;
  if (!isLinked) return <>{account}</>;
  return (
    <Link from="/statements" to="." search={(old) => ({ ...old, account })}>
      {account}
    </Link>
  );
}

/** What the period comes to, by account and currency; the sums of all accounts stand below them. */
export function SumTable({ sums, by, isLinked }: { sums: Sum[]; by: StatementParty; isLinked: boolean }) {
  return (
    <div className="table-wrap">
      <table className="statement">
        <thead>
          <tr>
            <th scope="col">{by === 'SOURCE' ? 'Source' : 'Destination'}</th>
            <th scope="col" className="right">
              {by === 'SOURCE' ? 'Brought before' : 'Owed before'}
            </th>
            <Heads by={by} />
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
                <Money amount={sum.opening} currency={sum.currency} />
              </td>
              <Amounts of={sum} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The days on which something happened. */
export function LineTable({ lines, withAccount, by }: { lines: Line[]; withAccount: boolean; by: StatementParty }) {
  return (
    <div className="table-wrap">
      <table className="statement">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {withAccount && <th scope="col">{by === 'SOURCE' ? 'Source' : 'Destination'}</th>}
            <Heads by={by} />
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
