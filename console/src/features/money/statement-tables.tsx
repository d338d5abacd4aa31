import { Link } from '@tanstack/react-router';
import type { StatementParty, StatementQuery } from '../../graphql/generated';
import { count, dayWords } from '../../ui/format';
import { Money } from '../../ui/parts';

export type Statement = NonNullable<StatementQuery['statement']['statement']>;
type Sum = Statement['sums'][number];
type Line = Statement['lines']['nodes'][number];

type Amounts = Omit<Sum, 'account' | 'opening'>;

/** An amount that each row of a table has. */
export interface Column<Row> {
  name: string;
  of: (row: Row) => string;
  /** Whether it is what the others come to. */
  isTotal?: boolean;
}

/** The columns of a table: what stood before the period, for sums alone, and what days have too. */
export interface Columns {
  before: Column<Sum>;
  amounts: Column<Amounts>[];
}

/** What a statement has of each row, in the order of the file. A day begins with what the one before it ended with. */
export function statementColumns(by: StatementParty): Columns {
  const [before, after] = by === 'SOURCE' ? ['Brought before', 'Brought after'] : ['Owed before', 'Owed after'];
  return {
    before: { name: before, of: (sum) => sum.opening },
    amounts: [
      { name: 'Sales', of: (row) => row.sales },
      { name: 'Conversions', of: (row) => row.conversions },
      { name: 'Refunds', of: (row) => row.refunds },
      { name: 'Returns', of: (row) => row.returns },
      { name: 'Chargebacks', of: (row) => row.chargebacks },
      { name: 'Net', of: (row) => row.net },
      { name: after, of: (row) => row.closing, isTotal: true },
    ],
  };
}

function Head({ name }: { name: string }) {
  return (
    <th scope="col" className="right">
      {name}
    </th>
  );
}

function Cells<Row extends { currency: string }>({ of, columns }: { of: Row; columns: Column<Row>[] }) {
  return columns.map(({ name, of: amountOf, isTotal }) => {
    const money = <Money amount={amountOf(of)} currency={of.currency} />;
    return (
      <td key={name} className="right">
        {isTotal ? <strong>{money}</strong> : money}
      </td>
    );
  });
}

/** How many of its leads were sold. */
function Sold({ of: { sold, leads } }: { of: Pick<Sum, 'sold' | 'leads'> }) {
  return (
    <div className="faint number">
      {count(sold)} of {count(leads)} sold
    </div>
  );
}

/** Whose row it is; a press keeps that account. */
function AccountName({ of, isLinked }: { of: Pick<Sum, 'account' | 'currency'>; isLinked: boolean }) {
  const { account, currency } = of;
  if (account === null) return <>all, in {currency}</>;
  if (!isLinked) return <>{account}</>;
  return (
    <Link from="/statements" to="." search={(old) => ({ ...old, account })}>
      {account}
    </Link>
  );
}

/** What the period comes to, by account and currency; the sums of all accounts stand below them.
 *
 * * `party`: what accounts are called. */
export function SumTable({
  sums,
  party,
  columns: { before, amounts },
  isLinked,
}: {
  sums: Sum[];
  party: string;
  columns: Columns;
  isLinked: boolean;
}) {
  return (
    <div className="table-wrap">
      <table className="statement">
        <thead>
          <tr>
            <th scope="col">{party}</th>
            <Head name={before.name} />
            {amounts.map(({ name }) => (
              <Head key={name} name={name} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sums.map((sum) => (
            <tr key={`${sum.account} ${sum.currency}`} className={sum.account === null ? 'is-sum' : undefined}>
              <th scope="row">
                <AccountName of={sum} isLinked={isLinked} />
                <Sold of={sum} />
              </th>
              <Cells of={sum} columns={[before]} />
              <Cells of={sum} columns={amounts} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The days on which something happened.
 *
 * * `party`: what accounts are called; none where all rows are of one. */
export function LineTable({
  lines,
  party,
  columns: { amounts },
}: {
  lines: Line[];
  party: string | undefined;
  columns: Columns;
}) {
  return (
    <div className="table-wrap">
      <table className="statement">
        <thead>
          <tr>
            <th scope="col">Day</th>
            {party && <th scope="col">{party}</th>}
            {amounts.map(({ name }) => (
              <Head key={name} name={name} />
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.day} ${line.account} ${line.currency}`}>
              <th scope="row">
                <span className="number">{dayWords(line.day)}</span>
                {!party && <Sold of={line} />}
              </th>
              {party && (
                <td>
                  {line.account}
                  <Sold of={line} />
                </td>
              )}
              <Cells of={line} columns={amounts} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
