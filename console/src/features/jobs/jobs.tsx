import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { StartBulk } from '../../bulk/start';
import { BulkJobs } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { TextField } from '../../ui/form';
import { count, shortId } from '../../ui/format';
import { More } from '../../ui/more';
import { Allowed, Empty, Heading, Loaded, StateChip, Time } from '../../ui/parts';
import { useRows } from '../../ui/rows';
import { OPERATIONS, STATES } from './words';

// One file of the console for both: they are small.
export { Job } from './job';

/** What was done to many deliveries or postbacks at once. */
export function Jobs() {
  const pages = usePages(BulkJobs, {}, (answer) => answer.bulkJobs.pageInfo, 50, 0);
  const rows = pages.data?.pages.flatMap((page) => page.bulkJobs.nodes) ?? [];
  const sources = pages.data?.pages[0]?.sources.nodes.map(({ name }) => name) ?? [];
  const navigate = useNavigate();
  const body = useRows(rows.length, (at) => {
    const row = rows[at];
    if (row) void navigate({ to: '/jobs/$id', params: { id: row.id } });
  });
  return (
    <>
      <Heading title="Bulk jobs">
        <Resend sources={sources} />
      </Heading>
      <p className="lede">
        One thing done to many, item by item: <Link to="/deliveries/held">held deliveries</Link> released,{' '}
        <Link to="/conversions/parked">parked postbacks</Link> applied, dead postbacks to sources sent again.
      </p>
      <Loaded of={pages} lines={6}>
        {() =>
          rows.length === 0 ? (
            <Empty title="No job was started yet." />
          ) : (
            <div className="table-wrap">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Started</th>
                    <th scope="col">Job</th>
                    <th scope="col">What</th>
                    <th scope="col">By</th>
                    <th scope="col" className="right">
                      Done
                    </th>
                    <th scope="col" className="right">
                      Refused
                    </th>
                    <th scope="col">State</th>
                  </tr>
                </thead>
                <tbody ref={body}>
                  {rows.map((job) => (
                    <tr key={job.id}>
                      <td>
                        <Time at={job.createdAt} />
                      </td>
                      <th scope="row">
                        <Link to="/jobs/$id" params={{ id: job.id }} className="mono" title={job.id}>
                          {shortId(job.id)}
                        </Link>
                      </th>
                      <td>{OPERATIONS[job.operation]}</td>
                      <td>{job.by}</td>
                      <td className="right number">
                        {count(job.done)} of {count(job.total)}
                      </td>
                      <td className="right number">{count(job.failed)}</td>
                      <td>
                        <StateChip state={STATES[job.state].chip} label={STATES[job.state].label} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
      <More of={pages} shown={rows.length} />
    </>
  );
}

/** Sends what the tracker of a source did not take again. */
function Resend({ sources }: { sources: string[] }) {
  const [isOpen, setOpen] = useState(false);
  const [source, setSource] = useState<string>();
  const [note, setNote] = useState('');
  const action = { resendSourcePostbacks: { filter: { source: source ?? null }, note: note.trim() || null } };
  return (
    <Allowed to="OPERATE" by="an operator">
      <button type="button" className="button" onClick={() => setOpen(true)}>
        Send dead postbacks again…
      </button>
      <StartBulk
        title="Send postbacks to a source again"
        label="Send them again"
        open={isOpen}
        onClose={() => setOpen(false)}
        action={action}
        isReady={source !== undefined}
      >
        <Choice label="Source" value={source} options={sources} none="choose one" onChange={setSource} />
        <TextField label="Why" kind="long" value={note} onChange={setNote} hint="It stays in the list of changes" />
      </StartBulk>
    </Allowed>
  );
}
