import { Link, useParams, useSearch } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { NamedListChanges, NamedList as NamedListOperation, type NamedListQuery } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { count } from '../../ui/format';
import { Card, Empty, Fact, Heading, Loaded, Time } from '../../ui/parts';
import { Difference } from './difference';
import { Upload } from './upload';
import { KINDS, predicateOf } from './words';

type Found = NonNullable<NamedListQuery['list']>;

/** One list: what asks it, its versions with what each changed, and the upload of the next one. */
export function List() {
  const { name } = useParams({ from: '/shell/lists/$name' });
  const list = useAsk(NamedListOperation, { name }, { poll: true });
  return (
    <>
      <Heading title={name}>
        <Link to="/lists" className="button">
          All lists
        </Link>
      </Heading>
      <Loaded of={list} lines={10}>
        {(data) =>
          data.list ? <Whole key={data.list.name} of={data.list} /> : <Empty title="There is no list with this name." />
        }
      </Loaded>
    </>
  );
}

function Whole({ of }: { of: Found }) {
  const [saved, setSaved] = useState<number | null>(null);
  return (
    <>
      <dl className="facts">
        <Fact name="Values">
          <span className="number">{count(of.valueCount)}</span> {KINDS[of.kind]}
        </Fact>
        <Fact name="Version">
          <span className="number">{of.revision}</span>, since <Time at={of.updatedAt} />
        </Fact>
        <Fact name="First put">
          <Time at={of.createdAt} />
        </Fact>
        <Fact name="Content">
          <span className="mono" title={of.hash}>
            {of.hash.slice(0, 12)}
          </span>
        </Fact>
        <Fact name="Asked by live flows">
          {of.flows.length === 0 ? (
            <span className="faint">none</span>
          ) : (
            of.flows.map((flow, at) => (
              <span key={flow}>
                {at > 0 && ', '}
                <Link to="/flows/$flow" params={{ flow }} search={{}}>
                  {flow}
                </Link>
              </span>
            ))
          )}
        </Fact>
        <Fact name="In predicates">
          <code>{predicateOf(of.name)}</code>
        </Fact>
      </dl>
      {saved !== null && (
        <p className="band-inline is-saved" role="status">
          Version {saved} is saved. It counts for the leads that come from now on.
        </p>
      )}
      <Upload name={of.name} kind={of.kind} flows={of.flows} revision={of.revision} onSaved={setSaved} />
      <Versions of={of} />
    </>
  );
}

function Versions({ of }: { of: Found }) {
  const { version } = useSearch({ from: '/shell/lists/$name' });
  return (
    <Card title="Versions">
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Put</th>
              <th scope="col" className="right">
                Values
              </th>
              <th scope="col">Content</th>
              <th scope="col">What it changed</th>
            </tr>
          </thead>
          <tbody>
            {of.versions.map((it) => (
              <Fragment key={it.revision}>
                <tr>
                  <th scope="row" className="number">
                    {it.revision}
                  </th>
                  <td>
                    <Time at={it.createdAt} />
                  </td>
                  <td className="right number">{count(it.valueCount)}</td>
                  <td className="mono">{it.hash.slice(0, 12)}</td>
                  <td className="wrap">
                    {it.revision === 1 ? (
                      <span className="faint">the first</span>
                    ) : it.revision === version ? (
                      <Link to="/lists/$name" params={{ name: of.name }} search={{}} replace>
                        Hide
                      </Link>
                    ) : (
                      <Link to="/lists/$name" params={{ name: of.name }} search={{ version: it.revision }} replace>
                        Compare with version {it.revision - 1}
                      </Link>
                    )}
                  </td>
                </tr>
                {it.revision === version && it.revision > 1 && (
                  <tr>
                    <td className="wrap" colSpan={5}>
                      <Changed name={of.name} to={it.revision} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
      <p className="faint">
        Versions stay: decisions are explained by the one of then. <code>pointsman list show {of.name}</code> prints its
        values.
      </p>
    </Card>
  );
}

function Changed({ name, to }: { name: string; to: number }) {
  const changes = useAsk(NamedListChanges, { name, from: to - 1, to }, { staleMs: Number.POSITIVE_INFINITY });
  return (
    <Loaded of={changes} lines={2}>
      {({ list }) =>
        list?.difference ? (
          <Difference
            added={{ count: list.difference.addedCount, first: list.difference.added }}
            removed={{ count: list.difference.removedCount, first: list.difference.removed }}
          />
        ) : (
          <span className="faint">There is no such version.</span>
        )
      }
    </Loaded>
  );
}
