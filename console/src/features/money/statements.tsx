import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ask } from '../../graphql/ask';
import {
  Accounts,
  Statement,
  StatementCsv,
  type StatementCsvQueryVariables,
  type StatementParty,
  type StatementQuery,
} from '../../graphql/generated';
import { useAsk, usePages } from '../../graphql/use-ask';
import { Choice, Field } from '../../ui/choice';
import { FormProblems } from '../../ui/form';
import { daysWords, zoneName } from '../../ui/format';
import { More } from '../../ui/more';
import { useNow } from '../../ui/now';
import { Card, Empty, Heading, Loaded } from '../../ui/parts';
import { usePreferences } from '../../ui/preferences';
import { isUnpaid, Payouts } from './payouts';
import { dayOf, fileName, PERIODS, type Period } from './period';
import { LineTable, SumTable, statementColumns } from './statement-tables';

export { Returns } from './returns';

const NONE = { hasNextPage: false, endCursor: null };
/** Lines of a page. */
const LINES = 100;

/** What is owed by account and day, with what a period comes to, to be kept or printed. */
export function Statements() {
  const search = useSearch({ from: '/shell/statements' });
  const { zone } = usePreferences();
  const by: StatementParty = search.by ?? 'DESTINATION';
  const today = dayOf(useNow(), zoneName(zone));
  const month = PERIODS['this month'](today);
  const period: Period = { from: search.from ?? month.from, until: search.until ?? month.until };
  const isPaid = search.show === 'payouts';
  const variables = { by, account: search.account ?? null, ...period, zone: zoneName(zone) };
  const pages = usePages(Statement, variables, (it) => it.statement.statement?.lines.pageInfo ?? NONE, LINES, 0);
  return (
    <>
      <Heading title="Statements">
        <div className="actions">
          <Link to="/returns" search={{}} className="button">
            Returns
          </Link>
          <button type="button" className="button" onClick={() => print()}>
            Print
          </button>
          <Download variables={variables} name={fileName(by, search.account, period)} />
        </div>
      </Heading>
      <Filters period={period} today={today} />
      <Loaded of={pages} lines={10}>
        {({ pages: [first, ...others] }) => (
          <Found first={first} others={others} account={search.account} by={by} isPaid={isPaid} period={period} />
        )}
      </Loaded>
      {!(isPaid && isUnpaid(pages.data?.pages[0]?.statement.statement?.sums ?? [])) && (
        <More of={pages} shown={linesOf(pages.data?.pages ?? []).length} />
      )}
    </>
  );
}

function linesOf(pages: StatementQuery[]) {
  return pages.flatMap(({ statement }) => statement.statement?.lines.nodes ?? []);
}

function Filters({ period, today }: { period: Period; today: string }) {
  const { by, account, show } = useSearch({ from: '/shell/statements' });
  const navigate = useNavigate({ from: '/statements' });
  const names = useAsk(Accounts, {}, { staleMs: 60_000 });
  const day = (label: string, name: keyof Period) => (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="date"
          value={period[name]}
          onChange={(event) => {
            // While a day is typed it may be none.
            const next = event.target.value;
            if (next) void navigate({ search: (old) => ({ ...old, [name]: next }), replace: true });
          }}
        />
      )}
    </Field>
  );
  return (
    <search className="filters">
      <Choice
        label="Accounts of"
        value={by}
        options={['SOURCE'] as const}
        show={() => 'sources'}
        none="destinations"
        onChange={(next) =>
          void navigate({ search: (old) => ({ ...old, by: next, account: undefined, show: undefined }) })
        }
      />
      {by === 'SOURCE' && (
        <Choice
          label="Show"
          value={show}
          options={['payouts'] as const}
          show={() => 'what they are paid'}
          none="what their leads brought"
          onChange={(next) => void navigate({ search: (old) => ({ ...old, show: next }) })}
        />
      )}
      <Choice
        label={by === 'SOURCE' ? 'Source' : 'Destination'}
        value={account}
        options={
          (by === 'SOURCE' ? names.data?.sources : names.data?.destinations)?.nodes.map(({ name }) => name) ?? []
        }
        none="all"
        onChange={(next) => void navigate({ search: (old) => ({ ...old, account: next }) })}
      />
      {day('First day', 'from')}
      {day('Last day', 'until')}
      <fieldset className="segments">
        <legend className="visually-hidden">Period</legend>
        {Object.entries(PERIODS).map(([name, of]) => {
          const { from, until } = of(today);
          return (
            <label key={name}>
              <input
                type="radio"
                name="period"
                checked={period.from === from && period.until === until}
                onChange={() => void navigate({ search: (old) => ({ ...old, from, until }) })}
              />
              <span>{name[0]?.toUpperCase() + name.slice(1)}</span>
            </label>
          );
        })}
      </fieldset>
    </search>
  );
}

function Found({
  first,
  others,
  account,
  by,
  isPaid,
  period,
}: {
  first: StatementQuery | undefined;
  others: StatementQuery[];
  account: string | undefined;
  by: StatementParty;
  isPaid: boolean;
  period: Period;
}) {
  const { zone } = usePreferences();
  if (!first) return null;
  const { statement, userErrors } = first.statement;
  if (!statement) return <FormProblems mistakes={userErrors} fault={null} />;
  const lines = linesOf([first, ...others]);
  if (statement.sums.length === 0) {
    return (
      <Empty title="Nothing happened, and nothing is owed.">
        <p>
          {account ?? (by === 'SOURCE' ? 'No source' : 'No destination')} has {account ? 'no lead' : 'a lead'} in{' '}
          {daysWords(period.from, period.until)}.
        </p>
      </Empty>
    );
  }
  if (isPaid) {
    return <Payouts sums={statement.sums} lines={lines} account={account} period={period} />;
  }
  const party = by === 'SOURCE' ? 'Source' : 'Destination';
  const columns = statementColumns(by);
  return (
    <>
      <Card title={`What ${daysWords(period.from, period.until)} comes to`}>
        <SumTable sums={statement.sums} party={party} columns={columns} isLinked={account === undefined} />
        <p className="faint">
          {by === 'SOURCE' ? 'What the leads of a source brought' : 'What a destination owes'}, by days of{' '}
          {zoneName(zone)}. An amount counts on the day on which it was stored, so that a day that is over does not
          change. Test leads do not count.
        </p>
      </Card>
      <Card title="Day by day">
        {lines.length > 0 ? (
          <LineTable lines={lines} party={account === undefined ? party : undefined} columns={columns} />
        ) : (
          <p className="faint">Nothing happened on these days.</p>
        )}
      </Card>
    </>
  );
}

/** The whole statement as a file, in the columns that bookkeeping reads. */
function Download({ variables, name }: { variables: StatementCsvQueryVariables; name: string }) {
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');
  const load = async () => {
    setState('busy');
    const answer = await ask(StatementCsv, variables).catch(() => null);
    const csv = answer?.statement.statement?.csv;
    setState(csv === undefined ? 'failed' : 'idle');
    if (csv !== undefined) save(csv, name);
  };
  return (
    <button type="button" className="button" disabled={state === 'busy'} onClick={() => void load()}>
      {state === 'failed' ? 'Download CSV again' : 'Download CSV'}
      {state === 'failed' && <span role="status"> (it failed)</span>}
    </button>
  );
}

/** Has the browser save a text as a file. */
function save(text: string, name: string) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
