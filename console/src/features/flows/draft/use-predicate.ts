import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ask, Failed } from '../../../graphql/ask';
import type { FlowDocument } from '../../../graphql/flow-document';
import { PredicateWhileTyped, type PredicateWhileTypedQuery } from '../../../graphql/generated';

export type Asked = NonNullable<PredicateWhileTypedQuery['predicate']>;

/** Pause after the last key before the server is asked, in milliseconds. */
const PAUSE_MS = 300;
/** How long an answer is taken for what it would be now: leads come in all the time. */
const FRESH_MS = 30_000;

/** What the server says of a predicate, once nobody has typed for a moment; none until then, and if it does not say anything.
 *
 * * `checked`: the draft as the server has it, whose computed values the predicate may read.
 * * `isWanted`: whether anybody would look at the answer. */
export function usePredicate(
  checked: FlowDocument,
  cel: string,
  mayReadLeads: boolean,
  isWanted: boolean,
): { answer: Asked | null; isPending: boolean } {
  const settled = useSettled(cel);
  // A text that is still typed asks nothing: leaving the question before it ends its request.
  const isAsking = isWanted && cel.trim() !== '';
  const text = isAsking && settled === cel ? cel : null;
  const flow = checked.flow;
  const asked = useQuery({
    queryKey: [PredicateWhileTyped.name, flow, text, computedOf(checked), mayReadLeads],
    queryFn: ({ signal }) => answerOf({ flow, cel: text ?? '', withExamples: mayReadLeads }, signal),
    enabled: text !== null,
    staleTime: FRESH_MS,
    gcTime: FRESH_MS,
    retry: false,
  });
  const isPending = isAsking && (text === null || asked.isPending);
  return { answer: text === null ? null : (asked.data ?? null), isPending };
}

/** What the text was when nobody had typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

async function answerOf(
  variables: { flow: string; cel: string; withExamples: boolean },
  signal: AbortSignal,
): Promise<Asked | null> {
  const { predicate } = await ask(PredicateWhileTyped, variables, signal).catch((cause: unknown) => {
    // Whoever may not see leads may still know how many there are.
    const isRefused = cause instanceof Failed && cause.code === 'FORBIDDEN' && variables.withExamples;
    if (!isRefused) throw cause;
    return ask(PredicateWhileTyped, { ...variables, withExamples: false }, signal);
  });
  return predicate;
}

/** The computed values that there are: with others, a predicate says something else. */
function computedOf({ nodes }: FlowDocument): string[] {
  const computed = Object.entries(nodes).filter(([, { kind }]) => kind === 'scorecard' || kind === 'derive');
  return computed.map(([name, { kind }]) => `${kind} ${name}`).sort();
}
