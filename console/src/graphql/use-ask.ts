import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ask } from './ask';
import type { Operation } from './operation';

/** How often a screen that is in sight asks again, in milliseconds. */
export const POLL_MS = 5_000;

/** An operation's answer, kept fresh while the page is in sight. */
export function useAsk<Answer, Variables>(
  operation: Operation<Answer, Variables>,
  variables: Variables,
  options: { poll?: boolean; pollMs?: number; enabled?: boolean; staleMs?: number } = {},
) {
  return useQuery({
    queryKey: [operation.name, variables],
    queryFn: ({ signal }) => ask(operation, variables, signal),
    refetchInterval: options.poll ? (options.pollMs ?? POLL_MS) : false,
    enabled: options.enabled ?? true,
    staleTime: options.staleMs ?? 0,
    placeholderData: keepPreviousData,
  });
}

interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/** Rows of one page. */
export const PAGE = 50;

/** A list, page by page. It is not asked again by itself: rows must not move under the pointer. */
export function usePages<Answer, Variables extends { first: number; after?: string | null }>(
  operation: Operation<Answer, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  info: (answer: Answer) => PageInfo,
  size = PAGE,
  /** After so long it is asked again when a screen is opened, in milliseconds; never, if it is left out. */
  staleMs = Number.POSITIVE_INFINITY,
  enabled = true,
) {
  return useInfiniteQuery({
    queryKey: [operation.name, 'pages', variables],
    queryFn: ({ pageParam, signal }) =>
      ask(operation, { ...variables, first: size, after: pageParam } as unknown as Variables, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (info(last).hasNextPage ? info(last).endCursor : null),
    staleTime: staleMs,
    enabled,
  });
}
