import { Link, useNavigate } from '@tanstack/react-router';
import { Experiments as ExperimentsOperation, type ExperimentsQuery } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { useCurrencies } from '../../ui/currencies';
import { difference, METRICS, shown } from '../../ui/figures';
import { count } from '../../ui/format';
import { More } from '../../ui/more';
import { Allowed, Empty, Heading, Loaded, Sentence, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';
import { subject } from './subject';

/** Readouts are sums over all leads of an experiment: pages are short. */
const PAGE_SIZE = 20;
/** What a readout says changes slowly. */
const STALE_MS = 10_000;

/** All experiments: how each goes, and what to do about it. */
export function Experiments() {
  const pages = usePages(ExperimentsOperation, {}, (answer) => answer.experiments.pageInfo, PAGE_SIZE, STALE_MS);
  const experiments = pages.data?.pages.flatMap((page) => page.experiments.nodes) ?? [];
  return (
    <>
      <Heading title="Experiments">
        <Allowed to="EDIT" by="an editor">
          <Link to="/experiments/new" search={{}} className="button">
            Plan an experiment
          </Link>
        </Allowed>
      </Heading>
      <Loaded of={pages}>
        {() =>
          experiments.length > 0 ? (
            <Table experiments={experiments} />
          ) : (
            <Empty title="There is no experiment yet.">
              <p>
                An experiment asks live traffic whether one buyer earns more than another, or whether a new version of a
                flow is better than the live one. It needs a flow that is live, a metric that decides, and the smallest
                difference that matters; how many leads that takes is said before it starts.
              </p>
            </Empty>
          )
        }
      </Loaded>
      <More of={pages} shown={experiments.length} />
    </>
  );
}

type Row = ExperimentsQuery['experiments']['nodes'][number];

function Table({ experiments }: { experiments: Row[] }) {
  const navigate = useNavigate();
  const currencies = useCurrencies();
  const body = useRows(experiments.length, (at) => {
    const row = experiments[at];
    if (row) void navigate({ to: '/experiments/$name', params: { name: row.name } });
  });
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Experiment</th>
            <th scope="col">State</th>
            <th scope="col">Compares</th>
            <th scope="col">Decides</th>
            <th scope="col" className="right">
              Leads
            </th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {experiments.map((row) => (
            <tr key={row.name} className={row.state === 'CONCLUDED' ? 'is-over' : undefined}>
              <th scope="row">
                <Link to="/experiments/$name" params={{ name: row.name }}>
                  {row.name}
                </Link>
                <div className="faint">{row.flow}</div>
              </th>
              <td>
                <StateChip state={row.state} />
                {row.startedAt && (
                  <div className="faint">
                    <Time at={row.startedAt} />
                  </div>
                )}
              </td>
              <td className="wrap">{subject(row)}</td>
              <td>
                <Primary row={row} currency={currencies[row.flow]} />
              </td>
              <td className="right">
                <Leads row={row} />
              </td>
              <td className="wrap advice-cell">
                <WhatToDo row={row} currency={currencies[row.flow]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Primary({ row, currency }: { row: Row; currency: string | undefined }) {
  const compared = row.readout.comparisons.filter(({ role }) => role === 'PRIMARY');
  const [first] = row.readout.arms;
  const value = first?.measures.find(({ metric }) => metric === row.primary)?.value;
  return (
    <>
      {METRICS[row.primary]}
      <div className="faint number">
        {compared.map(({ arm, effect }) =>
          effect ? (
            <div key={arm}>
              {compared.length > 1 && `${arm} `}
              {difference(row.primary, effect.difference, currency)}
              {value != null && ` on ${shown(row.primary, value, currency)}`}
            </div>
          ) : null,
        )}
      </div>
    </>
  );
}

function Leads({ row }: { row: Row }) {
  const n = row.readout.arms.reduce((sum, { leads }) => sum + leads, 0);
  const waiting = row.readout.arms.reduce((sum, arm) => sum + arm.waiting, 0);
  return (
    <>
      <span className="number">{count(n)}</span>
      {waiting > 0 && <div className="faint number">{count(waiting)} wait</div>}
    </>
  );
}

/** One sentence: the decision if there is one, what to do if not. */
function WhatToDo({ row, currency }: { row: Row; currency: string | undefined }) {
  if (row.conclusion) {
    const { decision, arm } = row.conclusion;
    if (decision === 'SHIP') return <>Decided: {arm} replaces the first arm.</>;
    return <>Decided: {decision === 'KEEP' ? `${row.arms[0]} stays.` : 'nothing can be said.'}</>;
  }
  if (row.state === 'DRAFT') return <span className="faint">Planned; start it when you are ready.</span>;
  const { action, sentence } = row.readout.advice;
  return (
    <>
      <StateChip state={`ADVICE_${action}`} label={action.toLowerCase()} />{' '}
      <Sentence text={sentence} currency={row.primary === 'REVENUE' ? currency : null} />
    </>
  );
}
