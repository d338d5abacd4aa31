import { useMemo } from 'react';
import { NamedLists } from '../../../graphql/generated';
import { useAsk } from '../../../graphql/use-ask';
import type { Names } from './completion';
import { useWork } from './context';

/** What a predicate can name.
 *
 * * `node`: that it is in, which does not read itself; none for a node that is no value. */
export function useNames(node: string | null, isWanted: boolean): Names {
  const { document, columns } = useWork();
  const lists = useAsk(NamedLists, { first: 100 }, { enabled: isWanted, staleMs: 60_000 }).data?.lists.nodes;
  return useMemo(() => {
    const values = Object.entries(document.nodes).flatMap(([name, { kind }]) => {
      const noun = { scorecard: 'scorecard', derive: 'derived value' }[kind];
      return noun === undefined || name === node ? [] : [{ name, noun }];
    });
    return { fields: columns, values, lists: lists ?? [], zones: zones() };
  }, [document.nodes, columns, lists, node]);
}

let known: string[] | null = null;

/** The zones of the world, the one of the browser first. */
function zones(): string[] {
  known ??= [
    ...new Set([Intl.DateTimeFormat().resolvedOptions().timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')]),
  ];
  return known;
}
