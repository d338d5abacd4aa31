import { useEffect, useMemo } from 'react';
import { DestinationNames, FlowNames } from '../../../graphql/generated';
import { usePages } from '../../../graphql/use-ask';

/** Names of a page: as many as the server gives at once. */
const PAGE = 100;

/** The names of all destinations, in their order. */
export function useDestinations(): string[] {
  const pages = usePages(DestinationNames, {}, (answer) => answer.destinations.pageInfo, PAGE, 0);
  useRest(pages);
  const { data } = pages;
  return useMemo(() => data?.pages.flatMap((page) => page.destinations.nodes.map(({ name }) => name)) ?? [], [data]);
}

/** All flows with their verticals. */
export function useFlows(): { name: string; vertical: string }[] {
  const pages = usePages(FlowNames, {}, (answer) => answer.flows.pageInfo, PAGE, 0);
  useRest(pages);
  const { data } = pages;
  return useMemo(() => data?.pages.flatMap((page) => page.flows.nodes) ?? [], [data]);
}

/** Asks for the pages that are left: a choice has to have all of them. */
function useRest({ hasNextPage, isFetching, isError, fetchNextPage }: ReturnType<typeof usePages>) {
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
}
