import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Diverted as DivertedOperation } from '../../graphql/generated';
import { usePages } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { count, percent, words } from '../../ui/format';
import { LeadLink } from '../../ui/lead-link';
import { Loaded, StateChip } from '../../ui/parts';
import { diverted } from './diverted';
import type { Graph } from './model';
import type { Traffic } from './traffic';

/** Leads of a page: each decision is computed again, which takes a while. */
const PAGE_SIZE = 25;

/** Why the latest leads of a version did not go to the destination of the address. */
export function useWhyNot(graph: Graph, flow: string, hash: string | null) {
  const { overlay, dest } = useSearch({ from: '/shell/flows/$flow' });
  const isShown = overlay === 'whynot' && hash !== null;
  const pages = usePages(
    DivertedOperation,
    { filter: { flow } },
    (answer) => answer.leads.pageInfo,
    PAGE_SIZE,
    60_000,
    isShown,
  );
  const leads = useMemo(() => pages.data?.pages.flatMap((page) => page.leads.nodes) ?? [], [pages.data]);
  const destinations = useMemo(
    () =>
      [...new Set([...graph.leaves.values()].flatMap((it) => (it.kind === 'destination' ? [it.label] : [])))].sort(),
    [graph],
  );
  const destination = dest ?? destinations[0];
  const found = useMemo(
    () => (isShown && destination !== undefined ? diverted(graph, leads, hash, destination) : null),
    [isShown, graph, leads, hash, destination],
  );
  // Drawn as traffic is: what was led elsewhere instead of what went through.
  const drawn: Traffic | null = useMemo(
    () =>
      found && {
        leads: found.leads,
        currency: null,
        ports: new Map(),
        nodes: found.nodes,
        edges: found.edges,
      },
    [found],
  );
  return { isShown, pages, found, drawn, destination, destinations, asked: leads.length };
}

/** Which destination, and the reasons with their leads. */
export function WhyNot({ of }: { of: ReturnType<typeof useWhyNot> }) {
  const navigate = useNavigate({ from: '/flows/$flow' });
  const { pages, found, destination, destinations, asked } = of;
  return (
    <section className="why-not" aria-label="Why not">
      <div className="filters">
        <Choice
          label="Why did leads not go to"
          value={destination}
          options={destinations}
          isRequired
          onChange={(dest) => void navigate({ search: (old) => ({ ...old, dest }), replace: true })}
        />
        {pages.hasNextPage && (
          <button
            type="button"
            className="button"
            disabled={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            {pages.isFetchingNextPage ? 'Loading…' : `${PAGE_SIZE} more leads`}
          </button>
        )}
      </div>
      <Loaded of={pages} lines={3}>
        {() =>
          found && found.leads > 0 ? (
            <>
              <p className="lede">
                Of the latest {count(asked)} leads of the flow, {count(found.leads)} were decided by this version.{' '}
                <strong>{destination}</strong> was offered {count(found.offered)} of them
                {found.reasons.length > 0 && ', and the others went elsewhere for these reasons'}.
              </p>
              {found.reasons.length > 0 && (
                <div className="table-wrap">
                  <table>
                    <thead>
                      <tr>
                        <th scope="col">Reason</th>
                        <th scope="col" className="right">
                          Leads
                        </th>
                        <th scope="col" className="right">
                          Share
                        </th>
                        <th scope="col">The latest</th>
                      </tr>
                    </thead>
                    <tbody>
                      {found.reasons.map(({ outcome, leads, example }) => (
                        <tr key={outcome}>
                          <th scope="row">
                            <StateChip state={outcome} label={words(outcome)} />
                          </th>
                          <td className="right number">{count(leads)}</td>
                          <td className="right number">{percent(leads / found.leads)}</td>
                          <td>
                            <LeadLink id={example} />
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
            </>
          ) : (
            <p className="faint">None of the latest {count(asked)} leads was decided by this version.</p>
          )
        }
      </Loaded>
    </section>
  );
}
