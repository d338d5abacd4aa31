import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { BulkJob, type BulkJobQuery, CancelBulkJob } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { useChange } from '../../graphql/use-change';
import { Ask } from '../../ui/ask';
import { count, shortId } from '../../ui/format';
import { LeadLink } from '../../ui/lead-link';
import { Allowed, Bar, Card, Empty, Fact, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { OPERATIONS, RESULTS, STATES } from './words';

type Found = NonNullable<BulkJobQuery['bulkJob']>;

/** One thing done to many: how far it is, and what items came to. */
export function Job() {
  const { id } = useParams({ from: '/shell/jobs/$id' });
  const job = useAsk(BulkJob, { id }, { poll: true, pollMs: 1_000 });
  return (
    <>
      <Heading title="Bulk job">
        <div className="actions">
          <Link to="/jobs" className="button">
            All jobs
          </Link>
          {job.data?.bulkJob && job.data.bulkJob.finishedAt === null && <Cancel of={job.data.bulkJob} />}
        </div>
      </Heading>
      <Loaded of={job}>
        {({ bulkJob }) => (bulkJob ? <Shown of={bulkJob} /> : <Empty title="There is no such job." />)}
      </Loaded>
    </>
  );
}

function Shown({ of }: { of: Found }) {
  return (
    <>
      <dl className="facts">
        <Fact name="What">{OPERATIONS[of.operation]}</Fact>
        <Fact name="State">
          <StateChip state={STATES[of.state].chip} label={STATES[of.state].label} />
        </Fact>
        <Fact name="Started">
          <Time at={of.createdAt} /> <span className="faint">by {of.by}</span>
        </Fact>
        <Fact name="Ended">{of.finishedAt ? <Time at={of.finishedAt} /> : <span className="faint">not yet</span>}</Fact>
        <Fact name="At most">{count(of.rate)} a second</Fact>
      </dl>
      <Card title="Progress">
        <Bar value={of.done} max={Math.max(1, of.total)} label={`${count(of.done)} of ${count(of.total)} done`} />
        <p>
          {count(of.done)} of {count(of.total)} done: {count(of.succeeded)} went well, {count(of.skipped)} had nothing
          to do any more, {count(of.failed)} {of.failed === 1 ? 'was' : 'were'} refused.
        </p>
      </Card>
      <Card title="What they came to">
        {of.outcomes.length === 0 ? (
          <p className="faint">{of.finishedAt ? 'There was nothing to do.' : 'Nothing is done yet.'}</p>
        ) : (
          <Outcomes of={of.outcomes} />
        )}
      </Card>
      <details>
        <summary>What was asked</summary>
        <pre className="mono">{JSON.stringify(of.action, null, 2)}</pre>
      </details>
    </>
  );
}

function Outcomes({ of }: { of: Found['outcomes'] }) {
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col">Why</th>
            <th scope="col" className="right">
              Items
            </th>
            <th scope="col">The first of them</th>
          </tr>
        </thead>
        <tbody>
          {of.map((outcome) => (
            <tr key={`${outcome.result} ${outcome.code}`}>
              <th scope="row">{RESULTS[outcome.result]}</th>
              <td className="wrap">
                {outcome.message}
                <div className="faint mono">{outcome.code}</div>
              </td>
              <td className="right number">{count(outcome.count)}</td>
              <td className="wrap">
                {outcome.items.map((item) => (
                  <span key={item.id}>
                    {item.__typename === 'ParkedPostback' ? (
                      <span className="mono">{shortId(item.id)}</span>
                    ) : (
                      <LeadLink id={item.lead?.id} />
                    )}{' '}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cancel({ of }: { of: Found }) {
  const [isOpen, setOpen] = useState(false);
  const change = useChange(CancelBulkJob, (answer) => answer.cancelBulkJob);
  return (
    <Allowed to="OPERATE" by="an operator">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Cancel the job…
      </button>
      <Ask
        title="Cancel this job?"
        open={isOpen}
        onClose={() => setOpen(false)}
        label="Cancel the job"
        change={change}
        onSend={() => change.send({ input: { id: of.id } })}
      >
        <p>
          What was done stays done: {count(of.done)} of {count(of.total)} by now.
        </p>
      </Ask>
    </Allowed>
  );
}
